"""Ages and births that are known within a span of days. Not here: what follows from an age (legal, placements)."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Invalid

TO_THE_DAY = "day"
DOCUMENTED, ESTIMATED, REPORTED = "documented", "estimated", "reported"
EARLIEST, LATEST = date(1900, 1, 1), date(3000, 1, 1)
LEAP_BIRTHDAY = "03-01"
"""When someone born on 29 February completes a year of age, where no country pack says otherwise."""


@dataclass(frozen=True)
class Birth:
    """When a child was born: a span of days (equal ends: the day is known), how that is known, and in which area."""

    born_from: date | None
    born_to: date | None
    precision: str
    basis: str
    area: str | None = None

    def __post_init__(self) -> None:
        if (self.born_from is None) != (self.born_to is None):
            raise Invalid("Both ends of the span, or neither.", field="birth", rule="birth-span")
        if self.born_from and self.born_to and self.born_from > self.born_to:
            raise Invalid("The span ends before it begins.", field="birth", rule="birth-span")
        if self.precision == TO_THE_DAY and self.born_from != self.born_to:
            raise Invalid("A day is not a span of days.", field="birth", rule="birth-precision")

    def certainly_after(self, day: date) -> bool:
        """Whether the child cannot have been born by `day`."""
        return self.born_from is not None and self.born_from > day


def birthday(born: date, age: int, leap_birthday: str = LEAP_BIRTHDAY) -> date:
    """The day on which `age` years are completed; born on 29 February: `leap_birthday` (MM-DD) in common years."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date.fromisoformat(f"{year:04d}-{leap_birthday}")
    return born.replace(year=year)


def completed_years(born: date, day: date, leap_birthday: str = LEAP_BIRTHDAY) -> int:
    """Full years of age on a day; below zero before the birth."""
    years = day.year - born.year
    return years if birthday(born, years, leap_birthday) <= day else years - 1


def age_on(birth: Birth, day: date, leap_birthday: str = LEAP_BIRTHDAY) -> tuple[int, int] | None:
    """The (youngest, oldest) that a child may be on a day, in full years, never below 0; None where nothing is known.

    A child that cannot have been born yet is 0.
    """
    if birth.born_from is None or birth.born_to is None:
        return None
    ages = (completed_years(born, day, leap_birthday) for born in (birth.born_to, birth.born_from))
    youngest, oldest = (max(0, age) for age in ages)
    return youngest, oldest


def born_between(youngest: int, oldest: int, on: date, leap_birthday: str = LEAP_BIRTHDAY) -> tuple[date, date]:
    """First and last day of birth of someone whose age on a day is between two numbers of full years.

    Raises Invalid where the ages are no range.
    """
    if not 0 <= youngest <= oldest <= 120:
        raise Invalid("An age range goes from the younger to the older age.", field="birth", rule="age-range")
    if not EARLIEST <= on < LATEST:
        raise Invalid("The day on which an age is judged is one of our time.", field="judged_on", rule="age-range")
    # around 29 February the rule of birthdays moves the ends by a day: found by looking, from outside
    first, last = _born_just(oldest + 1, on) - timedelta(days=2), _born_just(youngest, on) + timedelta(days=2)
    while completed_years(first, on, leap_birthday) > oldest:
        first += timedelta(days=1)
    while completed_years(last, on, leap_birthday) < youngest:
        last -= timedelta(days=1)
    return first, last


def _born_just(age: int, on: date) -> date:
    """The day so many years before; 29 February falls back to the 28th in a common year."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return on.replace(year=on.year - age, day=28)
