"""Rows of a CSV file, in UTF-8 or another encoding. Not here: what the cells mean, XLSX (register_workbook).

RFC 4180, one physical line a row. No cell of a register holds a line break, so a quotation mark that stays open spoils
its own line and not the rest of the file. UTF-16 is decoded first and cut into lines then; every other encoding is cut
into lines first, so that bytes of another encoding spoil their own line only.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from services.cli import register_errors
from services.cli.register_tables import PLAIN, Row, TableForm

LONGEST_LINE = 65_536
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ENCODINGS = ("utf-8", "utf-16", "cp1251", "cp1252", "cp1256", "koi8-r")
Line = bytes | str | None


def rows(path: Path, form: TableForm = PLAIN) -> Iterator[tuple[int, Row]]:
    """The header and each line after it that is not blank."""
    with path.open("rb") as stream:
        for number, raw in _lines(stream, form):
            if number < form.header_row or (raw is not None and not raw.strip() and number > form.header_row):
                continue
            yield number, _row(number, raw, form)


def count(path: Path) -> int:
    """The number of the file's last line, the first being 1."""
    with path.open("rb") as stream:
        return sum(1 for _ in _physical_lines(stream))


def _lines(stream: BinaryIO, form: TableForm) -> Iterator[tuple[int, Line]]:
    if form.encoding != "utf-16":
        yield from _physical_lines(stream)
        return
    text = io.TextIOWrapper(stream, encoding="utf-16", errors="replace", newline="\n")
    try:
        number = 0
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            too_long = len(line) > LONGEST_LINE
            while len(line) > LONGEST_LINE and not line.endswith("\n"):
                line = text.readline(LONGEST_LINE + 1)
            yield number, None if too_long else line.removesuffix("\n").removesuffix("\r")
    finally:
        text.detach()  # the file is its opener's to close


def _physical_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without their line end; None for one over the limit, of which the rest is read and dropped."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        too_long = len(raw) > LONGEST_LINE
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(LONGEST_LINE + 1)
        if number == 1:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        yield number, None if too_long else raw.removesuffix(b"\n").removesuffix(b"\r")


def _row(number: int, raw: Line, form: TableForm) -> Row:
    if raw is None:
        return register_errors.of_line(number, "", "line-length")
    try:
        text = raw if isinstance(raw, str) else raw.decode(form.encoding)
    except UnicodeDecodeError:
        rule = "not-utf-8" if form.encoding == "utf-8" else "not-in-encoding"
        return register_errors.of_line(number, bytes(raw).decode("ascii", errors="backslashreplace"), rule)  # type: ignore[arg-type]
    try:
        return [cleaned(cell) for cell in cells_of(text, form.delimiter)]
    except csv.Error:
        return register_errors.of_line(number, text, "csv-form")


def cells_of(text: str, delimiter: str = ",") -> list[str]:
    """The cells of one line. Raises csv.Error."""
    return next(csv.reader((text,), strict=True, delimiter=delimiter), [])


def cleaned(cell: str) -> str:
    """The cell without blanks around it; composed and decomposed letters are the same text.

    й is one code point in one program and two in another.
    """
    cell = cell.strip(" \u00a0")
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
