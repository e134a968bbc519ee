"""Figures as lines of a table: one an indicator, with both sexes, a bar, and the change since the period before.

Not here: how figures are made or protected (reporting).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from shared.countries.areas import AreaTree

NATIONAL = "_T"
WHOLE_AGES = ("Y0T17", "Y18T24", "_T")
SEXES = ("F", "M", "_T")
ORDINARY = "A"
STEPS = 5
"""Shades of a grid of tiles."""


@dataclass
class Line:
    """One indicator at one age. `cells` by sex; `share`: the bar, of 100; `change`: against the period before."""

    code: str
    name: str
    age: str
    unit: str
    cells: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    share: int = 0
    change: float | None = None

    def value(self, sex: str = NATIONAL) -> float | None:
        """The number of a sex; None where there is none."""
        found = self.cells.get(sex, {}).get("value")
        return None if found is None else float(found)

    def status(self, sex: str = NATIONAL) -> str:
        """Why there is no ordinary number; nothing where there is."""
        found = str(self.cells.get(sex, {}).get("status", "O"))
        return "" if found == ORDINARY else found


def lines(items: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]], rows: Any) -> list[Line]:
    """The lines in the pack's order of indicators; `before` are the figures of the period before."""
    names = {row["code"]: row["name"] for row in rows}
    order = {code: place for place, code in enumerate(names)}
    found = _gathered(items, names)
    earlier = _gathered(before, names)
    most: dict[str, float] = {}
    for line in found.values():
        most[line.unit] = max(most.get(line.unit, 0), line.value() or 0)
    for key, line in found.items():
        value = line.value()
        if value is None:
            continue
        line.share = round(100 * value / most[line.unit]) if most[line.unit] else 0
        was = earlier[key].value() if key in earlier else None
        line.change = None if was is None else value - was
    return sorted(found.values(), key=lambda line: (order.get(line.code, len(order)), WHOLE_AGES.index(line.age)))


def by_age(items: Iterable[Mapping[str, Any]], area: str) -> list[Line]:
    """One indicator in one area, a line for each age, in the order of the definition."""
    found: dict[str, Line] = {}
    for item in items:
        if item["area"] == area:
            line = found.setdefault(item["age"], Line(item["indicator"], "", item["age"], item["unit"]))
            line.cells[item["sex"]] = item
    return _with_bars(list(found.values()))


def by_area(items: Iterable[Mapping[str, Any]], areas: Sequence[str]) -> list[Line]:
    """One indicator at its whole age, a line for each of the areas that has a figure; `code` is the area's."""
    rows = [item for item in items if item["area"] in areas]
    whole = next((age for age in WHOLE_AGES if any(item["age"] == age for item in rows)), "")
    found: dict[str, Line] = {}
    for item in rows:
        if item["age"] == whole:
            found.setdefault(item["area"], Line(item["area"], "", whole, item["unit"])).cells[item["sex"]] = item
    return _with_bars([found[area] for area in areas if area in found])


def just_below(tree: AreaTree, area: str, day: date) -> list[str]:
    """The areas one step below an area on a day, by name; the uppermost where the area is the whole country."""
    parent = None if area == NATIONAL else area
    found = [row for code in tree.codes(day) if (row := tree.get(code, day)) and row.parent == parent]
    return [row.code for row in sorted(found, key=lambda row: row.name)]


@dataclass(frozen=True)
class Tile:
    """An area in the grid of tiles: its mark there, its place, its line (None: no figure), how dark it is (0 to 4)."""

    mark: str
    x: int
    y: int
    line: Line | None
    step: int


def tiles(tree: AreaTree, areas: Sequence[str], found: Iterable[Line], day: date) -> list[Tile]:
    """The areas of a table as a grid of tiles; none where the pack gives them no places."""
    lines_, made = {line.code: line for line in found}, []
    for code in areas:
        row = tree.get(code, day)
        if row is None or row.tile is None:
            return []
        line = lines_.get(code)
        step = min(line.share // 20, STEPS - 1) if line else 0
        made.append(Tile(code.rpartition("-")[2], *row.tile, line, step))
    return sorted(made, key=lambda each: (each.y, each.x))


def _with_bars(lines: list[Line]) -> list[Line]:
    """Each bar against the largest of them; the whole itself, which is the sum of the others, is the full one."""
    most = max((line.value() or 0 for line in lines), default=0)
    for line in lines:
        line.share = round(100 * (line.value() or 0) / most) if most else 0
    return lines


def statuses(shown: Iterable[Line]) -> dict[str, str]:
    """What the marks on a page mean (SDMX, observation status)."""
    words = _words()
    return {mark: words[mark] for line in shown for sex in SEXES if (mark := line.status(sex)) in words}


def notes(shown: Iterable[Line]) -> list[str]:
    """The footnotes of the totals, each once."""
    found = (str(line.cells.get(NATIONAL, {}).get("footnote") or "") for line in shown)
    return [note for note in dict.fromkeys(found) if note]


def _gathered(items: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> dict[tuple[str, str], Line]:
    found: dict[tuple[str, str], Line] = {}
    for item in items:
        if item["age"] in WHOLE_AGES:
            key = item["indicator"], item["age"]
            name = names.get(item["indicator"], item["indicator"])
            line = found.setdefault(key, Line(item["indicator"], name, item["age"], item["unit"]))
            line.cells[item["sex"]] = item
    return found


def _words() -> dict[str, str]:
    return {
        "O": _("not known: the source does not tell it"),
        "M": _("there can be no number"),
        "Q": _("held back to protect children: few are counted here"),
        "D": _("counted otherwise than the definition says; see the note"),
        "E": _("estimated"),
        "P": _("provisional"),
        "B": _("the way of counting changed here"),
        "L": _("missing, though it exists"),
        "N": _("not significant"),
        "U": _("of low reliability"),
    }
