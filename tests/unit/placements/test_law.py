"""The pack as law: which number reaches which stay (CARE C12, transition and territory of law)."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.placements import domain
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Invalid

PACK = countries.load("kz", Path("countries"))
SINCE, BEFORE, AFTER, TODAY = date(2025, 1, 1), date(2024, 6, 1), date(2025, 6, 1), date(2026, 3, 10)


class Changed:
    """The pack of Kazakhstan, its limit for children under three halved on a day."""

    def __init__(self, **changes: Any) -> None:
        self.changes = changes

    def parameter(self, name: str, on: date, area: str | None = None) -> countries.Parameter:
        found = PACK.parameter(name, on, area)
        if name == "under_three_residential_stay" and on >= SINCE:
            return replace(found, value=3, since=SINCE, **self.changes)
        return found


def months(pack: Any, began: date) -> int:
    return PackLaw(pack).law("KZ-75", began, TODAY).under_three_residential_stay


def test_a_new_limit_reaches_only_stays_that_began_under_it() -> None:
    assert months(Changed(applies_to="new"), AFTER) == 3
    assert months(Changed(applies_to="new"), BEFORE) == 6


def test_a_limit_for_existing_stays_reaches_them_from_its_day() -> None:
    assert months(Changed(applies_to="both", existing_from=TODAY), BEFORE) == 3
    assert months(Changed(applies_to="both", existing_from=date(2026, 4, 1)), BEFORE) == 6


def test_every_number_of_the_law_is_in_the_pack() -> None:
    law = PackLaw(PACK).law("KZ-75", TODAY, TODAY)
    assert {each.name: type(getattr(law, each.name)) for each in fields(domain.Law)} == {
        each.name: each.type for each in fields(domain.Law)
    }


def test_care_forms_and_reasons_are_the_packs() -> None:
    law = PackLaw(PACK)
    assert law.care_form("INFANT_HOME").residential
    assert not law.care_form("PARENTAL").formal
    assert law.care_form("GUARDIANSHIP").as_destination == "FAMILY_BASED"
    assert law.reason_class("POVERTY") == "poverty"
    with pytest.raises(Invalid):
        law.care_form("CASTLE")


def test_whoever_must_heal_a_breach_may_read_it() -> None:
    for rule in domain.RULES.values():
        assert "placements.breach.read" in PACK.roles[rule.owner]["permissions"]
