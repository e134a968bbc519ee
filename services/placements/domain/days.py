"""Calendar arithmetic of the rules: calendar months, birthdays, nights. Not here: which numbers the law sets."""

from calendar import isleap, monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """Days from `from_` up to, not including, `to` (None: it goes on). The day of leaving is no night (COUNTING F2)."""

    from_: date
    to: date | None = None

    def overlaps(self, other: "Span") -> bool:
        """Whether someone cannot have been in both. A stay without a night within the other overlaps it."""
        return self.from_ < (other.to or date.max) and other.from_ < (self.to or date.max)


def months_later(day: date, months: int) -> date:
    """The same day so many calendar months later, clipped to the month's end: 31 August and 6 is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def birthday(born: date, age: int, leap_birthday: str) -> date:
    """The day on which `age` years are completed; born on 29 February: `leap_birthday` (MM-DD) in common years."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date.fromisoformat(f"{year:04d}-{leap_birthday}")
    return born.replace(year=year)


def nights(spans: Iterable[Span], until: date) -> int:
    """Nights of all spans before `until`; a night that several of them have is one."""
    found, counted = 0, date.min
    for span in sorted(spans, key=lambda each: each.from_):
        begins, ends = max(span.from_, counted), min(span.to or until, until)
        if ends > begins:
            found, counted = found + (ends - begins).days, ends
    return found
