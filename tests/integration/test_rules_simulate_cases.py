"""`kinward rules simulate` over decisions with gatekeeping cases: the same as by the rules in use, one at a time."""

import json
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from benchmarks import placements_cases, placements_register
from services.cli import composition
from services.cli.app import tree
from services.placements import domain
from services.placements.domain import decision_table, decisions_checks
from services.placements.domain.decision import Terms
from services.placements.domain.situation import When
from services.placements.handlers import gatekeeping
from services.placements.handlers.placements import acting
from shared import clock
from shared.unit_of_work import Context

CHILDREN = 120
DAYS = ("--from", "2000-01-01")
THREE = """
[[panel_professions]]
value = 3
unit = "professions"
basis = "project default"
note = "A draft."
"""
COURT_ALONE = """
[[line]]
id = "entry"
act = "ENTRY"
at_once = ["POLICE"]
decides = ["COURT"]
silence = "lapses"
oral = false
second_signature = false
notices = []
unknown = ["application", "longest", "renewals", "confirm", "appeal", "appeal_suspends", "carry_out"]
basis = "project default"
note = "A draft."
"""
AGREEMENT = """
insert into voluntary_agreement
    (id, version, child, "case", area, agreed_on, status, withdrawn_at, withdrawn_by, sealed)
select gen_random_uuid(), 1, child, id, area, requested_on, 'withdrawn', now(), 'MOTHER', '' from gatekeeping_case
where id = :case
"""


@pytest.fixture(scope="module")
def country(deployment):
    """The deployment with children in care; the decisions of the last year have a case each."""
    url = deployment.databases["placements"]
    made = placements_register.Placements(url, deployment.pack, deployment.keys, deployment.today())
    placements_register.fill(made, CHILDREN, due=0.5)
    since = deployment.today() - timedelta(days=365)
    assert 0 < placements_cases.fill(made, since) < CHILDREN
    with deployment.engine("placements").begin() as connection:
        ids = list(connection.scalars(text("select id from gatekeeping_case order by id limit 3")))
        connection.execute(text(AGREEMENT), {"case": ids[0]})
        resting = "update decision set situation = 'VOLUNTARY' where \"case\" in (:one, :other)"
        connection.execute(text(resting), {"one": ids[0], "other": ids[1]})
        joined = text("update gatekeeping_case set joined_into = :into where id = :case")
        connection.execute(joined, {"into": ids[1], "case": ids[2]})
    return deployment


@pytest.fixture
def draft(country, tmp_path):
    """A folder with the country's pack, in which a panel is of three professions and a court alone decides on entry."""
    folder = tmp_path / "kz"
    shutil.copytree(country.settings.countries / "kz", folder)
    with (folder / "parameters.toml").open("a", encoding="utf-8") as stream:
        stream.write(THREE)
    table = folder / "tables" / "decision_table.toml"
    kept = [part for part in table.read_text(encoding="utf-8").split("[[line]]\n") if 'id = "entry"\n' not in part]
    table.write_text("[[line]]\n".join(kept) + COURT_ALONE, encoding="utf-8")
    return folder


@pytest.fixture
def kinward(country, monkeypatch):
    @contextmanager
    def opened(_deployment):
        yield country

    monkeypatch.setattr(composition, "opened", opened)
    return lambda *given: CliRunner().invoke(tree("rules"), ["rules", "simulate", *map(str, given)])


def unmet(country, pack):
    """What recording each decision would be refused for, by the law of a pack; on how it was decided, by its case."""
    changed = replace(country)
    changed.pack = pack
    uow = changed.unit_of_work("placements", Context("test", clock.now(), system=True))
    found = Counter()
    for child in uow.session.scalars(select(domain.Whereabouts)).unique():
        for each in child.decisions:
            terms = Terms(**{field.name: getattr(each, field.name) for field in fields(Terms)})
            act = acting(uow, each.recorded_at.astimezone(pack.zone).date())
            line = decision_table.line(act.law, terms.act, terms.situation, terms.made_on, terms.area)
            facts = gatekeeping.facts(uow, each.case, child.id) if each.case else None
            verdicts = decisions_checks.verdicts(child, terms, act, facts)
            asked = [verdict for verdict in verdicts if facts or When.PERMISSION in verdict.rule.when]
            rules = {verdict.rule.id for verdict in asked if not verdict.met}
            found.update(rules | {refusal.rule for refusal in decisions_checks.by_table(child, terms, line, act)})
    uow.session.rollback()
    uow.close()
    return found


def judged(told, name, without=("notice-in-time:PARENTS", "carried-out-in-time", "care-form-of-outcome")):
    found = Counter()
    for each in told["cells"]:
        if each["asked"] == "decision" and each["rule"] not in without:
            found[each["rule"]] += each[name]
    return +found


def test_decisions_are_judged_as_the_rules_in_use_judge_them(country, draft, kinward):
    from services.cli.rules_commands import _load

    result = kinward("--pack", draft, "--json", *DAYS)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    with country.engine("placements").connect() as connection:
        cases = connection.execute(text("select count(*) from gatekeeping_case")).scalar_one()
    assert told["judged"]["decision"] == CHILDREN
    assert told["not_asked"] == {"no-case-court-order": CHILDREN - cases}
    now, then = unmet(country, country.pack), unmet(country, _load(country, draft))
    assert now["voluntary-agreement"] == 2
    assert then["body-not-named"] >= cases - 2
    assert judged(told, "now") == now
    assert judged(told, "then") == then
    assert judged(told, "new")["panel-of-two-professions"] == then["panel-of-two-professions"] > 0


def test_a_case_that_does_not_open_is_counted_and_the_rest_judged(country, draft, kinward):
    before = json.loads(kinward("--pack", draft, "--json", *DAYS).stdout)
    gone = "delete from subject_key where subject = (select child from gatekeeping_case order by id desc limit 1)"
    with country.engine("placements").begin() as connection:
        connection.execute(text(gone))
    result = kinward("--pack", draft, *DAYS)
    assert "Not asked: 1 case-does-not-open: its gatekeeping case does not open" in " ".join(result.stdout.split())
    told = json.loads(kinward("--pack", draft, "--json", *DAYS).stdout)
    assert told["not_asked"] == before["not_asked"] | {"case-does-not-open": 1}
    assert judged(told, "then")["body-not-named"] == judged(before, "then")["body-not-named"]
    assert judged(told, "then")["panel-of-two-professions"] == judged(before, "then")["panel-of-two-professions"] - 1
