"""Deadlines: so many hours, days, working days or calendar months after a moment, in a country's calendar.

Deadlines that keep a child safe run through nights, weekends and holidays; they never roll (PACKS 2). Not here: which
numbers the law sets (the pack), birthdays and nights in care (days).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.placements.domain.days import months_later

HOURS, DAYS, WORKING_DAYS, MONTHS, YEARS = "hours", "days", "working days", "calendar months", "years"
UNITS = {
    "hours": HOURS, "days": DAYS, "calendar days": DAYS, "working days": WORKING_DAYS, "calendar months": MONTHS,
    "months": MONTHS, "years": YEARS,
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """An amount of time as the pack writes it."""

    amount: int
    unit: str


@dataclass(frozen=True)
class Calendar:
    """The days on which nobody works. `weekend`: ISO weekdays, Monday is 1; `zone`: where midnight is."""

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset({6, 7})
    holidays: Collection[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether offices are open on a day."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def deadline(self, since: datetime, span: Span, *, rolls: bool = False) -> datetime:
        """The moment until which something is to be done. Hours run on the clock; all else ends with its last day.

        The day of `since` is not counted. `rolls`: a last day on which nobody works goes over to the next that is.
        """
        if UNITS[span.unit] == HOURS:
            return since + timedelta(hours=span.amount)
        last = self.last_day(since.astimezone(self.zone).date(), span)
        while rolls and not self.works(last):
            last += timedelta(days=1)
        return self.end_of(last)

    def start_of(self, day: date) -> datetime:
        """The midnight with which a day begins."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """The midnight that ends a day."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def last_day(self, first: date, span: Span) -> date:
        """The last day of so many days, working days, months or years; `first` itself is not counted."""
        unit = UNITS[span.unit]
        if unit == DAYS:
            return first + timedelta(days=span.amount)
        if unit == MONTHS:
            return months_later(first, span.amount)
        if unit == YEARS:
            return months_later(first, 12 * span.amount)
        day, left = first, span.amount
        while left:
            day += timedelta(days=1)
            left -= self.works(day)
        return day
