"""Small registers for these tests: Kazakhstan's as the demo draws it, with few children; lines that must be refused.

Not here: how a register is drawn (services/cli/demo), what a line must hold (services/cli/register_rules).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from services.cli import register_rules
from services.cli.demo import chance, kazakhstan, published

COLUMNS = register_rules.COLUMNS
Line = tuple[str, ...]


def kazakhstan_of(guardianship: int, foster: int, residential: int) -> list[Line]:
    """The lines of a register with so many children in each part of the published total; always the same lines."""
    sizes = {"KAZ-2011-GUARD": guardianship, "KAZ-2011-FOSTER": foster, "KAZ-2011-RES": residential}
    figures = published.figures()
    small = {**figures, **{id_: replace(figures[id_], value=value) for id_, value in sizes.items()}}
    children = kazakhstan.children(small, published.draws("kz"), chance.generator("kz", 1))
    return [line for number, child in enumerate(children, start=1) for line in child.lines(f"KZ-{number:06}")]


def changed(line: Line, **cells: str) -> Line:
    """The line with other words in some columns; `from_` and `to` are days."""
    given = {name.removesuffix("_"): cell for name, cell in cells.items()}
    assert given.keys() <= set(COLUMNS)
    return tuple(given.get(name, cell) for name, cell in zip(COLUMNS, line, strict=True))


def cell(line: Line, column: str) -> str:
    """One cell of a line."""
    return line[COLUMNS.index(column)]


def key(line: Line) -> tuple[str, str, str, str]:
    """What tells a line from every other: child, care form, provider, first day."""
    child, form, provider, first = (cell(line, name) for name in ("child_key", "care_form", "provider_key", "from"))
    return child, form, provider, first


def encoded(lines: Iterable[Line]) -> list[bytes]:
    """The lines as bytes of a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode().splitlines()


def write(path: Path, lines: Iterable[Line], planted: Mapping[int, bytes] | None = None) -> Path:
    """Write a register; `planted` are lines by the number they get in the file, the header being 1."""
    whole = encoded([COLUMNS, *lines])
    for number, line in sorted((planted or {}).items()):
        whole.insert(number - 1, line)
    path.write_bytes(b"\n".join(whole) + b"\n")
    return path


def refused(line: Line) -> dict[str, bytes]:
    """A line for each of some ways to be wrong, by the rule that refuses it. `line` is in the register, and good."""
    other = changed(line, child_key="X-1", given_name="Айгүл")
    wrong = {
        "sex-known": changed(other, sex="X"),
        "birth-date-form": changed(other, birth_date="31.12.2001", birth_precision="day"),
        "area-known": changed(other, area="KZ-99"),
        "care-form-known": changed(other, care_form="SOMEWHERE"),
        "from-in-future": changed(other, from_="2999-01-01"),
        "ends-before-it-begins": changed(other, to="1990-01-01", exit_destination="REUNIFICATION"),
        "exit-destination-with-to": changed(other, exit_destination="REUNIFICATION"),
        "same-child-same-identity": changed(line, given_name="Басқа", from_="2011-01-05"),
        "duplicate-line": line,
    }
    found = dict(zip(wrong, encoded(wrong.values()), strict=True))
    (whole,) = encoded([other])
    return found | {
        "not-utf-8": whole.replace("Айгүл".encode(), b"\xc0\xe9"),
        "number-of-cells": whole + b",more",
        "csv-form": whole.replace("Айгүл".encode(), '"Айгүл'.encode()),
    }
