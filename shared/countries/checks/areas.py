"""The tree of areas: parents and successors that exist when they are needed, days in order without gaps, no circle.

An area is in force on every day of its parent's children, ends only into successors, and stands once on a day.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from shared.countries import areas, files
from shared.countries.checks.draft import Draft, Finding, from_error, where
from shared.errors import ConfigurationError

Version = tuple[files.Row, areas.Area]


def findings(draft: Draft) -> Iterator[Finding]:
    """Every break of the tree that the pack's own lines make."""
    file = draft.file("areas.csv")
    known = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas}
    parsed: list[Version] = []
    for row in draft.own.areas:
        try:
            parsed.append((row, areas.parse(row, file)))
        except ConfigurationError as error:
            yield from_error(error)
    tree = list(_tree(draft))
    for row, area in parsed:
        yield from _one(row, area, known, file)
        yield from _lasting(row, area, tree, file)
    yield from _in_order(parsed, file)
    yield from _circles(parsed, tree, file)


def _tree(draft: Draft) -> Iterator[areas.Area]:
    """All areas of the chain as far as they can be read; a nearer line stands for an inherited one as when loaded."""
    found = {}
    for raw in draft.whole:
        for row in raw.areas:
            try:
                area = areas.parse(row, raw.id)
            except ConfigurationError:  # told for the pack that holds the line
                continue
            found[area.code, area.since] = area
    yield from found.values()


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


def _lasting(row: files.Row, area: areas.Area, tree: list[areas.Area], file: str) -> Iterator[Finding]:
    """Parent and successors on the days on which the area needs them."""
    key = where(row, "code", "from")
    parents = [other for other in tree if other.code == area.parent]
    missing = _uncovered(area, parents) if parents else None
    if missing is not None:
        message = f"its parent {area.parent} is not in force on {_said(missing)}"
        yield Finding(file, key, "parent-in-force", message, "Let the parent be in force as long as the area.")
    if area.until and not area.successors:
        message = f"it ends on {area.until} and nothing follows: its children would be nowhere"
        yield Finding(file, key, "gap", message, "Name its successors; its own code where it goes on, changed.")
    for successor in area.successors if area.until else ():
        versions = [other for other in tree if other.code == successor]
        if versions and not any(other.valid(area.until or date.max) for other in versions):
            message = f"the successor {successor} is not in force on {area.until}"
            yield Finding(file, key, "gap", message, "Let the successor begin on the day on which this line ends.")


def _uncovered(area: areas.Area, parents: Iterable[areas.Area]) -> date | None:
    """The first day of the area on which none of the parent's lines is in force; None where there is none."""
    day = area.since or date.min
    for parent in sorted(parents, key=lambda each: each.since or date.min):
        if (parent.since or date.min) <= day:
            day = max(day, parent.until or date.max)
    return None if day >= (area.until or date.max) else day


def _said(day: date) -> str:
    return "its first days" if day == date.min else day.isoformat()


def _in_order(parsed: list[Version], file: str) -> Iterator[Finding]:
    versions: dict[str, list[Version]] = {}
    for row, area in parsed:
        versions.setdefault(area.code, []).append((row, area))
    for same in versions.values():
        same.sort(key=lambda version: version[1].since or date.min)
        for (_, earlier), (row, later) in pairwise(same):
            since = later.since or date.min
            if earlier.until is None or since < earlier.until:
                message = f"{later.code} is in force twice from {later.since or 'the beginning'}"
                yield Finding(file, where(row, "code", "from"), "no-overlap", message, "Let one line end first.")
            elif since > earlier.until:
                message = f"{later.code} is in force neither on {earlier.until} nor until {later.since}"
                yield Finding(file, where(row, "code", "from"), "gap", message, "Let it begin when the other ends.")


def _circles(parsed: list[Version], tree: list[areas.Area], file: str) -> Iterator[Finding]:
    """Areas that lie below themselves, on the first day of their line or on any on which the tree changed since."""
    days = sorted({area.since or date.min for area in tree})
    above = {day: {area.code: area.parent for area in tree if area.valid(day)} for day in days}
    for row, area in parsed:
        if any(area.valid(day) and _below_itself(area.code, above[day]) for day in days):
            message = f"{area.code} lies below itself"
            yield Finding(file, where(row, "code", "from"), "no-circle", message, "Correct one parent of the circle.")


def _below_itself(code: str, above: dict[str, str | None]) -> bool:
    seen = {code}
    current = above.get(code)
    while current and current not in seen:
        seen.add(current)
        current = above.get(current)
    return current == code
