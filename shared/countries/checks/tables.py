"""Tables of several columns against the schema beside them: form, basis, codes, areas, days, one line an id and day.

`tables/<name>.schema.json` of the base says what a line may hold; besides JSON Schema it knows `x-list` (the text is a
code of that list), `x-area` (an area of the pack) and `x-role` (a role). Not here: what a table means.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

from shared.countries.checks.draft import Draft, Finding, names, table
from shared.countries.checks.parameters import ends, same_area, starts

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

BASES = ("source", "project default", "to be confirmed")


def findings(draft: Draft) -> Iterator[Finding]:
    """Every fault of the pack's own tables."""
    schemas = {name: schema for raw in draft.whole for name, schema in raw.schemas.items()}
    areas = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas}
    for name, content in draft.own.tables.items():
        file = draft.file(f"tables/{name}.toml")
        if name not in schemas:
            message = f"no pack says what a table {name} holds"
            yield Finding(file, "", "known-table", message, f"Use one of {sorted(schemas)}, or add its schema.")
            continue
        lines = [line for line in _lines(content) if isinstance(line, dict)]
        if set(content) - {"line"} or len(lines) != len(_lines(content)):
            yield Finding(file, "", "form", "a table is a list of [[line]] and nothing else", "Write [[line]].")
        validator = _validator(schemas[name], draft)
        for number, line in enumerate(lines):
            key = f"{line.get('id', '')}[{number}]"
            yield from _form(validator, line, file, key)
            yield from _one(line, file, key, areas)
        yield from _overlaps(lines, file)


def _lines(content: Mapping[str, Any]) -> list[Any]:
    found = content.get("line", [])
    return found if isinstance(found, list) else []


def _form(validator: "Validator", line: Mapping[str, Any], file: str, key: str) -> Iterator[Finding]:
    from shared.countries.checks.form import REMEDIES

    for error in validator.iter_errors({name: cell for name, cell in line.items() if name not in ("from", "to")}):
        place = "/".join([key, *(str(part) for part in error.absolute_path)])
        rule, remedy = _rule(error)
        yield Finding(
            file, place, rule, error.message, remedy or REMEDIES.get(rule[7:], "Write it as its schema says.")
        )


def _rule(error: "ValidationError") -> tuple[str, str]:
    if "'basis' is a required property" in error.message or list(error.absolute_path)[-1:] == ["basis"]:
        return "basis", f"Say {', '.join(BASES[:2])} or {BASES[2]}."
    own = {"x-list": ("known-code", "Use a code of the list."), "x-area": ("known-area", "Write a code of areas.csv.")}
    own["x-role"] = "known-role", "Use a role of roles.toml."
    return own.get(str(error.validator), (f"schema-{error.validator}", ""))


def _one(line: Mapping[str, Any], file: str, key: str, areas: set[str]) -> Iterator[Finding]:
    if not isinstance(line.get("id"), str) or not line["id"]:
        yield Finding(file, key, "id", "the line has no id", "Give it one; a national line replaces it by the same.")
    if line.get("basis") not in BASES and "basis" in line:
        yield Finding(file, f"{key}/basis", "basis", f"{line['basis']!r} is no basis", f"Say one of {BASES}.")
    if line.get("basis") == "source" and not line.get("source"):
        message = "the basis is a source, but none is named"
        yield Finding(file, key, "source", message, "Name the source, or say to be confirmed.")
    for end in ("from", "to"):
        if end in line and (not isinstance(line[end], date) or isinstance(line[end], datetime)):
            message = f"{line[end]!r} is no day"
            yield Finding(file, f"{key}/{end}", "schema-format", message, "Write a day as 2011-10-31, without quotes.")
    if starts(line) >= ends(line):
        message = f"it ends on {ends(line)} and begins on {starts(line)}"
        yield Finding(file, key, "from-before-to", message, "Let `from` be before `to`.")
    for area in names(line.get("areas")):
        if area not in areas:
            yield Finding(file, key, "known-area", f"{area} is not known to the pack", "Correct it in areas.")


def _overlaps(lines: list[dict[str, Any]], file: str) -> Iterator[Finding]:
    for (_, first), (number, second) in combinations(enumerate(lines), 2):
        if first.get("id") != second.get("id"):
            continue
        shared = same_area(first, second)
        if shared and starts(first) < ends(second) and starts(second) < ends(first):
            message = f"two lines {second.get('id')} are in force at once {shared}"
            key = f"{second.get('id', '')}[{number}]"
            yield Finding(file, key, "no-overlap", message, "End one before the other begins.")


def _validator(schema: Mapping[str, Any], draft: Draft) -> "Validator":
    from jsonschema import Draft202012Validator, FormatChecker, validators
    from jsonschema.exceptions import ValidationError

    codes: dict[str, set[str]] = {}
    for raw in draft.whole:
        for name, rows in raw.codes.items():
            codes.setdefault(name, set()).update(row.cells.get("code", "") for row in rows)
    areas = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas}
    roles = {role for raw in draft.whole for role in raw.roles}

    def of_list(_: object, name: str, cell: object, __: object) -> Iterator[ValidationError]:
        if isinstance(cell, str) and cell not in codes.get(name, set()):
            yield ValidationError(f"{cell!r} is no code of the list {name}")

    def of_areas(_: object, wanted: bool, cell: object, __: object) -> Iterator[ValidationError]:
        if wanted and isinstance(cell, str) and cell not in areas:
            yield ValidationError(f"{cell!r} is no area of this pack")

    def of_roles(_: object, wanted: bool, cell: object, __: object) -> Iterator[ValidationError]:
        if wanted and isinstance(cell, str) and cell not in roles:
            yield ValidationError(f"{cell!r} is no role of this pack")

    formats = FormatChecker(formats=())
    formats.checks("date")(lambda cell: isinstance(cell, date) and not isinstance(cell, datetime))
    kind: Any = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"x-list": of_list, "x-area": of_areas, "x-role": of_roles}
    )
    made: Validator = kind(table(schema), format_checker=formats)
    return made
