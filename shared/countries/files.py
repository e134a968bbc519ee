"""Reads the files of one pack as they are. Not here: inheritance (loader) and judgement of the contents (checks)."""

import csv
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from shared.errors import ConfigurationError

Complaint = Callable[[ConfigurationError], None]
SCHEMA = ".schema.json"


class Row(NamedTuple):
    """One line of a CSV file: where it stands, and its cells by column name."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class RawPack:
    """The files of one pack, uninterpreted; a file that is absent reads as empty."""

    id: str
    identity: Mapping[str, Any]
    lists: Mapping[str, Any]
    codes: Mapping[str, tuple[Row, ...]]
    areas: tuple[Row, ...]
    terms: tuple[Row, ...]
    parameters: Mapping[str, Any]
    statistics: Mapping[str, Any]
    roles: Mapping[str, Any]
    denominators: tuple[Row, ...]
    indicators: tuple[Row, ...]
    tables: Mapping[str, Mapping[str, Any]]
    schemas: Mapping[str, Mapping[str, Any]]


def fault(file: str, key: str, rule: str, message: str, remedy: str) -> ConfigurationError:
    """A configuration error that names the file, the key in it and the rule, as every error of a pack does."""
    return ConfigurationError(f"{file}: {message}", field=f"{file}#{key}" if key else file, rule=rule, remedy=remedy)


def raise_it(error: ConfigurationError) -> None:
    """The complaint of a caller that cannot go on."""
    raise error


def read_pack(pack_id: str, root: Path, complain: Complaint = raise_it) -> RawPack:
    """Read every file of a pack. What cannot be read goes to `complain`; if that returns, the file counts as empty."""
    folder = root / pack_id
    if not (folder / "pack.toml").is_file():
        complain(
            fault(f"{pack_id}/pack.toml", "", "pack-exists", "there is no such pack", "Name a folder of countries/.")
        )

    def toml(name: str) -> Mapping[str, Any]:
        return read_toml(folder / name, complain)

    def rows(name: str) -> tuple[Row, ...]:
        return read_rows(folder / name, complain)

    lists = sorted((folder / "codes").glob("*.csv"))
    return RawPack(
        id=pack_id,
        identity=toml("pack.toml"),
        lists=toml("lists.toml"),
        codes={path.stem: rows(f"codes/{path.name}") for path in lists},
        areas=rows("areas.csv"),
        terms=rows("terms.csv"),
        parameters=toml("parameters.toml"),
        statistics=toml("statistics.toml"),
        roles=toml("roles.toml"),
        denominators=rows("denominators.csv"),
        indicators=rows("indicators.csv"),
        tables={path.stem: toml(f"tables/{path.name}") for path in sorted((folder / "tables").glob("*.toml"))},
        schemas={
            path.name.removesuffix(SCHEMA): read_json(path, complain)
            for path in sorted((folder / "tables").glob(f"*{SCHEMA}"))
        },
    )


def read_toml(path: Path, complain: Complaint = raise_it) -> Mapping[str, Any]:
    """A TOML file as nested dicts; empty when the file is absent or unreadable."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        complain(fault(_name(path), "", "readable", f"is not TOML in UTF-8: {error}", "Correct the line named."))
        return {}


def read_json(path: Path, complain: Complaint = raise_it) -> Mapping[str, Any]:
    """A JSON file with an object in it; empty when it is unreadable."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        complain(fault(_name(path), "", "readable", f"is not JSON in UTF-8: {error}", "Correct the line named."))
        return {}
    return content if isinstance(content, dict) else {}


def read_rows(path: Path, complain: Complaint = raise_it) -> tuple[Row, ...]:
    """The lines of a CSV file (RFC 4180, UTF-8, header first), cells stripped; a ragged line is told and left out."""
    if not path.is_file():
        return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            lines = [(reader.line_num, cells) for cells in reader if cells]
    except (csv.Error, UnicodeDecodeError) as error:
        complain(fault(_name(path), "", "readable", f"is not CSV in UTF-8: {error}", "Correct or re-save the file."))
        return ()
    if len(set(header)) != len(header):
        complain(
            fault(_name(path), "line 1", "columns", "a column name stands twice", "Give each column its own name.")
        )
    rows = []
    for line, cells in lines:
        if len(cells) == len(header):
            rows.append(Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
        else:
            message = f"line {line} has {len(cells)} cells, the header has {len(header)}"
            complain(fault(_name(path), f"line {line}", "columns", message, "Quote cells that hold a comma."))
    return tuple(rows)


def expect(value: Any, kind: type, file: str, key: str) -> Any:
    """The value, if it is of the kind that its place asks for. Raises ConfigurationError otherwise."""
    if isinstance(value, kind):
        return value
    named = {str: "text", list: "a list", dict: "a table", date: "a day", bool: "true or false"}.get(
        kind, kind.__name__
    )
    raise fault(file, key, "type", f"{key} is {value!r}, not {named}", f"Write {named}.")


def day(text: str, file: str, key: str) -> date | None:
    """A day written YYYY-MM-DD; None for an empty cell. Raises ConfigurationError otherwise."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fault(file, key, "date", f"{text!r} is no day", "Write YYYY-MM-DD.") from None


def _name(path: Path) -> str:
    folder = path.parent.parent if path.parent.name in {"codes", "tables"} else path.parent
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"
