"""`kinward matching weights` and `coverage`: what matching has learnt and what it cannot find, on a register."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from services.cli import composition
from services.cli.app import tree

LINE = {
    "child_key": "K-1", "family_name": "Мусабеков", "given_name": "Данияр", "patronymic": "Серикович",
    "script": "Cyrl", "sex": "M", "birth_date": "2012-05-14", "birth_precision": "day", "area": "KZ-75",
}  # fmt: skip


@pytest.fixture
def kinward(office, monkeypatch):
    """Runs `kinward matching` on the deployment of the test."""

    @contextmanager
    def opened(_):
        yield office.deployment

    monkeypatch.setattr(composition, "opened", opened)
    return lambda *arguments: CliRunner().invoke(tree("matching"), ["matching", *arguments])


@pytest.fixture
def register(office):
    office.take(office.csv(LINE, LINE | {"child_key": "K-2", "family_name": "Абаев", "given_name": "Тимур"}))


def test_before_anything_is_learnt_the_default_is_in_force(kinward):
    answer = kinward("weights")
    assert (answer.exit_code, answer.stdout) == (0, "In force: the default (set 0).\n")


def test_too_few_decisions_are_refused_with_the_numbers(kinward, register):
    answer = kinward("weights", "--propose")
    assert answer.exit_code == 1
    assert json.loads(kinward("weights", "--json").stdout) == []


def test_a_set_that_is_not_there_is_refused(kinward):
    assert kinward("weights", "--number", "7").exit_code == 1


def test_coverage_tells_what_records_are_found_by_and_what_finds_nothing(kinward, register):
    answer = kinward("coverage")
    assert answer.exit_code == 0, answer.output
    told = " ".join(answer.stdout.split())
    all_ = json.loads(kinward("coverage", "--json").stdout)["children"]
    assert f"{all_} of {all_} records looked at" in told
    assert f"Cyrl {all_} records: {all_} by names, {all_} by name and day, {all_} by name and year" in told
    assert "0 by identifier alone" in told
    assert "level all no pair is decided yet: nothing is learnt of any fact" in told
    assert "Decided: 0 same (weights can be estimated from 200), 0 different (from 200)." in told


def test_the_status_tells_it_too(kinward, register):
    answer = kinward("status")
    assert answer.exit_code == 0, answer.output
    assert "nothing is learnt of any fact" in " ".join(answer.stdout.split())
    found = json.loads(kinward("status", "--json").stdout)
    assert found["coverage"]["decisions"]["same_needed"] == 200
