"""Parameters among each other: days in order, one value a name, day and area; and the areas and roles they name."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import combinations
from typing import Any

from shared.countries.checks.draft import Draft, Finding, names


def findings(draft: Draft) -> Iterator[Finding]:
    """Every parameter of the pack that contradicts itself or names what does not exist."""
    file = draft.file("parameters.toml")
    areas = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas}
    roles = {role for raw in draft.whole for role in raw.roles}
    for name, entries in draft.own.parameters.items():
        numbered = [(f"{name}[{number}]", entry) for number, entry in _tables(entries)]
        for key, entry in numbered:
            yield from _one(file, key, entry, areas, roles)
        for (_, first), (key, second) in combinations(numbered, 2):
            shared = same_area(first, second)
            if shared and starts(first) < ends(second) and starts(second) < ends(first):
                message = f"two values of {name} are in force at once {shared}"
                yield Finding(file, key, "no-overlap", message, "End one before the other begins.")


def _tables(entries: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield number, entry


def _one(file: str, key: str, entry: Mapping[str, Any], areas: set[str], roles: set[str]) -> Iterator[Finding]:
    if starts(entry) >= ends(entry):
        message = f"it ends on {ends(entry)} and begins on {starts(entry)}"
        yield Finding(file, key, "from-before-to", message, "Let `from` be before `to`.")
    for column, known, rule in (("areas", areas, "known-area"), ("override_by", roles, "known-role")):
        for name in names(entry.get(column)):
            if name not in known:
                yield Finding(file, key, rule, f"{name} is not known to the pack", f"Correct it in {column}.")


def starts(entry: Mapping[str, Any]) -> date:
    """The first day of an entry; the first of all where it names none."""
    return _day(entry.get("from"), date.min)


def ends(entry: Mapping[str, Any]) -> date:
    """The day after the last of an entry; the last of all where it names none."""
    return _day(entry.get("to"), date.max)


def _day(value: Any, absent: date) -> date:
    """What TOML read as a day; `form` tells what is none, such as a moment."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else absent


def same_area(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """In which area two entries meet, in words; empty if in none. An entry for everywhere yields to one for an area."""
    one, other = set(names(first.get("areas"))), set(names(second.get("areas")))
    if not one and not other:
        return "everywhere"
    both = sorted(one & other)
    return f"in {both[0]}" if both else ""
