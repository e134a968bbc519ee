"""Reporters by periods as a hub sees them: what came, what came late, in part or revised, and what is missing.

Not here: who is expected and when (the hub's pack), what is sound (reporting).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RECEIVED, PARTIAL, MISSING, AWAITED, NOT_EXPECTED = "received", "partial", "missing", "awaited", "not-expected"


@dataclass(frozen=True)
class Cell:
    """One period of one reporter. `state` is one of the five above; `said`: what the hub has of it, if anything."""

    period: str
    state: str
    said: Mapping[str, Any]
    expected: bool

    @property
    def late(self) -> bool:
        """Whether it came after the day on which it was due."""
        return bool(self.said.get("overdue")) and self.state in {RECEIVED, PARTIAL}

    @property
    def revised(self) -> bool:
        """Whether a later word of the reporter has replaced the first."""
        return int(self.said.get("revision") or 1) > 1


@dataclass(frozen=True)
class Row:
    """One reporter with its cells, one for each period of the table."""

    reporter: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def overdue(self) -> list[str]:
        """The periods that are missing though their day is over."""
        return [cell.period for cell in self.cells if cell.state == MISSING]

    @property
    def silent(self) -> bool:
        """Whether nothing has ever come."""
        return bool(self.reporter["state"] == "missing")


@dataclass(frozen=True)
class Sum:
    """A period over all reporters: how many are in, of how many that are expected."""

    period: str
    there: int
    expected: int

    @property
    def complete(self) -> bool:
        """Whether the figures of the period may be taken for those of all who are expected."""
        return self.there >= self.expected


def table(items: Sequence[Mapping[str, Any]]) -> tuple[list[Row], list[Sum]]:
    """The rows in the hub's order, and what each period comes to, the oldest first."""
    named = {each["period"] for item in items for each in (*item["periods"], *item["awaited"])}
    rows = [Row(item, tuple(_cell(item, period) for period in sorted(named))) for item in items]
    return rows, [_sum(rows, place, period) for place, period in enumerate(sorted(named))]


def _cell(item: Mapping[str, Any], period: str) -> Cell:
    for each in item["periods"]:
        if each["period"] == period:
            state = RECEIVED if each["reported"] >= each["expected"] and not each["late"] else PARTIAL
            return Cell(period, state, each, expected=each["due"] is not None)
    for each in item["awaited"]:
        if each["period"] == period:
            return Cell(period, MISSING if each["overdue"] else AWAITED, each, expected=True)
    return Cell(period, NOT_EXPECTED, {}, expected=False)


def _sum(rows: Sequence[Row], place: int, period: str) -> Sum:
    cells = [row.cells[place] for row in rows]
    there = sum(1 for cell in cells if cell.state == RECEIVED)
    return Sum(period, there, sum(1 for cell in cells if cell.expected or cell.state in {RECEIVED, PARTIAL}))
