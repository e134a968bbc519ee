"""The form of every file by its JSON Schema: columns, types, a basis for each fact, a source where the basis is one."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.countries import files
from shared.countries.checks.draft import Draft, Finding, duplicates, names, table, where
from shared.countries.loader import DENOMINATOR_KEY

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

FIELD_GROUPS = "field_group"
PAGES = "portal"  # no service of a pack, but roles allow things there too
ROWS_KEPT = 20_000
REMEDIES = {
    "required": "Add what is missing.",
    "additionalProperties": "Remove it, or correct its spelling.",
    "enum": "Use one of the values named.",
    "pattern": "Write it in the form named.",
    "type": "Write a value of the type named.",
    "format": "Write a day as 2011-10-31, without quotes.",
    "minLength": "Fill it in.",
    "minItems": "Name at least one.",
    "maxItems": "Name none: who reaches no personal record sees no field of one.",
    "uniqueItems": "Name each once.",
    "dependentRequired": "Say whom a number that begins on a day reaches: applies_to new, existing or both.",
}


def findings(draft: Draft) -> Iterator[Finding]:
    """Every place where a file of the pack is not of its form."""
    own = draft.own
    tables = (
        ("pack", own.identity),
        ("lists", own.lists),
        ("parameters", own.parameters),
        ("statistics", own.statistics),
        ("roles", own.roles),
    )
    for name, content in tables:
        if content or name == "pack":
            yield from _table(content, name, draft.file(f"{name}.toml"))
    rows = (
        ("area-row", "areas.csv", own.areas, ("code", "from")),
        ("term-row", "terms.csv", own.terms, ("key", "language")),
        ("denominator-row", "denominators.csv", own.denominators, DENOMINATOR_KEY),
        ("indicator-row", "indicators.csv", own.indicators, ("code",)),
    )
    for name, file, lines, key in rows:
        yield from _rows(lines, name, draft.file(file), key)
    for list_name, lines in own.codes.items():
        yield from _rows(lines, "code-row", draft.file(f"codes/{list_name}.csv"), ("code",))
    yield from _identity(draft)
    yield from _roles(draft)


def _identity(draft: Draft) -> Iterator[Finding]:
    file = draft.file("pack.toml")
    identity = draft.own.identity
    if identity and identity.get("id") != draft.own.id:
        message = f"the id is {identity.get('id')!r}, the folder {draft.own.id!r}"
        yield Finding(file, "id", "id-is-folder", message, "Give both the same name.")
    zone = identity.get("zone")
    if isinstance(zone, str) and not _is_zone(zone):
        yield Finding(file, "zone", "zone", f"{zone!r} is no time zone", "Name an IANA zone, such as Asia/Almaty.")
    known = _services(draft)
    for service in names(identity.get("services")):
        if known and service not in known:
            yield Finding(file, "services", "known-service", f"there is no service {service}", f"Use {sorted(known)}.")


def _roles(draft: Draft) -> Iterator[Finding]:
    known = _services(draft)
    groups = {row.cells.get("code") for raw in draft.whole for row in raw.codes.get(FIELD_GROUPS, ())}
    for role, body in draft.own.roles.items():
        for group in names(table(body).get("fields")):
            if group not in groups:
                message = f"{group} is no code of the list {FIELD_GROUPS}"
                yield Finding(
                    draft.file("roles.toml"), role, "known-field-group", message, f"Use {sorted(groups, key=str)}."
                )
        for permission in names(table(body).get("permissions")):
            service = permission.partition(".")[0]
            if known and service not in {*known, PAGES}:
                message = f"{permission} names no service of the base pack"
                remedy = f"Begin it with one of {sorted(known)}."
                yield Finding(draft.file("roles.toml"), role, "known-service", message, remedy)


def _services(draft: Draft) -> frozenset[str]:
    return frozenset(names(draft.whole[0].identity.get("services")))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _table(content: Mapping[str, Any], schema: str, file: str) -> Iterator[Finding]:
    for error in _validator(schema).iter_errors(content):
        yield _finding(error, file, "/".join(str(part) for part in error.absolute_path))


def _rows(rows: tuple[files.Row, ...], schema: str, file: str, key: tuple[str, ...]) -> Iterator[Finding]:
    for row in rows:
        for error in _faults(schema, tuple(row.cells.items())):
            column = "/".join(str(part) for part in error.absolute_path)
            place = where(row, *key)
            yield _finding(error, file, f"{place}, {column}" if column else place)
    yield from duplicates(rows, key, file)


@lru_cache(maxsize=ROWS_KEPT)
def _faults(schema: str, cells: tuple[tuple[str, str], ...]) -> "tuple[ValidationError, ...]":
    """What is wrong with a row. The base's rows are asked about once more for every pack that inherits them."""
    return tuple(_validator(schema).iter_errors(dict(cells)))


def _finding(error: "ValidationError", file: str, key: str) -> Finding:
    rule = str(error.validator)
    place = [str(part) for part in error.absolute_path]
    if "basis" in place or "'basis' is a required property" in error.message:
        return Finding(file, key, "basis", error.message, "Say source, project default or to be confirmed.")
    if "source" in place or "'source' is a required property" in error.message:
        message = "the basis is a source, but none is named"
        return Finding(file, key, "source", message, "Name the source, or say to be confirmed.")
    return Finding(file, key, f"schema-{rule}", error.message, REMEDIES.get(rule, "Write it as docs/packs.md says."))


@cache
def _validator(name: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator, FormatChecker

    formats = FormatChecker(formats=())
    formats.checks("date")(_is_day)
    text = resources.files("shared.countries.schemas").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=formats)


def _is_day(value: object) -> bool:
    """TOML knows days, JSON does not: a day is no text here, and a text no day."""
    return isinstance(value, date) and not isinstance(value, datetime)
