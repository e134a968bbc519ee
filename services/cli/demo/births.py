"""Birth days for an age on a day, for brothers and sisters, and birth dates that are known to the month or year only.

Ages are completed years, reached on the birthday; who is born on 29 February has it on 1 March in common years
(COUNTING F18). An estimate stands for the middle of its month (the 15th) or year (1 July).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

BETWEEN_SIBLINGS = (300, 1900)  # days
TWINS = 0.04


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth date as a register has it, and the day that figures take for it."""

    text: str
    precision: str
    counted: date


def years_before(day: date, years: int) -> date:
    """The last birth day that makes someone `years` old on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def birthday(born: date, age: int) -> date:
    """The day on which the age is reached."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(born: date, day: date) -> int:
    """Completed years at the end of the day."""
    age = day.year - born.year
    return age if birthday(born, age) <= day else age - 1


def born_at_age(rng: random.Random, age: int, on: date, least_days: int = 0) -> date:
    """A birth day of someone of the age on a day, at least so many days before it."""
    first = years_before(on, age + 1) + timedelta(days=1)
    last = min(years_before(on, age), on - timedelta(days=least_days))
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def sibling(rng: random.Random, others: list[date], first: date, last: date) -> date:
    """A birth day in [first, last] at a distance from each brother and sister; a twin where none fits."""
    if rng.random() >= TWINS:
        for _ in range(20):
            days = rng.randint(*BETWEEN_SIBLINGS) * rng.choice((-1, 1))
            born = rng.choice(others) + timedelta(days=days)
            if first <= born <= last and all(abs((born - other).days) >= BETWEEN_SIBLINGS[0] for other in others):
                return born
    return rng.choice(others)


def as_recorded(
    rng: random.Random, born: date, month_share: float, year_share: float, fits: Callable[[date], bool]
) -> Birth:
    """The birth date with the precision of the register: an estimate only where the day counted for it fits."""
    lot = rng.random()
    estimates = (
        (lot < year_share, Birth(f"{born.year:04}", "year", date(born.year, 7, 1))),
        (lot < year_share + month_share, Birth(f"{born.year:04}-{born.month:02}", "month", born.replace(day=15))),
    )
    for drawn, estimate in estimates:
        if drawn and fits(estimate.counted):
            return estimate
    return Birth(born.isoformat(), "day", born)
