"""Areas of a deployment through time: a tree whose nodes have from, to and successors (half-open, as all intervals).

An area that loses territory keeps its code: it is two lines, the older one ending on the day of the change and naming
its successors, the code itself among them. Not here: how figures are carried over such a change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shared.countries import files

TILES = 12
"""How many tiles a grid has at most in each direction."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area as it was in [since, until); None is open. `parent` is None directly below the country."""

    code: str
    name: str
    kind: str
    parent: str | None
    since: date | None
    until: date | None
    successors: tuple[str, ...]
    basis: str
    source: str
    tile: tuple[int, int] | None = None
    """Where it stands in the grid of tiles of the areas below its parent: from the west, from the north, from 0."""

    def valid(self, on: date) -> bool:
        """Whether the area exists, in this form, on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


class AreaTree:
    """All areas of a pack. Immutable by habit: nothing here changes after construction."""

    __slots__ = ("_versions",)

    def __init__(self, areas: Iterable[Area]) -> None:
        versions: dict[str, list[Area]] = {}
        for area in areas:
            versions.setdefault(area.code, []).append(area)
        for same in versions.values():
            same.sort(key=lambda area: area.since or date.min)
        self._versions = {code: tuple(same) for code, same in versions.items()}

    def __iter__(self) -> Iterator[Area]:
        for same in self._versions.values():
            yield from same

    def __len__(self) -> int:
        return len(self._versions)

    def __contains__(self, code: object) -> bool:
        return code in self._versions

    def codes(self, on: date | None = None) -> tuple[str, ...]:
        """The codes in force on a day, in the pack's order; all that ever were without a day."""
        return tuple(code for code in self._versions if on is None or self.get(code, on) is not None)

    def get(self, code: str, on: date | None = None) -> Area | None:
        """The area as it was on a day, or in its latest form; None if there was none."""
        same = self._versions.get(code, ())
        if on is None:
            return same[-1] if same else None
        return next((area for area in same if area.valid(on)), None)

    def ancestors(self, code: str, on: date | None = None) -> tuple[str, ...]:
        """The area itself, then its parent, and so on up to the top."""
        line: list[str] = []
        current: str | None = code
        while current is not None and current not in line:
            line.append(current)
            area = self.get(current, on)
            current = area.parent if area else None
        return tuple(line)

    def contains(self, parent: str, code: str) -> bool:
        """Whether an area, in its latest form, is `parent` or lies below it."""
        return parent in self.ancestors(code)

    def below(self, code: str, on: date | None = None) -> frozenset[str]:
        """The area and all areas below it."""
        return frozenset(other for other in self.codes(on) if code in self.ancestors(other, on)) | {code}

    def current(self, code: str, on: date) -> frozenset[str]:
        """Where an area valid on an earlier day lies on the latest map: one code, or several where it was split."""
        area = self.get(code, on)
        if area is None or area.until is None or not area.successors:
            return frozenset({code})
        return frozenset().union(*(self.current(successor, area.until) for successor in area.successors))


def parse(row: files.Row, file: str) -> Area:
    """One line of areas.csv. Raises ConfigurationError naming the line and the column at fault."""
    cells = row.cells
    for column in ("code", "name", "kind", "parent", "from", "to", "successors", "basis", "source"):
        if column not in cells:
            raise files.fault(file, column, "columns", f"the column {column} is missing", "Add it to the header.")
    return Area(
        code=cells["code"],
        name=cells["name"],
        kind=cells["kind"],
        parent=cells["parent"] or None,
        since=files.day(cells["from"], file, f"line {row.line}, from"),
        until=files.day(cells["to"], file, f"line {row.line}, to"),
        successors=tuple(cells["successors"].split()),
        basis=cells["basis"],
        source=cells["source"],
        tile=_tile(cells.get("tile_x", ""), cells.get("tile_y", ""), file, row.line),
    )


def _tile(x: str, y: str, file: str, line: int) -> tuple[int, int] | None:
    if not x and not y:
        return None
    for column, cell in (("tile_x", x), ("tile_y", y)):
        if not (cell.isascii() and cell.isdecimal() and int(cell) < TILES):
            message = f"{cell!r} is no place in a grid of tiles"
            raise files.fault(
                file, f"line {line}, {column}", "tile", message, f"Whole numbers, 0 to {TILES - 1}, in both."
            )
    return int(x), int(y)
