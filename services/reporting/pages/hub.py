"""The page of a hub: countries side by side, what they cover, and UNICEF's table to download.

Not here: where the figures come from (hub_views), summing a country's years (spans), how it looks (hub.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.reporting.domain.period import NATIONAL
from services.reporting.federation.cells import Cell
from services.reporting.hub_views import Column, Completeness, Line, SideBySide
from services.reporting.indicators import definition
from services.reporting.indicators.definition import EVERY, Definition
from services.reporting.pages import spans, wording
from shared.countries import Pack

STATES = {
    "missing": "Nothing received",
    "complete": "Complete",
    "gaps": "Bundles missing between others",
    "quarantined": "In quarantine: two stories were told",
}
AGE_BANDS = ("Y0T2", "Y3T6", "Y7T17")
WHOLE = frozenset({"_T", "Y0T17", "Y18T24"})
HEADLINES = (
    ("KW_CHLD_INCARE", "children in formal alternative care"),
    ("KW_CHLD_LEFT_RESIDENTIAL_ALLAGES", "children and young people left residential care"),
    ("PT_CHLD_INRESIDENTIAL", "children in formal residential care"),
    ("PT_CHLD_LEFT_RESIDENTIAL", "children left residential care"),
)
"""What a country's tile says, the first that it has reported."""


@dataclass(frozen=True)
class Value:
    """One figure of one country, with its bar. `unknown`: the country has not sent this figure."""

    value: str = ""
    width: float | None = None
    status: str = ""
    note: int | None = None
    unknown: bool = False
    together: bool = False


@dataclass(frozen=True)
class Row:
    """One indicator across the columns."""

    name: str
    small: str
    part: bool
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Head:
    """A column: a country and a period, several yearly periods together, or a country that has nothing here."""

    name: str
    period: str = ""
    day: str = ""
    note: int | None = None
    together: bool = False


@dataclass(frozen=True)
class Group:
    """A caption, its columns and rows."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tile:
    """What one country says, in one number."""

    name: str
    number: str
    words: str
    when: str
    note: int | None


def page(pack: Pack, found: SideBySide, reporters: Sequence[Completeness], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that hub.html shows."""
    wide = spans.together(found)
    shown = _Shown(pack, wide, chosen)
    return {
        "pack": pack,
        "tiles": list(shown.tiles()),
        "groups": list(shown.groups()),
        "reporters": reporters,
        "states": STATES,
        "chosen": chosen,
        "sexes": wording.SEXES | wording.CHILDREN,
        "ages": {"": "All ages of each indicator", **{code: wording.AGES[code] for code in AGE_BANDS}},
        "statuses": wording.statuses(cell for line in shown.lines for cell in line.cells if cell is not None),
        "notes": shown.notes.texts,
        "received": sum(len(one.periods) for one in reporters),
    }


class _Shown:
    """One view of the figures: a sex and an age of all columns."""

    def __init__(self, pack: Pack, wide: SideBySide, chosen: Mapping[str, Any]) -> None:
        self.columns = wide.columns
        self.lines = [line for line in wide.lines if line.sex == chosen["sex"] and _age_fits(line, chosen["age"])]
        self.notes = wording.Notes()
        self._known = {one.code: one for one in definition.parse(pack.indicators)}
        self._commons = [self.notes.common(self._cells(place)) for place in range(len(self.columns))]
        self._heads = [self._head(place) for place in range(len(self.columns))]

    def tiles(self) -> Iterator[Tile]:
        """One for each country that has reported: its last column speaks, which sums its years where it has several."""
        by_code = {line.indicator: line for line in self.lines}
        for issuer in dict.fromkeys(column.issuer for column in self.columns):
            places = [place for place, column in enumerate(self.columns) if column.issuer == issuer]
            for code, words in HEADLINES:
                cells = by_code[code].cells if code in by_code else ()
                place = next((p for p in reversed(places) if cells and cells[p] and cells[p].value), None)  # type: ignore[union-attr]
                if place is not None:
                    head, cell = self._heads[place], cells[place]
                    assert cell is not None
                    when = f"on {head.day}" if cell.coverage_time == head.day and head.day else f"in {head.period}"
                    yield Tile(head.name, wording.number(cell), words, when, head.note)
                    break

    def groups(self) -> Iterator[Group]:
        """Table by table in the order of the dictionary, each with the columns that have something in it."""
        order = {code: position for position, code in enumerate(self._known)}
        told = [(self._known[code], line) for line in self.lines if (code := self._code(line.indicator)) in order]
        told.sort(key=lambda pair: (wording.place(pair[0], order[pair[0].code]), pair[1].indicator))
        for caption, members in groupby(told, key=lambda pair: wording.group(pair[0])):
            own = list(members)
            places = self._places([line for _, line in own])
            heads = tuple(self._heads[place] if full else Head(self._heads[place].name) for place, full in places)
            yield Group(caption, heads, tuple(self._row(one, line, places) for one, line in own))

    def _places(self, lines: Sequence[Line]) -> list[tuple[int, bool]]:
        """The columns with a figure in some line; of a country without any, one that says so."""
        found: list[tuple[int, bool]] = []
        for _, members in groupby(range(len(self.columns)), key=lambda place: self.columns[place].issuer):
            own = list(members)
            full = [place for place in own if any(line.cells[place] is not None for line in lines)]
            found += [(place, True) for place in full] or [(own[0], False)]
        return found

    def _row(self, one: Definition, line: Line, places: Sequence[tuple[int, bool]]) -> Row:
        values = [float(cell.value) for cell in line.cells if cell is not None and cell.value is not None]
        most = 100.0 if one.unit == "PCNT" else max(values, default=0.0)
        # A national code means what its country's pack says, which the hub does not hold: it stands for itself.
        words = wording.national_name(line.indicator, {}) or wording.name(one)
        shown = tuple(self._value(line.cells[place] if full else None, place, most) for place, full in places)
        return Row(words, wording.codes(one, line.indicator), wording.is_part(one), shown)

    def _value(self, cell: Cell | None, place: int, most: float) -> Value:
        together = self._heads[place].together
        if cell is None:
            return Value(unknown=True, together=together)
        width = None if cell.value is None else round(100 * float(cell.value) / most, 2) if most else 0.0
        note = self.notes.own(cell, self._commons[place])
        return Value(wording.number(cell), width, cell.obs_status, note, together=together)

    def _head(self, place: int) -> Head:
        column: Column = self.columns[place]
        several = spans.is_together(column)
        day = "" if several or column.coverage_time == column.period else column.coverage_time
        common = self._commons[place]
        return Head(column.name, column.period, day, self.notes.number(common) if common else None, several)

    def _cells(self, place: int) -> list[Cell]:
        return [cell for line in self.lines if (cell := line.cells[place]) is not None]

    def _code(self, indicator: str) -> str:
        """The code of the definition that an indicator comes from."""
        stem, parted, _ = indicator.partition(NATIONAL)
        return f"{stem}{NATIONAL}{EVERY}" if parted else indicator


def _age_fits(line: Line, age: str) -> bool:
    """With no band chosen, each indicator at its whole population."""
    if age:
        return line.age == age
    return line.age == "_T" if line.indicator.endswith("ALLAGES") else line.age in WHOLE
