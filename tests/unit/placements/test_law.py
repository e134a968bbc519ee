"""The pack as law: which number reaches which stay (CARE C12, transition and territory of law)."""

from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.placements import domain
from services.placements.law import PackLaw
from shared import countries
from shared.countries.areas import Area, AreaTree
from shared.errors import Invalid

PACK = countries.load("kz", Path("countries"))
SINCE, BEFORE, AFTER, TODAY = date(2025, 1, 1), date(2024, 6, 1), date(2025, 6, 1), date(2026, 3, 10)
DAY = timedelta(days=1)


def changed(**changes: Any) -> countries.Pack:
    """The pack of Kazakhstan, its limit for children under three halved on a day."""
    *inherited, own = PACK.parameters
    found = PACK.parameter("under_three_residential_stay", TODAY)
    halved = replace(found, value=3, since=SINCE, **changes)
    return replace(PACK, parameters=(*inherited, {**own, found.name: (replace(found, until=SINCE), halved)}))


def months(pack: Any, began: date) -> int:
    return PackLaw(pack).law("KZ-75", began, TODAY).under_three_residential_stay


def test_a_new_limit_reaches_only_stays_that_began_under_it() -> None:
    assert months(changed(applies_to="new"), AFTER) == 3
    assert months(changed(applies_to="new"), BEFORE) == 6


def test_a_limit_for_existing_stays_reaches_them_from_its_day() -> None:
    assert months(changed(applies_to="both", existing_from=TODAY), BEFORE) == 3
    assert months(changed(applies_to="both", existing_from=date(2026, 4, 1)), BEFORE) == 6


def test_every_number_of_the_law_is_in_the_pack() -> None:
    law = PackLaw(PACK).law("KZ-75", TODAY, TODAY)
    assert all(isinstance(getattr(law, each.name), each.type) for each in fields(domain.Law))  # type: ignore[arg-type]


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


def test_who_may_override_is_said_by_a_rules_own_numbers() -> None:
    roles = {"overridable": True, "override_by": ("supervisor",), "applies_to": "both"}
    law = PackLaw(changed(**roles))
    asked = ("under_three_residential_stay", "leap_birthday")
    assert law.overriders(asked, "KZ-75", TODAY) == {"supervisor"}
    assert law.overriders(asked, "KZ-75", BEFORE) == frozenset()
    assert PackLaw(PACK).overriders(asked, "KZ-75", TODAY) == frozenset()


@pytest.mark.parametrize(("home", "place", "levels"), [("KZ-75", "KZ-75", 0), ("KZ-75", "KZ-71", 2)])
def test_nearness_is_counted_in_levels_of_the_tree_of_areas(home: str, place: str, levels: int) -> None:
    assert PackLaw(PACK).levels_between(home, place, TODAY) == levels
    assert PackLaw(PACK).levels_between(home, "UZ-TK", TODAY) is None


def test_what_is_remembered_is_that_of_its_day() -> None:
    line = {**PACK.tables["decision_table"][0], "from": date(2025, 3, 1), "to": date(2025, 7, 1)}
    areas = AreaTree([*(each for each in PACK.areas if each.code != "KZ-75"), *moved("KZ-75", date(2025, 9, 1))])
    pack = replace(changed(applies_to="both", existing_from=AFTER), areas=areas, tables={"decision_table": (line,)})
    kept = PackLaw(pack)
    days = [each + step for each in (SINCE, *line_days(line), date(2025, 9, 1), AFTER) for step in (-DAY, 0 * DAY, DAY)]
    for today in (*days, *reversed(days)):
        fresh = PackLaw(pack)
        for began in (BEFORE, AFTER):
            assert kept.law("KZ-75", began, today) == fresh.law("KZ-75", began, today)
        assert kept.table("decision_table", today) == fresh.table("decision_table", today)
        assert kept.levels_between("KZ-75", "KZ-71", today) == fresh.levels_between("KZ-75", "KZ-71", today)
        asked = "under_three_residential_stay", "KZ-75", today
        assert kept.number(*asked) == fresh.number(*asked)
    assert len({kept.levels_between("KZ-75", "KZ-71", day) for day in days}) == 2


def line_days(line: dict[str, Any]) -> tuple[date, date]:
    return line["from"], line["to"]


def moved(code: str, on: date) -> tuple[Area, Area]:
    """An area that lay beside another one until a day, and in it since."""
    area = PACK.areas.get(code)
    assert area is not None
    return replace(area, until=on), replace(area, since=on, parent="KZ-71")
