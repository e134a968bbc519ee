"""The tree of areas: parents and successors that exist, days in order, no circle, no area twice on one day."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from shared.countries import areas, files
from shared.countries.checks.draft import Draft, Finding, from_error, where
from shared.errors import ConfigurationError


def findings(draft: Draft) -> Iterator[Finding]:
    """Every break of the tree that the pack's own lines make."""
    file = draft.file("areas.csv")
    known = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas}
    parsed: list[tuple[files.Row, areas.Area]] = []
    for row in draft.own.areas:
        try:
            parsed.append((row, areas.parse(row, file)))
        except ConfigurationError as error:
            yield from_error(error)
    for row, area in parsed:
        yield from _one(row, area, known, file)
    yield from _overlaps(parsed, file)
    yield from _circles(draft, parsed, file)


def _one(row: files.Row, area: areas.Area, known: set[str], file: str) -> Iterator[Finding]:
    key = where(row, "code", "from")
    if area.parent and area.parent not in known:
        message = f"the parent {area.parent} is no area"
        yield Finding(file, key, "known-parent", message, "Add the parent, or leave the cell empty.")
    for successor in area.successors:
        if successor not in known:
            message = f"the successor {successor} is no area"
            yield Finding(file, key, "known-successor", message, "Add the area, or correct its code.")
    if area.since and area.until and area.since >= area.until:
        message = f"it ends on {area.until} and begins on {area.since}"
        yield Finding(file, key, "from-before-to", message, "Let `from` be before `to`.")
    if area.successors and not area.until:
        message = "it has successors, but no last day"
        yield Finding(file, key, "successors-need-to", message, "Give `to`: the first day of the successors.")


def _overlaps(parsed: list[tuple[files.Row, areas.Area]], file: str) -> Iterator[Finding]:
    versions: dict[str, list[tuple[files.Row, areas.Area]]] = {}
    for row, area in parsed:
        versions.setdefault(area.code, []).append((row, area))
    for same in versions.values():
        same.sort(key=lambda version: version[1].since or date.min)
        for (_, earlier), (row, later) in pairwise(same):
            if earlier.until is None or (later.since or date.min) < earlier.until:
                message = f"{later.code} is in force twice from {later.since or 'the beginning'}"
                yield Finding(file, where(row, "code", "from"), "no-overlap", message, "Let one line end first.")


def _circles(draft: Draft, parsed: list[tuple[files.Row, areas.Area]], file: str) -> Iterator[Finding]:
    parents = {row.cells.get("code", ""): row.cells.get("parent", "") for raw in draft.whole for row in raw.areas}
    for row, area in parsed:
        seen = {area.code}
        current = area.parent
        while current and current not in seen:
            seen.add(current)
            current = parents.get(current)
        if current == area.code:
            message = f"{area.code} lies below itself"
            yield Finding(file, where(row, "code", "from"), "no-circle", message, "Correct one parent of the circle.")
