"""`kinward rules simulate`: what another law would make of placements and decisions, by the rules that are in use."""

import csv
import json
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from benchmarks import placements_register
from services.cli import composition
from services.cli.app import tree
from services.placements import domain
from services.placements.handlers.placements import acting
from shared import clock
from shared.unit_of_work import Context

CHILDREN = 300
RUNNER = CliRunner()
FOUR = """
[[under_three_age]]
value = 4
unit = "years"
basis = "project default"
note = "A draft."
"""


@pytest.fixture(scope="module")
def country(deployment):
    """The deployment with some hundred children in care."""
    url = deployment.databases["placements"]
    made = placements_register.Placements(url, deployment.pack, deployment.keys, deployment.today())
    placements_register.fill(made, CHILDREN, due=0.5)
    return deployment


@pytest.fixture
def draft(country, tmp_path):
    """A folder with the country's pack, in which the age under three is four."""
    folder = tmp_path / "kz"
    shutil.copytree(country.settings.countries / "kz", folder)
    with (folder / "parameters.toml").open("a", encoding="utf-8") as stream:
        stream.write(FOUR)
    return folder


@pytest.fixture
def kinward(country, monkeypatch):
    @contextmanager
    def opened(_deployment):
        yield country

    monkeypatch.setattr(composition, "opened", opened)
    return lambda *given: RUNNER.invoke(tree("rules"), ["rules", "simulate", *map(str, given)])


def unmet(country, pack):
    """By the rules asked one child at a time, through the mapping: how many placements do not meet each."""
    changed = replace(country)
    changed.pack = pack
    uow = changed.unit_of_work("placements", Context("test", clock.now(), system=True))
    found = Counter()
    for child in uow.session.scalars(select(domain.Whereabouts)).unique():
        found.update(each.rule.id for _, each in child.judged(acting(uow, country.today())) if not each.met)
    uow.close()
    return found


def cells(result, asked):
    return [each for each in json.loads(result.stdout)["cells"] if each["asked"] == asked]


def of_rule(found, name):
    counted = Counter()
    for each in found:
        counted[each["rule"]] += each[name]
    return +counted


def test_both_laws_say_what_the_rules_in_use_say(country, draft, kinward):
    from services.cli.rules_commands import _load

    result = kinward("--pack", draft, "--json")
    assert result.exit_code == 0, result.output
    found = cells(result, "placement")
    assert of_rule(found, "now") == unmet(country, country.pack)
    assert of_rule(found, "then") == unmet(country, _load(country, draft))
    assert of_rule(found, "new").keys() >= {"under-three-residential"}
    assert of_rule(found, "healed") == {}
    assert all(each["now"] + each["new"] - each["healed"] == each["then"] for each in found)
    assert json.loads(result.stdout)["judged"]["placement"] == CHILDREN


def test_decisions_of_the_period_are_judged_as_they_were_permitted(country, draft, kinward):
    days = ("--from", "2000-01-01", "--to", country.today())
    result = kinward("--pack", draft, "--json", *days)
    shown = json.loads(result.stdout)
    assert (shown["judged"]["permission"], shown["judged"]["decision"]) == (CHILDREN, CHILDREN)
    assert shown["not_asked"] == {"no-case-court-order": CHILDREN}
    for asked in ("permission", "decision"):
        assert of_rule(cells(result, asked), "new")["under-three-residential"] > 0
    none = json.loads(kinward("--pack", draft, "--json", "--from", "2000-01-01", "--to", "2000-02-01").stdout)
    assert none["judged"] == {"placement": CHILDREN, "permission": 0, "decision": 0, "removal": 0}
    assert none["not_asked"] == {}


def test_one_area_alone_may_be_asked(country, draft, kinward):
    whole = json.loads(kinward("--pack", draft, "--json").stdout)
    part = json.loads(kinward("--pack", draft, "--json", "--area", "KZ-75").stdout)
    assert 0 < part["judged"]["placement"] < whole["judged"]["placement"]
    assert {each["area"] for each in part["cells"]} == {"KZ-75"}
    assert kinward("--pack", draft, "--area", "XX").exit_code == 1


def test_people_get_a_table_and_a_file(draft, kinward, tmp_path):
    path = tmp_path / "cells.csv"
    result = kinward("--pack", draft, "--csv", path)
    assert result.exit_code == 0, result.output
    assert "under-three-residential" in result.stdout
    assert "for the ministry's own people" in " ".join(result.stdout.split())
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    as_json = json.loads(kinward("--pack", draft, "--json").stdout)["cells"]
    assert [{name: str(value) for name, value in each.items()} for each in as_json] == rows


def test_nothing_is_written(country, draft, kinward):
    def state():
        query = (
            "select (select count(*) from breach), (select count(*) from audit), (select count(*) from event_log),"
            " (select max(version) from whereabouts), pg_current_snapshot() is not null"
        )
        with country.engine("placements").connect() as connection:
            return connection.execute(text(query)).one()

    before = state()
    kinward("--pack", draft, "--json")
    assert state() == before


def test_a_pack_that_is_amiss_is_named(draft, kinward, tmp_path):
    with (draft / "parameters.toml").open("a", encoding="utf-8") as stream:
        stream.write('[[under_three_residential_stay]]\nvalue = 3\nunit = "calendar months"\n')
    result = kinward("--pack", draft)
    assert result.exit_code == 1
    assert "kz/parameters.toml" in result.output
    empty = tmp_path / "empty"
    empty.mkdir()
    assert kinward("--pack", empty).exit_code == 1
