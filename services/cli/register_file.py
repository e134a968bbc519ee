"""Reading a register file: rows to checked lines, lines to batches. No database, no event.

How rows are read from bytes is in register_tables, how another register's columns become ours in register_mapping, what
a line must hold in register_rules, the report of what is wrong in register_errors. Memory does not grow with the file
but for two short digests a line, which compare the lines of one child.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.cli import register_details, register_errors, register_rules, register_tables
from services.cli.register_errors import Findings, HeaderRefused, LineError
from services.cli.register_mapping import Mapping, Translator
from services.cli.register_remedies import REMEDIES
from services.cli.register_rules import CodeBook, RegisterLine
from services.cli.register_tables import PLAIN, Row, SpoiltCell

BATCH_LINES = 2000
IDENTITY_DIGEST = 8  # bytes a column: two spellings of one child's name meet by chance once in 1.8e19
COLUMNS = frozenset({*register_rules.COLUMNS, *register_details.COLUMNS})

CheckedLine = RegisterLine | list[LineError]


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 2,000 lines that are committed together; the importer's mark in the database is the `last_line` of one."""

    first_line: int
    last_line: int
    lines: tuple[RegisterLine, ...]
    errors: tuple[LineError, ...]


def file_sha256(path: Path, mapping: Mapping | None = None) -> str:
    """The SHA-256 of the file's bytes in hexadecimal: by it an import knows the same file again.

    With a mapping, that of both: the same file read in another way is another register file.
    """
    with path.open("rb") as stream:
        own = hashlib.file_digest(stream, "sha256").hexdigest()
    return own if mapping is None else hashlib.sha256(f"{own} {mapping.sha256}".encode()).hexdigest()


def count_lines(path: Path) -> int | None:
    """The number of the file's last line, the header being 1: the end of a progress bar; None where it is not told."""
    return register_tables.count(path)


def batches(
    path: Path,
    codes: CodeBook,
    today: date,
    after_line: int = 0,
    size: int = BATCH_LINES,
    besides: frozenset[int] = frozenset(),
    mapping: Mapping | None = None,
) -> Iterator[Batch]:
    """The file in batches of `size` lines, good and bad counted, so that the same file always has the same batches.

    A resumed import passes its mark as `after_line`: lines up to it are read again, since later ones are compared with
    them, and their errors come again, so that the error report is whole; but only those named in `besides` are in
    `Batch.lines`.
    Raises register_errors.HeaderRefused, register_tables.FormRefused.
    """
    part: list[tuple[int, CheckedLine]] = []
    for number, checked in read(path, codes, today, mapping):
        part.append((number, checked))
        if len(part) == size:
            yield _batch(part, after_line, besides)
            part = []
    if part:
        yield _batch(part, after_line, besides)


def read(path: Path, codes: CodeBook, today: date, mapping: Mapping | None = None) -> Iterator[tuple[int, CheckedLine]]:
    """Each line after the header with its number: what it holds, or what is wrong with it. Blank lines are skipped.

    `today` is the day in the deployment's time zone. Raises register_errors.HeaderRefused before the first line,
    register_tables.FormRefused.
    """
    with closing(register_tables.rows(path, mapping.form if mapping else PLAIN)) as rows:
        first = next(rows, (1, [""]))[1]
        header = _header(first) if mapping is None else _read_header(first)
        columns: _Columns | Translator = _Columns(header) if mapping is None else mapping.on(header)
        earlier = _EarlierLines()
        for number, row in rows:
            if isinstance(row, LineError):
                yield number, [row]
                continue
            if len(row) != len(header):
                yield number, [register_errors.of_line(number, f"{len(row)} cells", "number-of-cells")]
                continue
            cells = columns.cells(number, row)
            if isinstance(cells, list):
                yield number, cells
                continue
            checked = register_rules.check_line(number, cells, codes, today)
            if isinstance(checked, RegisterLine):
                checked = earlier.compare(checked, cells) or checked
            yield number, checked if isinstance(checked, RegisterLine) else columns.named(checked, row)


class _Columns:
    """The columns of a register file that has our header."""

    def __init__(self, header: list[str]) -> None:
        self._header = header
        absent = [column for column in register_rules.COLUMNS if column not in header]
        self._absent = dict.fromkeys(absent, "")

    def cells(self, number: int, row: list[str]) -> dict[str, str] | list[LineError]:
        """The cells by column, or which of them hold no plain value."""
        cells = dict(zip(self._header, row, strict=True)) | self._absent
        spoilt = [(column, cell) for column, cell in cells.items() if isinstance(cell, SpoiltCell)]
        return [
            LineError(number, column, str(cell), cell.rule, REMEDIES[cell.rule]) for column, cell in spoilt
        ] or cells

    def named(self, errors: list[LineError], row: list[str]) -> list[LineError]:
        """The errors as they are: people see the same columns."""
        return errors


class _EarlierLines:
    """Digests of the lines that were accepted, to find two children under one key and one line twice."""

    IDENTITY = ("family_name", "given_name", "patronymic", "sex", "birth_date")

    def __init__(self) -> None:
        self._identities: dict[bytes, bytes] = {}
        self._stays: set[bytes] = set()

    def compare(self, line: RegisterLine, cells: dict[str, str]) -> list[LineError]:
        """What contradicts an earlier line; a line without contradiction is remembered."""
        key = _digest(line.child_key, 16)
        identity = b"".join(_digest(cells[column], IDENTITY_DIGEST) for column in self.IDENTITY)
        first = self._identities.get(key, identity)
        found = Findings(line.line, cells)
        for place, column in enumerate(self.IDENTITY):
            part = slice(place * IDENTITY_DIGEST, (place + 1) * IDENTITY_DIGEST)
            if first[part] != identity[part]:
                found.refuse(column, "same-child-same-identity")
        stay = _digest("\x1f".join((line.child_key, line.care_form, cells["provider_key"], cells["from"])), 16)
        if stay in self._stays:
            found.refuse("child_key", "duplicate-line")
        if not found.errors:
            self._identities[key] = identity
            self._stays.add(stay)
        return found.errors


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def _batch(part: list[tuple[int, CheckedLine]], after_line: int, besides: frozenset[int]) -> Batch:
    wanted = ((number, item) for number, item in part if number > after_line or number in besides)
    lines = tuple(item for _, item in wanted if isinstance(item, RegisterLine))
    errors = tuple(error for _, item in part if not isinstance(item, RegisterLine) for error in item)
    return Batch(part[0][0], part[-1][0], lines, errors)


def _read_header(row: Row) -> list[str]:
    """The names in the header. Raises HeaderRefused where it cannot be read."""
    if isinstance(row, LineError):
        raise HeaderRefused(f"Save the file as CSV, or name its encoding in the mapping. {row.remedy}")
    return [str(name) for name in row]


def _header(row: Row) -> list[str]:
    """The columns in the file's own order; those of a stay may be absent together, the further ones each by itself."""
    remedy = (
        f"The first line must name these columns, each once, separated by commas: {','.join(register_rules.COLUMNS)}"
    )
    if isinstance(row, LineError):
        raise HeaderRefused(f"Save the file as CSV in UTF-8. {remedy}")
    header = [str(name) for name in row]
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise HeaderRefused(f"Save the file with commas between the cells. {remedy}", unknown=header)
    stays = any(column in header for column in register_rules.STAY_COLUMNS)
    wanted = register_rules.COLUMNS if stays else register_rules.CHILD_COLUMNS
    missing = [column for column in wanted if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    duplicate = sorted({column for column in header if header.count(column) > 1})
    if missing or unknown or duplicate:
        raise HeaderRefused(remedy, missing, unknown, duplicate)
    return header
