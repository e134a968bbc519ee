"""The days of a pack's table of holidays: of every year, or of one. Not here: what waits for a working day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

FIRST_YEAR, LAST_YEAR = 1990, 2070


def days(lines: Iterable[Mapping[str, Any]]) -> frozenset[date]:
    """Every day that the lines name. A holiday announced each year has none until it is entered with its day."""
    return frozenset(day for line in lines for day in _days(line))


def _days(line: Mapping[str, Any]) -> Iterator[date]:
    if "day" in line:
        yield line["day"]
    since, until = line.get("from", date.min), line.get("to", date.max)
    for year in range(FIRST_YEAR, LAST_YEAR + 1) if "every" in line else ():
        month, number = (int(part) for part in line["every"].split("-"))
        if (month, number) == (2, 29) and (year % 4 or (not year % 100 and year % 400)):
            continue
        day = date(year, month, number)
        if since <= day < until:
            yield day
