"""The period of a bundle: an ISO 8601 interval of start and duration, and the SDMX TIME_PERIOD it stands for.

A year that does not begin in January (fiscal, school) is named by the year it begins in, as UNICEF does; the
reference day goes to COVERAGE_TIME. Not here: calendars and due dates.
"""

import re
from dataclasses import dataclass
from datetime import date

from shared.errors import Invalid

FREQUENCIES = {"P1Y": "A", "P3M": "Q", "P1M": "M"}
_FORM = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/(P1Y|P3M|P1M)")


@dataclass(frozen=True)
class Period:
    """A year, quarter or month that begins on the first of a month."""

    start: date
    duration: str = "P1Y"

    def __post_init__(self) -> None:
        quarter_off = self.duration == "P3M" and self.start.month % 3 != 1
        if self.duration not in FREQUENCIES or self.start.day != 1 or quarter_off:
            raise Invalid(
                f"{self} is no reporting period",
                field="period",
                rule="a year, quarter or month that begins on the first of a month",
            )

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.duration}"

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `2011-01-01/P1Y`; raises Invalid."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise Invalid(f"{text!r} is no ISO interval of start and P1Y, P3M or P1M", field="period")
        try:
            start = date.fromisoformat(match[1])
        except ValueError as error:
            raise Invalid(f"{match[1]} is no day", field="period") from error
        return cls(start, match[2])

    @classmethod
    def year(cls, year: int) -> "Period":
        """The calendar year."""
        return cls(date(year, 1, 1))

    @property
    def freq(self) -> str:
        """SDMX frequency code: A, Q or M."""
        return FREQUENCIES[self.duration]

    @property
    def time_period(self) -> str:
        """SDMX TIME_PERIOD: 2011, 2011-Q4 or 2011-10."""
        year = f"{self.start.year:04d}"
        if self.freq == "Q":
            return f"{year}-Q{(self.start.month + 2) // 3}"
        return year if self.freq == "A" else f"{year}-{self.start.month:02d}"
