"""Calendar arithmetic (CARE C12): months, birthdays, nights."""

from datetime import date

import pytest

from services.placements.domain import Span, birthday, months_later, nights


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 1, 15), 6, date(2025, 7, 15)),
        (date(2025, 7, 1), 6, date(2026, 1, 1)),
        (date(2025, 12, 31), 0, date(2025, 12, 31)),
    ],
)
def test_calendar_months_are_clipped_to_the_end_of_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_born_on_29_february_completes_a_year_on_the_packs_day_in_common_years() -> None:
    assert birthday(date(2024, 2, 29), 3, "03-01") == date(2027, 3, 1)
    assert birthday(date(2024, 2, 29), 3, "02-28") == date(2027, 2, 28)
    assert birthday(date(2024, 2, 29), 4, "03-01") == date(2028, 2, 29)
    assert birthday(date(2024, 2, 28), 3, "03-01") == date(2027, 2, 28)


def test_the_day_of_leaving_is_not_a_night() -> None:
    stay = Span(date(2026, 1, 1), date(2026, 1, 11))
    assert nights([stay], until=date(2026, 3, 1)) == 10
    assert nights([stay], until=date(2026, 1, 6)) == 5
    assert nights([Span(date(2026, 1, 1))], until=date(2026, 1, 6)) == 5
    assert nights([stay], until=date(2025, 1, 1)) == 0


def test_a_night_that_two_stays_have_is_one() -> None:
    first, within = Span(date(2026, 1, 1), date(2026, 1, 11)), Span(date(2026, 1, 3), date(2026, 1, 6))
    later = Span(date(2026, 1, 9), date(2026, 1, 21))
    assert nights([later, within, first], until=date(2026, 3, 1)) == 20
    assert nights([within, Span(date(2026, 1, 4))], until=date(2026, 1, 11)) == 8


def test_stays_that_meet_on_one_day_do_not_overlap() -> None:
    first, second = Span(date(2026, 1, 1), date(2026, 1, 11)), Span(date(2026, 1, 11))
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(Span(date(2026, 1, 10)))


def test_a_stay_without_a_night_overlaps_only_a_stay_around_it() -> None:
    day = Span(date(2026, 1, 5), date(2026, 1, 5))
    assert day.overlaps(Span(date(2026, 1, 1), date(2026, 1, 11)))
    assert not day.overlaps(Span(date(2026, 1, 5)))
    assert not day.overlaps(Span(date(2026, 1, 1), date(2026, 1, 5)))
