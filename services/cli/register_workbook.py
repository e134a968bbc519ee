"""Rows of one sheet of an XLSX workbook, as text. Not here: its XML (register_workbook_xml), what the cells mean.

A workbook is a ZIP archive, so it is looked at before anything of it is unpacked: how many parts, how large, how far
compressed. A cell that holds no plain value comes as SpoiltCell, and matters only where its column is used.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax import SAXException

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

from services.cli import register_workbook_xml as xml
from services.cli.register_csv import cleaned
from services.cli.register_tables import PLAIN, DayCell, FormRefused, Row, SpoiltCell, TableForm

MOST_PARTS = 2_000
LARGEST_WHOLE = 4 << 30  # bytes unpacked: a full sheet of a million rows and thirty columns has about 1.5 GB
LARGEST_TEXTS = 512 << 20  # shared texts are held in memory
LARGEST_PART = 32 << 20  # of structure and styles, which are held in memory too
STEEPEST = 200  # times smaller; sheets of registers shrink 10 to 60 times
MOST_MERGES = 100_000
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
BROKEN = (
    zipfile.BadZipFile, zlib.error, SAXException, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OverflowError, EOFError, SyntaxError, RuntimeError,
)  # fmt: skip
"""What libraries raise for archives, XML and styles that are not of their form (SyntaxError: XML)."""


class _Structure(ExcelReader):
    """openpyxl's reader without the shared texts, which are read packed."""

    def read_strings(self) -> None:
        """Nothing: see register_workbook_xml.texts."""


@dataclass(frozen=True, slots=True)
class _Merge:
    first_column: int
    first_row: int
    last_column: int
    last_row: int


class _Book:
    """An open workbook, of which one sheet is read."""

    def __init__(self, path: Path, form: TableForm) -> None:
        self._name = path.name
        self._stream = path.open("rb")
        try:
            with zipfile.ZipFile(self._stream) as archive:
                _require_harmless(archive, self._name)
            self._reader = _Structure(self._stream, read_only=True, keep_links=False)
            with warnings.catch_warnings(action="ignore"):  # of styles and extensions that no register needs
                self._reader.read()
            self._sheet = self._chosen(form.sheet)
            self._texts = self._shared_texts()
        except FormRefused:
            self._stream.close()
            raise
        except BROKEN as error:
            self._stream.close()
            raise _broken(self._name) from error
        book: Any = self._reader.wb
        self._formats = [style.numFmtId for style in book._cell_styles]
        self._days = [index in book._date_formats for index in range(len(self._formats))]
        self._epoch = book.epoch

    def close(self) -> None:
        """Close the file."""
        self._reader.archive.close()
        self._stream.close()

    def rows(self, header_row: int) -> Iterator[tuple[int, list[str]]]:
        """The header and the rows after it that are not blank, as wide as the header. Raises FormRefused."""
        try:
            merges = _Merges(self._part(), header_row)
            width = 0
            with self._part() as part:
                for number, cells in xml.sheet_rows(part):
                    if number < header_row:
                        continue
                    row = self._row(cells, width or (cells[-1].column if cells else 0))
                    if number == header_row:
                        while row and not row[-1]:
                            row.pop()
                        width = len(row)
                    else:
                        merges.spoil(number, row)
                        if not any(row) and not any(isinstance(cell, SpoiltCell) for cell in row):
                            continue
                    yield number, row
        except BROKEN as error:
            raise _broken(self._name) from error

    def _part(self) -> IO[bytes]:
        return self._reader.archive.open(self._sheet._worksheet_path)

    def _chosen(self, name: str | None) -> Any:
        book: Any = self._reader.wb
        shown = [
            sheet for sheet in book._sheets if hasattr(sheet, "_worksheet_path") and sheet.sheet_state == "visible"
        ]
        found = [sheet for sheet in shown if name is None or sheet.title == name]
        if not found:
            what = f"no sheet called {name}" if name else "no sheet"
            names = ", ".join(sheet.title for sheet in shown)
            remedy = f"The sheets that are not hidden: {names}. Name one of them in the mapping ([file] sheet)."
            raise FormRefused(f"{self._name} has {what} that is shown.", field="sheet", rule="sheet", remedy=remedy)
        return found[0]

    def _shared_texts(self) -> xml.Texts:
        names = [name for name in self._reader.valid_files if name.lower().endswith("xl/sharedstrings.xml")]
        if not names:
            return xml.Texts()
        with self._reader.archive.open(names[0]) as part:
            return xml.texts(part)

    def _row(self, cells: list[xml.RawCell], width: int) -> list[str]:
        row = [""] * width
        for cell in cells:
            if cell.column <= width:
                row[cell.column - 1] = self._text(cell)
        return row

    def _text(self, cell: xml.RawCell) -> str:
        if cell.formula:
            return SpoiltCell.of("formula-cell", cell.text)
        read = {
            "s": lambda text: cleaned(self._texts[int(text)]),
            "inlineStr": cleaned,
            "str": cleaned,
            "e": lambda text: SpoiltCell.of("error-cell", text),
            "b": lambda text: "yes" if text == "1" else "no",
            "d": lambda text: DayCell(text[:10]),
        }.get(cell.kind)
        if not cell.text:
            return ""
        return read(cell.text) if read else self._number(cell)

    def _number(self, cell: xml.RawCell) -> str:
        value = float(cell.text)
        if cell.style < len(self._days) and self._days[cell.style]:
            return _day(value, self._epoch, cell.text)
        if abs(value) >= EXACT:
            return SpoiltCell.of("number-lost-digits", cell.text)
        return str(int(value)) if value.is_integer() else repr(value)


class _Merges:
    """The merged ranges of a sheet below its header, met in the order of the rows."""

    def __init__(self, part: IO[bytes], header_row: int) -> None:
        found: set[bytes] = set()
        with part:
            rest = b""
            while chunk := part.read(xml.CHUNK * 16):
                found.update(MERGE.findall(rest + chunk))
                if len(found) > MOST_MERGES:
                    raise ValueError("too many merged ranges")
                rest = chunk[-400:]
        ranges = [_Merge(*range_boundaries(each.decode())) for each in found]
        self._coming = sorted(
            (each for each in ranges if each.last_row > header_row), key=lambda each: each.first_row, reverse=True
        )
        self._open: list[_Merge] = []

    def spoil(self, number: int, row: list[str]) -> None:
        """Mark the cells of a row that are part of a merged range: whose value it is cannot be told."""
        while self._coming and self._coming[-1].first_row <= number:
            self._open.append(self._coming.pop())
        if self._open:
            self._open = [each for each in self._open if each.last_row >= number]
            for each in self._open:
                for place in range(each.first_column - 1, min(each.last_column, len(row))):
                    row[place] = SpoiltCell.of("merged-cell", row[place])


def rows(path: Path, form: TableForm = PLAIN) -> Iterator[tuple[int, Row]]:
    """The header and each row after it that is not blank. Raises FormRefused, midway too where the XML breaks off."""
    with closing(_Book(path, form)) as book:
        yield from book.rows(form.header_row)


def _day(serial: float, epoch: datetime, text: str) -> str:
    """A date cell; the hour of a day is left out. An hour alone is no day."""
    found = from_excel(serial, epoch)
    return DayCell(found.date().isoformat()) if isinstance(found, datetime) else SpoiltCell.of("error-cell", text)


def _require_harmless(archive: zipfile.ZipFile, name: str) -> None:
    """Look at the archive's own list: unpacking never gives more than it says. Raises FormRefused."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise _too_large(name, f"{len(parts)} parts, of at most {MOST_PARTS}")
    if sum(part.file_size for part in parts) > LARGEST_WHOLE:
        raise _too_large(name, f"more than {LARGEST_WHOLE >> 30} GB unpacked")
    for part in parts:
        own = part.filename.lower()
        if part.file_size > (1 << 20) and part.file_size > STEEPEST * max(part.compress_size, 1):
            raise _too_large(name, f"a part that shrinks more than {STEEPEST} times")
        limit = LARGEST_TEXTS if own.endswith("sharedstrings.xml") else LARGEST_PART
        if own.endswith((".xml", ".rels")) and "xl/worksheets/" not in own and part.file_size > limit:
            raise _too_large(name, f"a part of more than {limit >> 20} MB")


def _too_large(name: str, what: str) -> FormRefused:
    remedy = "Copy the sheet of the register into a new workbook, in several files if need be, or save it as CSV."
    return FormRefused(f"{name} has {what}.", rule="workbook-size", remedy=remedy)


def _broken(name: str) -> FormRefused:
    remedy = "Open it in the spreadsheet program and save it as a new XLSX without a password, or as CSV."
    return FormRefused(f"{name} is a workbook that cannot be read.", rule="workbook-broken", remedy=remedy)
