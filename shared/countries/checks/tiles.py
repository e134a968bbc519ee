"""The grid of tiles of areas: all that lie below one parent have a tile or none has, and no two the same on one day.

Not here: whether the tiles resemble the land, which nobody can check.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from shared.countries import areas, files
from shared.countries.checks.draft import Draft, Finding, where
from shared.errors import ConfigurationError


def findings(draft: Draft) -> Iterator[Finding]:
    """Every break of a grid in which lines of the pack's own stand."""
    file = draft.file("areas.csv")
    lines: dict[tuple[str, date | None], tuple[files.Row, areas.Area, bool]] = {}
    for raw in draft.whole:
        for row in raw.areas:
            try:
                area = areas.parse(row, raw.id)
            except ConfigurationError:  # told by the check of the tree
                continue
            lines[area.code, area.since] = row, area, raw is draft.own
    levels: defaultdict[str | None, list[tuple[files.Row, areas.Area, bool]]] = defaultdict(list)
    for row, area, own in lines.values():
        levels[area.parent].append((row, area, own))
    for level in levels.values():
        if any(own for _, _, own in level):
            yield from _of(level, file)


def _of(level: list[tuple[files.Row, areas.Area, bool]], file: str) -> Iterator[Finding]:
    with_tile = [each for each in level if each[1].tile]
    for row, area, own in level if with_tile else ():
        if own and area.tile is None:
            message = f"{area.code} has no tile, others beside it have one"
            yield Finding(file, where(row, "code", "from"), "all-tiles", message, "Give it a tile, or none to any.")
    for (_, earlier, _), (row, later, _) in combinations(with_tile, 2):
        if earlier.tile == later.tile and earlier.code != later.code and _together(earlier, later):
            message = f"{later.code} stands on the tile of {earlier.code}"
            yield Finding(file, where(row, "code", "from"), "one-tile-each", message, "Give one of them another tile.")


def _together(one: areas.Area, other: areas.Area) -> bool:
    """Whether there is a day on which both are in force."""
    begins = max(one.since or date.min, other.since or date.min)
    return begins < min(one.until or date.max, other.until or date.max)
