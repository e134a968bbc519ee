"""The rules that hang on age, in all cases of the calendar (DOMAIN 3, CARE C12, domain facts B.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain import months_later
from services.placements.domain.refusals import UnderThreeInResidentialCare
from services.placements.domain.situation import OtherRecord, StayElsewhere
from shared import clock, countries
from tests.unit.placements.judged import TODAY, Around, lived, said, situation

BORN = date(2025, 1, 10)
DAY = timedelta(days=1)


def under_three(book: Any, from_: date, planned_to: date | None = None, *earlier: Any, **given: Any) -> Any:
    now = situation(book, from_=from_, planned_to=planned_to, earlier=earlier, **{"born_to": BORN} | given)
    return said("under-three-residential", now)


def test_a_child_under_three_cannot_enter_residential_care_for_seven_months(book: Any) -> None:
    assert under_three(book, TODAY, months_later(TODAY, 6)).satisfied
    assert not under_three(book, TODAY, months_later(TODAY, 6) + DAY).satisfied
    assert not under_three(book, TODAY, months_later(TODAY, 7)).satisfied


def test_a_child_under_three_cannot_enter_residential_care_without_a_planned_end(book: Any) -> None:
    verdict = under_three(book, TODAY)
    assert not verdict.satisfied
    assert verdict.facts["nights_planned"] == "no planned end"


@pytest.mark.parametrize(
    ("began", "last"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 28), date(2027, 2, 28)),
        (date(2026, 8, 29), date(2027, 2, 28)),
        (date(2026, 3, 31), date(2026, 9, 30)),
        (date(2026, 10, 31), date(2027, 4, 30)),
        (date(2026, 1, 1), date(2026, 7, 1)),
    ],
)
def test_six_months_are_calendar_months_clipped_to_the_months_end(book: Any, began: date, last: date) -> None:
    assert under_three(book, began, last, born_to=began).satisfied
    assert not under_three(book, began, last + DAY, born_to=began).satisfied


def test_a_gap_at_home_does_not_reset_the_allowance(book: Any) -> None:
    earlier = lived(date(2025, 2, 1), date(2025, 6, 1))  # 120 of 181 nights
    assert under_three(book, TODAY, TODAY + 61 * DAY, earlier).satisfied
    assert not under_three(book, TODAY, TODAY + 62 * DAY, earlier).satisfied


def test_two_stays_permitted_beforehand_share_the_allowance(world: Any) -> None:
    world.born(date(2025, 6, 1))
    halfway, end = months_later(TODAY, 3), months_later(TODAY, 6)
    first = world.authorise(TODAY, form="INFANT_HOME", planned_to=end)
    with pytest.raises(UnderThreeInResidentialCare):
        world.authorise(end, form="INFANT_HOME", planned_to=months_later(end, 3))
    world.authorise(halfway, form="INFANT_HOME", planned_to=end)  # the same nights once more
    world.child.withdraw(first, world.act())
    world.child.withdraw(world.child.placements[-1].id, world.act())
    world.authorise(end, form="INFANT_HOME", planned_to=months_later(end, 3))


def test_nights_under_a_record_that_was_merged_add_up_and_are_its_own_again_when_that_is_undone(book: Any) -> None:
    id_ = UUID(int=77)
    stays = [
        StayElsewhere(id=UUID(int=78), care_form="INFANT_HOME", from_=date(2025, 2, 1), to=date(2025, 6, 1)),
        StayElsewhere(id=UUID(int=79), care_form="FOSTER", from_=date(2025, 6, 1), to=date(2025, 9, 1)),
    ]
    around = Around(records=[OtherRecord(id=id_, stays=stays)])  # 120 of 181 nights

    def asked(days: int, **known: Any) -> bool:
        return bool(under_three(book, TODAY, TODAY + days * DAY, around=around, known=known).satisfied)

    for known in ({"merged": frozenset({id_})}, {"merged_into": id_}):
        assert asked(61, **known)
        assert not asked(62, **known)
    assert asked(62)


def test_nights_permitted_beforehand_under_a_record_that_was_merged_count_where_a_stay_is_to_be_permitted(
    book: Any,
) -> None:
    id_, begins = UUID(int=77), TODAY + 150 * DAY
    planned = [
        StayElsewhere(id=UUID(int=78), care_form="INFANT_HOME", from_=begins, to=begins + 60 * DAY),
        StayElsewhere(id=UUID(int=79), care_form="FOSTER", from_=begins + 60 * DAY, to=begins + 300 * DAY),
        StayElsewhere(id=UUID(int=80), care_form="INFANT_HOME", from_=TODAY - 90 * DAY, to=TODAY),
        StayElsewhere(id=UUID(int=81), care_form="INFANT_HOME", from_=TODAY - 90 * DAY),
    ]  # 60 of 184 nights are still to come
    around, known = Around(records=[OtherRecord(id=id_, planned=planned)]), {"merged": frozenset({id_})}
    assert under_three(book, TODAY, TODAY + 124 * DAY, around=around, known=known).satisfied
    assert not under_three(book, TODAY, TODAY + 125 * DAY, around=around, known=known).satisfied
    assert under_three(book, TODAY, TODAY + 184 * DAY, around=around).satisfied
    here = lived(TODAY, planned_to=TODAY + 180 * DAY)
    now = situation(book, stay=here, around=around, born_to=BORN, known=known)
    assert said("under-three-residential", now).facts["nights_planned"] == "180"  # of what is lived, by itself


def test_a_stay_that_both_records_hold_is_counted_once(book: Any) -> None:
    id_, since, stay = UUID(int=77), TODAY - 100 * DAY, lived(TODAY - 100 * DAY, planned_to=TODAY + 80 * DAY)
    same = StayElsewhere(id=UUID(int=78), care_form="INFANT_HOME", from_=since)
    around = Around(records=[OtherRecord(id=id_, stays=[same])])
    now = situation(book, stay=stay, around=around, born_to=BORN, known={"merged": frozenset({id_})})
    verdict = said("under-three-residential", now)
    assert (verdict.met, verdict.facts["nights_until_today"], verdict.facts["nights_planned"]) == (True, "100", "180")


def test_a_pack_may_say_after_how_many_days_counting_begins_anew(book: Any) -> None:
    earlier = lived(date(2025, 2, 1), date(2025, 6, 1))
    gap = (TODAY - date(2025, 6, 1)).days
    book.numbers = replace(book.numbers, under_three_reset_after=gap)
    assert under_three(book, TODAY, TODAY + 100 * DAY, earlier).satisfied
    book.numbers = replace(book.numbers, under_three_reset_after=gap + 1)
    assert not under_three(book, TODAY, TODAY + 100 * DAY, earlier).satisfied


def test_the_third_birthday_on_the_day_is_not_under_three(book: Any) -> None:
    assert under_three(book, date(2028, 1, 10)).satisfied
    assert not under_three(book, date(2028, 1, 9)).satisfied


@pytest.mark.parametrize(("leap_birthday", "third"), [("03-01", date(2027, 3, 1)), ("02-28", date(2027, 2, 28))])
def test_who_was_born_on_29_february_is_three_on_the_packs_day(book: Any, leap_birthday: str, third: date) -> None:
    book.numbers = replace(book.numbers, leap_birthday=leap_birthday)
    born = date(2024, 2, 29)
    assert under_three(book, third, born_to=born).satisfied
    assert not under_three(book, third - DAY, born_to=born).satisfied


def test_nights_after_the_third_birthday_do_not_count(book: Any) -> None:
    assert under_three(book, date(2027, 12, 1), date(2030, 1, 1)).satisfied


def test_a_stay_that_crosses_the_third_birthday_still_needs_its_planned_end(book: Any) -> None:
    assert not under_three(book, date(2027, 12, 1), None).satisfied


def test_the_day_of_leaving_is_no_night(book: Any) -> None:
    earlier = lived(date(2025, 2, 1), date(2025, 2, 1))
    assert under_three(book, TODAY, months_later(TODAY, 6), earlier).facts["nights_planned"] == "184"


@pytest.mark.parametrize(("born_to", "met"), [(date(2023, 1, 1), True), (date(2023, 12, 31), False), (None, False)])
def test_an_uncertain_birth_date_is_read_as_the_youngest_possible_age(
    book: Any, born_to: date | None, met: bool
) -> None:
    assert under_three(book, date(2026, 6, 1), born_to=born_to).satisfied is met


def test_family_care_of_a_child_under_three_is_not_limited(book: Any) -> None:
    assert under_three(book, TODAY, form="FOSTER") is None


def test_a_breach_is_due_before_the_allowance_is_used_up(book: Any) -> None:
    assert under_three(book, TODAY).due == TODAY + 14 * DAY
    began = months_later(TODAY, -6) + 3 * DAY  # three nights are left
    left = (months_later(began, 6) - began).days - (TODAY - began).days
    assert 0 < left < 14
    assert under_three(book, began).due == TODAY + left * DAY


def test_the_day_on_which_the_allowance_is_overrun_is_known_beforehand(book: Any) -> None:
    stay = lived(date(2025, 12, 1), planned_to=date(2026, 4, 1))
    verdict = said("under-three-residential", situation(book, stay=stay, born_to=BORN))
    assert verdict.satisfied
    assert verdict.until == date(2026, 6, 2)

    def on(day: date) -> Any:
        return said("under-three-residential", situation(book, stay=stay, born_to=BORN, today=day)).satisfied

    assert on(verdict.until - DAY)
    assert not on(verdict.until)


@pytest.mark.parametrize(("minutes", "met"), [(-1, False), (0, True)])
def test_the_third_birthday_begins_at_midnight_in_the_zone_of_the_pack(book: Any, minutes: int, met: bool) -> None:
    pack = countries.load("kz", Path("countries"))
    third = datetime.combine(date(2028, 1, 10), time(), pack.zone).astimezone(UTC)
    today = clock.day_in(pack.zone, third + timedelta(minutes=minutes))
    assert under_three(book, date(2027, 12, 1), stay=lived(date(2027, 1, 1)), today=today).satisfied is met


def test_a_gap_between_earlier_stays_begins_the_count_anew_where_the_pack_says_so(book: Any) -> None:
    long_ago = lived(date(2025, 2, 1), date(2025, 6, 1))
    lately = lived(date(2025, 12, 1), date(2026, 3, 10), id=UUID(int=52))  # 99 nights, after a gap of 183 days
    book.numbers = replace(book.numbers, under_three_reset_after=183)
    counted = under_three(book, TODAY, TODAY + DAY, long_ago, lately)
    assert (counted.satisfied, counted.facts["nights_planned"]) == (True, "100")
    book.numbers = replace(book.numbers, under_three_reset_after=184)
    assert under_three(book, TODAY, TODAY + DAY, long_ago, lately).facts["nights_planned"] == "220"


def test_a_stay_before_birth_is_put_right_in_the_packs_days(book: Any) -> None:
    now = situation(book, stay=lived(TODAY), born_from=TODAY + DAY, born_to=TODAY + DAY)
    verdict = said("stay-before-birth", now)
    assert (verdict.satisfied, verdict.due) == (False, TODAY + 14 * DAY)
    assert said("stay-before-birth", situation(book, stay=lived(TODAY), born_from=TODAY, born_to=TODAY)).satisfied
