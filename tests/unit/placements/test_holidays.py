"""Holidays of a pack in its calendar: of every year, of one day, announced and not yet entered."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.placements.domain import calendar, holidays
from services.placements.law import PackLaw
from shared import countries

PACKS = {pack: countries.load(pack, Path("countries")) for pack in ("kg", "kz", "pk-pb", "uz")}


def test_a_day_of_every_year_is_one_in_each_of_them_within_its_law() -> None:
    found = holidays.days([{"every": "10-25", "from": date(2022, 1, 1), "to": date(2025, 1, 1)}])
    assert found == {date(2022, 10, 25), date(2023, 10, 25), date(2024, 10, 25)}


def test_the_29th_of_february_is_one_in_leap_years_alone() -> None:
    found = holidays.days([{"every": "02-29"}])
    assert date(2024, 2, 29) in found
    assert date(2000, 2, 29) in found
    assert not any(day.year % 4 for day in found)


def test_a_holiday_that_the_moon_decides_has_no_day_until_it_is_entered() -> None:
    announced = {"id": "eid", "movable": True}
    assert holidays.days([announced]) == frozenset()
    assert holidays.days([announced, {"id": "eid-2026", "day": date(2026, 3, 20)}]) == {date(2026, 3, 20)}


def test_working_days_skip_a_countrys_holidays_and_hours_do_not() -> None:
    law = PackLaw(PACKS["kz"]).calendar
    friday = datetime(2026, 3, 20, 10, tzinfo=UTC)  # 21 to 23 March is Nauryz, 21 and 22 the weekend
    assert law.deadline(friday, calendar.Span(1, calendar.WORKING_DAYS)) == law.end_of(date(2026, 3, 24))
    assert law.deadline(friday, calendar.Span(24, calendar.HOURS)) == datetime(2026, 3, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize("pack", sorted(PACKS))
def test_every_deep_pack_names_holidays_that_are_announced(pack: str) -> None:
    lines = PACKS[pack].table("holidays")
    assert any(line.get("movable") for line in lines)
    assert holidays.days(lines)


@pytest.mark.parametrize(
    ("situation", "at_once", "decides"),
    [("WITH_PARENTS", [], ["COURT"]), ("BEGGING", ["CHILD_AGENCY"], ["COURT"]), (None, ["CHILD_AGENCY"], ["COURT"])],
)
def test_in_punjab_a_child_with_a_parent_is_not_taken_but_found_begging_it_is(situation, at_once, decides) -> None:
    lines = [line for line in PACKS["pk-pb"].table("decision_table", date(2026, 1, 1)) if line["act"] == "ENTRY"]
    line = next(line for line in lines if line.get("situations", [None]).count(situation))
    assert (line["at_once"], line["decides"]) == (at_once, decides)
    assert line["basis"] == "source"


def test_in_uzbekistan_the_centres_decide_from_the_day_on_which_the_commissions_ended() -> None:
    entry = {
        day: next(line for line in PACKS["uz"].table("decision_table", day) if line["id"] == "entry")
        for day in (date(2025, 1, 31), date(2025, 2, 1))
    }
    assert [line["decides"] for line in entry.values()] == [["CHILD_COMMISSION"], ["CHILD_AGENCY"]]


def test_pakistan_decides_nothing_by_a_body_that_it_does_not_have() -> None:
    for line in PACKS["pk-pb"].table("decision_table", date(2026, 1, 1)):
        assert line["decides"] == ["COURT"]
