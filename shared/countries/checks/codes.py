"""Code lists against lists.toml: known lists, the columns each asks for, and the codes that rows and terms point to."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from shared.countries import files
from shared.countries.checks.draft import Draft, Finding, names, table, where


def findings(draft: Draft) -> Iterator[Finding]:
    """Lists nobody declared, cells outside their column's values, and terms that name nothing."""
    declared = {name: table(body) for raw in draft.whole for name, body in raw.lists.items()}
    for name, rows in draft.own.codes.items():
        file = draft.file(f"codes/{name}.csv")
        if name not in declared:
            message = f"no lists.toml declares the list {name}"
            yield Finding(file, name, "known-list", message, f"Use one of {sorted(declared)}, or declare it.")
            continue
        columns = table(declared[name].get("columns"))
        for row in rows:
            yield from _row(draft, row, columns, file)
        if {"from", "to"} <= set(columns):
            yield from _in_force_once(rows, tuple(columns), file)
    for name in draft.own.lists:
        if not any(name in raw.codes for raw in draft.whole):
            message = f"the list {name} is declared, but has no codes/{name}.csv"
            yield Finding(draft.file("lists.toml"), name, "list-has-codes", message, "Add the file.")
    yield from _terms(draft)


def missing(draft: Draft, relied_on: Mapping[str, Mapping[str, frozenset[str]]]) -> Iterator[Finding]:
    """Codes that the program asks for by name (by service and list) and that the pack neither has nor inherits."""
    for service in names(draft.own.identity.get("services")):
        for list_name, wanted in relied_on.get(service, {}).items():
            for code in sorted(wanted - _codes(draft, list_name)):
                message = f"{service} relies on the code {code} of the list {list_name}, which is missing"
                remedy = "Add the code; its label is yours to choose."
                yield Finding(draft.file(f"codes/{list_name}.csv"), code, "code-relied-on", message, remedy)


def _row(draft: Draft, row: files.Row, columns: Mapping[str, Any], file: str) -> Iterator[Finding]:
    extra = set(row.cells) - {"code", "label", "basis", "source", "note", *columns}
    for column in sorted(extra):
        yield Finding(file, where(row), "columns", f"the list has no column {column}", "Remove it, or declare it.")
    for column, wanted in columns.items():
        cell = row.cells.get(column, "")
        if cell:
            yield from _cell(draft, cell, table(wanted), file, f"{where(row)}, {column}")
        elif not table(wanted).get("optional", False):
            yield Finding(file, f"{where(row)}, {column}", "columns", f"{column} is empty", "Fill it in.")


def _in_force_once(rows: tuple[files.Row, ...], columns: tuple[str, ...], file: str) -> Iterator[Finding]:
    """Days of lines that are dated: in order, and no two lines that say the same at the same time."""
    said = [column for column in columns if column not in ("from", "to")]
    dated = [(row, *_days(row)) for row in rows]
    for row, since, until in dated:
        if since >= until:
            message = f"it ends on {until} and begins on {since}"
            yield Finding(file, where(row), "from-before-to", message, "Let `from` be before `to`.")
    for (one, *first), (other, *second) in combinations(dated, 2):
        same = all(one.cells.get(column, "") == other.cells.get(column, "") for column in said)
        if same and first[0] < second[1] and second[0] < first[1]:
            message = f"it says the same as line {one.line} on the same days"
            yield Finding(file, where(other), "no-overlap", message, "End one before the other begins.")


def _days(row: files.Row) -> tuple[str, str]:
    """First day and the day after the last, as text: ISO days compare as they are."""
    return row.cells.get("from") or "0001-01-01", row.cells.get("to") or "9999-12-31"


def _cell(draft: Draft, cell: str, wanted: Mapping[str, Any], file: str, key: str) -> Iterator[Finding]:
    values = cell.split() if "any_of" in wanted else [cell]
    allowed = set(names(wanted.get("one_of"))) | set(names(wanted.get("any_of")))
    if "list" in wanted:
        allowed |= _codes(draft, str(wanted["list"]))
    if allowed:
        for value in values:
            if value not in allowed:
                yield Finding(file, key, "known-code", f"{value!r} is not known here", f"Use one of {sorted(allowed)}.")
    if wanted.get("area") and cell not in {row.cells.get("code") for raw in draft.whole for row in raw.areas}:
        yield Finding(file, key, "known-area", f"{cell!r} is no area of this pack", "Write a code of areas.csv.")
    if "pattern" in wanted and not re.search(str(wanted["pattern"]), cell):
        yield Finding(file, key, "pattern", f"{cell!r} does not match {wanted['pattern']}", "Write it in that form.")


def _terms(draft: Draft) -> Iterator[Finding]:
    lists = {name for raw in draft.whole for name in raw.codes}
    for row in draft.own.terms:
        name, slash, code = row.cells.get("key", "").partition("/")
        if slash and name in lists and code not in _codes(draft, name):
            message = f"the list {name} has no code {code}"
            file, key = draft.file("terms.csv"), where(row, "key", "language")
            yield Finding(file, key, "known-code", message, f"Use a code of {name}.")


def _codes(draft: Draft, name: str) -> set[str]:
    return {row.cells.get("code", "") for raw in draft.whole for row in raw.codes.get(name, ())}
