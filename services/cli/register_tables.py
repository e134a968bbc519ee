"""A register file as a table, whatever its form: numbered rows of text cells, the header first.

The form is told by the first bytes, not by the name of the file. What a row must hold is not here (register_rules), nor
what another register's columns mean (register_mapping).
"""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from services.cli.register_errors import LineError
from shared.errors import UnsupportedMedia

Row = list[str] | LineError
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table lies in its file. `encoding` and `delimiter` are of CSV, `sheet` is of a workbook (None: the first).

    `header_row` counts from 1; what stands above it is not read.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1
    sheet: str | None = None


PLAIN = TableForm()


class DayCell(str):
    """A day that the file itself marks as one (a date cell of a workbook), as YYYY-MM-DD: it needs no form."""

    __slots__ = ()


class SpoiltCell(str):
    """What stands in a cell that holds no plain value; `rule` says why. It matters where the column is used."""

    rule: str

    @classmethod
    def of(cls, rule: str, text: str) -> "SpoiltCell":
        """The cell with what is wrong with it."""
        made = cls(text)
        made.rule = rule
        return made


class FormRefused(UnsupportedMedia):
    """The file is no table that can be read."""

    code = "register-file-form"
    title = "The register file has a form that is not read"


def rows(path: Path, form: TableForm = PLAIN) -> Generator[tuple[int, Row], None, None]:
    """The header and each row after it that is not blank, with the number by which people find it in the file.

    A row that cannot be read comes as what is wrong with it. Raises FormRefused.
    """
    if is_workbook(path):
        from services.cli import register_workbook

        yield from register_workbook.rows(path, form)
    else:
        from services.cli import register_csv

        yield from register_csv.rows(path, form)


def count(path: Path) -> int | None:
    """The number of the last line: the end of a progress bar. None for a workbook, which does not tell it at once."""
    if is_workbook(path):
        return None
    from services.cli import register_csv

    return register_csv.count(path)


def is_workbook(path: Path) -> bool:
    """Whether the file is an XLSX workbook. Raises FormRefused for XLS and OpenDocument."""
    with path.open("rb") as stream:
        start = stream.read(80)
    if start.startswith(OLE):
        raise FormRefused(
            f"{path.name} is an XLS workbook, or one with a password.",
            rule="xls",
            remedy="Open it in the spreadsheet program and save it as XLSX without a password, or as CSV.",
        )
    if start.startswith(ZIP) and b"mimetypeapplication/vnd.oasis.opendocument" in start:
        raise FormRefused(
            f"{path.name} is an OpenDocument file.",
            rule="ods",
            remedy="Save it as XLSX or as CSV in the spreadsheet program.",
        )
    return start.startswith(ZIP)
