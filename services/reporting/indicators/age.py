"""Age as the figures see it (F18): estimated births, birthdays, bands.

Not here: legal ages (consent, majority), which are a pack's.
"""

from bisect import bisect_right
from datetime import date, timedelta

from services.reporting.indicators.facts import UNKNOWN

BAND_STARTS = (3, 7, 18, 25)
BANDS = ("Y0T2", "Y3T6", "Y7T17", "Y18T24", "Y25T")
CHILD_BANDS = frozenset({"Y0T2", "Y3T6", "Y7T17", UNKNOWN})
YOUNG_BAND = "Y18T24"


def birth_estimate(born_from: date | None, born_to: date | None) -> date | None:
    """The day taken as birth: the day itself, the 15th of a month, 1 July of a year, else the middle of the range."""
    if born_from is None or born_to is None or born_from == born_to:
        return born_from or born_to
    after = born_to + timedelta(days=1) if born_to < date.max else born_to
    if born_from.day == 1 and after.day == 1 and born_from < born_to:
        if (after.year, after.month) == _next_month(born_from):
            return born_from.replace(day=15)
        if born_from.month == 1 and (after.month, after.year) == (1, born_from.year + 1):
            return date(born_from.year, 7, 1)
    return born_from + (born_to - born_from) // 2


def _next_month(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def birthday(born: date, years: int) -> date:
    """The day `years` are completed; born on 29 February: 1 March in common years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def band_birthdays(born: date) -> tuple[date, ...]:
    """The days on which the bands 3-6, 7-17, 18-24 and 25+ begin."""
    return tuple(birthday(born, years) for years in BAND_STARTS)


def band(birthdays: tuple[date, ...] | None, day: date) -> str:
    """The band at the end of `day`, `_U` where no birth date is known."""
    return UNKNOWN if birthdays is None else BANDS[bisect_right(birthdays, day)]
