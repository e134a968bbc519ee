"""The file of a mapping: `countries/<id>/imports/<name>.toml`, or one that a ministry keeps elsewhere.

Reads it and says everything that is wrong with it, for `kinward pack check` and before an import. What a mapping does
is not here (register_mapping).
"""

import hashlib
import json
from collections.abc import Iterator
from collections.abc import Mapping as Table
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from services.cli import register_dates, register_details, register_mapping, register_rules
from services.cli.register_mapping import DATE_COLUMNS, NAMES_OF, Column, Mapping, Split, folded
from services.cli.register_tables import TableForm
from shared.countries import Finding, Pack, files
from shared.countries.checks import form
from shared.countries.checks.draft import names, table
from shared.errors import ConfigurationError

NAME_PARTS = {"family": "family_name", "given": "given_name", "patronymic": "patronymic"}
NEEDED = ("child_key", "sex", "birth_date", "area")
LISTS = register_details.LISTS | {
    "script": "script", "script_2": "script", "sex": "sex", "birth_precision": "birth_precision",
    "care_form": "care_form", "entry_reason": "entry_reason", "exit_destination": "exit_destination",
    "carer_relation": "carer_relation", "identifier_kind": "identifier_kind",
}  # fmt: skip
AREAS = frozenset({"area", "birth_area", "found_area"})
SEE_PAGE = "Write it as docs/register-file.md says."
COLUMNS = (*register_rules.COLUMNS, *register_details.COLUMNS)


class CodeBook(Protocol):
    """What the check asks of a country pack."""

    def has(self, list_name: str, code: str) -> bool:
        """Whether the list knows the code."""

    def has_area(self, code: str, on: date | None = None) -> bool:
        """Whether the area ever existed."""


def load(named: str, pack: Pack, root: Path, today: date) -> Mapping:
    """The mapping of this name in the pack or what it inherits, or that of a file. Raises ConfigurationError."""
    path = _path(named, pack, root)
    content = files.read_toml(path)
    for finding in findings(content, path.name, pack):
        raise files.fault(finding.file, finding.key, finding.rule, finding.message, finding.remedy)
    order = tuple(NAME_PARTS[part] for part in pack.parameter("name_order", on=today).text().split())
    return _mapping(path.stem, hashlib.sha256(path.read_bytes()).hexdigest(), content, order)


def findings(content: Table[str, Any], file: str, codes: CodeBook) -> Iterator[Finding]:
    """Everything that is wrong with a mapping, its form first: what has not the form is judged no further."""
    wrong = list(_form(content, file))
    yield from wrong
    if wrong:
        return
    columns, splits = content["columns"], content.get("split", [])
    yield from _column_names(columns, splits, file)
    yield from _dates(content, file)
    for name, column in columns.items():
        yield from _codes(name, column, file, codes)


def _form(content: Table[str, Any], file: str) -> Iterator[Finding]:
    from jsonschema import Draft202012Validator

    text = resources.files("shared.countries.schemas").joinpath("import.json").read_text(encoding="utf-8")
    for error in Draft202012Validator(json.loads(text)).iter_errors(content):
        rule, key = str(error.validator), "/".join(str(part) for part in error.absolute_path)
        yield Finding(file, key, f"schema-{rule}", error.message, form.REMEDIES.get(rule, SEE_PAGE))


def pack_findings(pack: Pack, root: Path) -> Iterator[Finding]:
    """Everything that is wrong with the mappings of a pack itself."""
    for path in sorted((root / pack.id / "imports").glob("*.toml")):
        file = f"{pack.id}/imports/{path.name}"
        try:
            content = files.read_toml(path)
        except ConfigurationError as error:
            yield Finding(file, "", "readable", error.message, error.remedy or "")
            continue
        yield from findings(content, file, pack)


def _path(named: str, pack: Pack, root: Path) -> Path:
    if named.endswith(".toml"):
        if Path(named).is_file():
            return Path(named)
    else:
        for pack_id in reversed(pack.chain):
            path = root / pack_id / "imports" / f"{named}.toml"
            if path.is_file() and path.parent == root / pack_id / "imports":
                return path
    known = sorted(path.stem for pack_id in pack.chain for path in (root / pack_id / "imports").glob("*.toml"))
    remedy = f"Name one of these: {', '.join(known) or 'the pack has none'}; or a file that ends in .toml."
    raise files.fault(f"{pack.id}/imports/{named}", "", "mapping-exists", "there is no such mapping", remedy)


def _column_names(columns: Table[str, Any], splits: list[Table[str, Any]], file: str) -> Iterator[Finding]:
    for name in columns:
        if name not in COLUMNS:
            remedy = "Use a column that docs/register-file.md names."
            yield Finding(file, f"columns/{name}", "known-column", f"the register file has no column {name}", remedy)
        if columns[name].get("letters") and name not in NAMES_OF:
            message = f"{name} is no script, so no letters tell it"
            yield Finding(file, f"columns/{name}", "letters", message, "Use letters for script or script_2.")
    parts = [part for split in splits for part in split.get("into", NAME_PARTS.values())]
    for part in parts:
        if part not in (*register_rules.NAME_COLUMNS, *register_details.SECOND_NAME):
            message = f"{part} is no part of a name"
            yield Finding(file, "split", "known-column", message, "Split a full name into parts of a name only.")
    for part in sorted({part for part in parts if part in columns or parts.count(part) > 1}):
        message = f"{part} comes from two places"
        yield Finding(file, f"columns/{part}", "no-duplicate", message, "Say once where it comes from.")
    for name in NEEDED:
        if name not in columns:
            message = f"nothing says where {name} comes from"
            yield Finding(file, f"columns/{name}", "needed-column", message, "Name their column, or a value.")


def _dates(content: Table[str, Any], file: str) -> Iterator[Finding]:
    places = [("file/dates", names(table(content.get("file")).get("dates")))]
    places += [(f"columns/{name}/dates", names(column.get("dates"))) for name, column in content["columns"].items()]
    for key, forms in places:
        for each in forms:
            if register_dates.parse(each) is None:
                remedy = "Write DD, MM and YYYY with marks between them, such as DD.MM.YYYY; or excel."
                yield Finding(file, key, "date-form", f"{each!r} is no form of a date", remedy)
        if pair := register_dates.ambiguous(forms):
            message = f"{pair[0]} and {pair[1]} can read one text as two days"
            yield Finding(file, key, "ambiguous-dates", message, "Keep the one in which the register is written.")


def _codes(name: str, column: Table[str, Any], file: str, codes: CodeBook) -> Iterator[Finding]:
    """Codes that the pack lacks, and values that would mean two codes."""
    given = column.get("codes", {})
    means: dict[str, str] = {}
    for value, code in given.items():
        if means.setdefault(folded(value), code) != code:
            message = f"{value!r} stands twice, but for its case or blanks, with two codes"
            yield Finding(file, f"columns/{name}/codes", "no-duplicate", message, "Keep one of them.")
    for code in dict.fromkeys([*given.values(), *([column["value"]] if column.get("value") else [])]):
        known = codes.has_area(code) if name in AREAS else name not in LISTS or codes.has(LISTS[name], code)
        if code and not known:
            where = "areas.csv" if name in AREAS else f"the list {LISTS[name]}"
            message = f"{code} is not in {where}"
            yield Finding(file, f"columns/{name}", "known-code", message, "Use a code of the pack, or add it there.")


def _mapping(name: str, sha256: str, content: Table[str, Any], order: tuple[str, ...]) -> Mapping:
    file = content.get("file", {})
    empty = tuple(file.get("empty", ()))
    shape = TableForm(**{key: file[key] for key in ("encoding", "delimiter", "header_row", "sheet") if key in file})
    columns = (_column(each, said, tuple(file.get("dates", ())), empty) for each, said in content["columns"].items())
    splits = (
        Split(
            each["from"],
            tuple(each.get("into", order)),
            frozenset(map(folded, each.get("together", ()))),
            frozenset(map(folded, empty)),
        )
        for each in content.get("split", ())
    )
    return register_mapping.Mapping(name, sha256, shape, tuple(columns), tuple(splits))


def _column(name: str, said: Table[str, Any], dates: tuple[str, ...], empty: tuple[str, ...]) -> Column:
    forms = tuple(said.get("dates", dates or register_dates.OURS)) if name in DATE_COLUMNS else ()
    return Column(
        name,
        source=said.get("from"),
        value=said.get("value", ""),
        letters=said.get("letters", False),
        codes=said.get("codes"),
        dates=tuple(ready for form_ in forms if (ready := register_dates.parse(form_))),
        empty=frozenset(map(folded, said.get("empty", empty))),
        whole_number=said.get("whole_number", False),
    )
