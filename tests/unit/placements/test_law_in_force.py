"""The law in force as a page reads it: every number with its basis, and what is to be confirmed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.placements import domain
from services.placements.views import law
from shared import countries

PACKS = {pack: countries.load(pack, Path("countries")) for pack in ("kg", "kz", "pk-pb", "uz")}
TODAY = date(2026, 3, 10)


def shown(pack: str, area: str | None = None, on: date = TODAY) -> tuple[dict[str, Any], dict[str, Any]]:
    found = law.in_force(PACKS[pack], area, on)
    return {each["name"]: each for each in found["numbers"]}, {each["id"]: each for each in found["decisions"]}


@pytest.mark.parametrize("pack", sorted(PACKS))
def test_every_number_that_a_rule_uses_is_listed_with_its_basis(pack: str) -> None:
    numbers, decisions = shown(pack)
    for rule in domain.RULES.values():
        for name in rule.parameters:
            assert rule.id in numbers[name]["rules"]
    for each in (*numbers.values(), *decisions.values()):
        assert each["basis"] in {"source", "project default", "to be confirmed"}
        assert each["basis"] != "source" or each["source"]
    assert decisions


def test_a_province_says_from_which_pack_a_number_comes() -> None:
    numbers, decisions = shown("pk-pb", "PK-PB-LAHORE")
    assert (numbers["emergency_decision"]["value"], numbers["emergency_decision"]["pack"]) == ("24", "pk-pb")
    assert numbers["under_three_age"]["pack"] == "_base"
    assert decisions["guardianship"]["basis"] == "source"


def test_a_default_that_stands_in_for_a_law_not_read_is_to_be_confirmed() -> None:
    numbers, _ = shown("kz", "KZ-75")
    number = numbers["emergency_decision"]
    assert (number["value"], number["basis"], number["to_be_confirmed"]) == ("72", "project default", True)
    numbers, _ = shown("pk-pb")
    assert numbers["emergency_decision"]["to_be_confirmed"] is False


def test_what_nobody_knows_has_no_value_and_is_named() -> None:
    found = law.in_force(PACKS["kg"], "KG-B", TODAY)
    number = next(each for each in found["numbers"] if each["name"] == "child_consent_age")
    assert (number["value"], number["basis"]) == (None, "to be confirmed")
    assert {"child_consent_age", "decision_table/entry"} <= set(found["to_be_confirmed"])


def test_the_law_is_that_of_the_day() -> None:
    for on, decides in ((date(2025, 1, 31), ["CHILD_COMMISSION"]), (date(2025, 2, 1), ["CHILD_AGENCY"])):
        _, decisions = shown("uz", "UZ-TK", on)
        assert decisions["entry"]["decides"] == decides


def test_a_column_that_nobody_read_is_named_even_where_the_line_has_a_source() -> None:
    _, decisions = shown("pk-pb")
    assert decisions["entry"]["basis"] == "source"
    assert "longest" in decisions["entry"]["unknown"]
    assert "silence" in decisions["entry"]["defaults"]
