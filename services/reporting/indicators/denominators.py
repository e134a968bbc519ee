"""Which population belongs under a rate (F29). A population without a source is none.

Not here: whether a rate may be given at all (figures), and where populations are kept.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from services.reporting.indicators.facts import Denominator


class Population(NamedTuple):
    """Persons under a rate; `estimated` where F29 had to take another day than it asks for."""

    persons: Fraction
    estimated: bool
    footnote: str


class Populations:
    """The populations of a return, by area and sex."""

    def __init__(self, denominators: Iterable[Denominator]) -> None:
        self._rows: dict[tuple[str, str], dict[date, Denominator]] = defaultdict(dict)
        for row in denominators:
            if row.source:
                self._rows[row.area, row.sex][row.day] = row

    def for_stock(self, area: str, sex: str, day: date) -> Population | None:
        """1 January after the day; if absent, 1 January before it; if absent, another day of that year."""
        rows = self._rows.get((area, sex), {})
        following = rows.get(date(day.year + 1, 1, 1))
        if following is not None:
            return _one(following, estimated=False)
        return _fallback(rows, day.year)

    def for_flow(self, area: str, sex: str, year: int) -> Population | None:
        """Mean of both 1 Januaries of the year; if one is absent, the other; if both are, another day of the year."""
        rows = self._rows.get((area, sex), {})
        first, last = rows.get(date(year, 1, 1)), rows.get(date(year + 1, 1, 1))
        if first is not None and last is not None:
            one, other = _one(first, estimated=False), _one(last, estimated=False)
            mean = (one.persons + other.persons) / 2
            footnote = f"Population: mean of {first.day} and {last.day} ({first.source})."
            return Population(mean, one.estimated or other.estimated, footnote)
        return _one(last, estimated=True) if last is not None else _fallback(rows, year)


def _fallback(rows: dict[date, Denominator], year: int) -> Population | None:
    """Any day of the year, the earliest first: 1 January, or the middle of the year of a projection."""
    days = sorted(day for day in rows if day.year == year)
    return _one(rows[days[0]], estimated=True) if days else None


def _one(row: Denominator, *, estimated: bool) -> Population:
    persons = Fraction(row.value) * Fraction(10) ** row.multiplier
    return Population(persons, estimated or row.status == "E", f"Population: {row.day} ({row.source}).")
