"""Tables of a pack: lines of several columns, each with its basis, in force on some days and in some areas.

A file `tables/<name>.toml` is a list `[[line]]`; each has an `id`. A line of a nearer pack replaces the inherited ones
of the same id. Not here: what the columns mean; `_base/tables/<name>.schema.json` says what they may hold.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.countries import files

Line = Mapping[str, Any]


def merged(chain: Iterable[files.RawPack]) -> dict[str, tuple[Line, ...]]:
    """All lines by table, those of nearer packs in place of inherited ones. Raises ConfigurationError for no list."""
    found: dict[str, dict[str, list[Line]]] = {}
    for raw in chain:
        for name, table in raw.tables.items():
            own: dict[str, list[Line]] = {}
            for entry in files.expect(table.get("line", []), list, f"{raw.id}/tables/{name}.toml", "line"):
                line = files.expect(entry, dict, f"{raw.id}/tables/{name}.toml", "line")
                own.setdefault(str(line.get("id", "")), []).append(line)
            found.setdefault(name, {}).update(own)
    return {name: tuple(line for lines in by_id.values() for line in lines) for name, by_id in found.items()}


def in_force(lines: Iterable[Line], on: date | None, above: tuple[str, ...] | None) -> tuple[Line, ...]:
    """The lines in force on a day (None: on any), of each id those of the nearest area.

    `above` is an area and what it lies in, the nearest first; None: whatever the area.
    """
    standing = [line for line in lines if on is None or _holds(line, on)]
    if above is None:
        return tuple(standing)
    nearest: dict[str, tuple[int, list[Line]]] = {}
    for line in standing:
        areas = line.get("areas", ())
        place = min((above.index(area) for area in areas if area in above), default=None) if areas else len(above)
        if place is None:
            continue
        best = nearest.get(line["id"])
        if best is None or place < best[0]:
            nearest[line["id"]] = place, [line]
        elif place == best[0]:
            best[1].append(line)
    return tuple(line for _, kept in nearest.values() for line in kept)


def _holds(line: Line, on: date) -> bool:
    since, until = line.get("from"), line.get("to")
    return (since is None or since <= on) and (until is None or on < until)
