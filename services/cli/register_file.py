"""Reading a register file: bytes to lines, lines to checked care episodes, episodes to batches. No database, no event.

The file is UTF-8 CSV (RFC 4180, a byte-order mark is tolerated), one physical line a care episode. No cell of a
register holds a line break, so a quotation mark that stays open spoils its own line and not the rest of the file. What
a line must hold is in register_rules, the report of what is wrong in register_errors. Memory does not grow with the
file but for two short digests a line, which compare the lines of one child.
"""

import csv
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from services.cli import register_errors, register_rules
from services.cli.register_errors import LineError
from services.cli.register_rules import CodeBook, RegisterLine

BATCH_LINES = 500
LONGEST_LINE = 65_536
IDENTITY_DIGEST = 8  # bytes a column: two spellings of one child's name meet by chance once in 1.8e19
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

CheckedLine = RegisterLine | list[LineError]


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 500 lines that are committed together; the importer's mark in the database is the `last_line` of one."""

    first_line: int
    last_line: int
    lines: tuple[RegisterLine, ...]
    errors: tuple[LineError, ...]


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes in hexadecimal: by it an import knows the same file again."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def count_lines(path: Path) -> int:
    """The number of the file's last line, the header being 1: the end of a progress bar."""
    with path.open("rb") as stream:
        return sum(1 for _ in _physical_lines(stream))


def batches(
    path: Path,
    codes: CodeBook,
    today: date,
    after_line: int = 0,
    size: int = BATCH_LINES,
    besides: frozenset[int] = frozenset(),
) -> Iterator[Batch]:
    """The file in batches of `size` lines, good and bad counted, so that the same file always has the same batches.

    A resumed import passes its mark as `after_line`: lines up to it are read again, since later ones are compared with
    them, and their errors come again, so that the error report is whole; but only those named in `besides` are in
    `Batch.lines`.
    Raises register_errors.HeaderRefused.
    """
    part: list[tuple[int, CheckedLine]] = []
    for number, checked in read(path, codes, today):
        part.append((number, checked))
        if len(part) == size:
            yield _batch(part, after_line, besides)
            part = []
    if part:
        yield _batch(part, after_line, besides)


def read(path: Path, codes: CodeBook, today: date) -> Iterator[tuple[int, CheckedLine]]:
    """Each line after the header with its number: the care episode, or what is wrong with it. Blank lines are skipped.

    `today` is the day in the deployment's time zone. Raises register_errors.HeaderRefused before the first line.
    """
    with path.open("rb") as stream:
        lines = _physical_lines(stream)
        header = _header(next(lines, (1, b""))[1])
        earlier = _EarlierLines()
        for number, raw in lines:
            if raw is not None and not raw.strip():
                continue
            cells = _cells(number, raw, header)
            if isinstance(cells, LineError):
                yield number, [cells]
                continue
            checked = register_rules.check_line(number, cells, codes, today)
            if isinstance(checked, RegisterLine):
                checked = earlier.compare(checked, cells) or checked
            yield number, checked


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
        found = register_rules.Findings(line.line, cells)
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


def _physical_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without their line end; None for one over the limit, of which the rest is read and dropped."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        too_long = len(raw) > LONGEST_LINE
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(LONGEST_LINE + 1)
        yield number, None if too_long else raw.removesuffix(b"\n").removesuffix(b"\r")


def _cells(number: int, raw: bytes | None, header: list[str]) -> dict[str, str] | LineError:
    if raw is None:
        return _line_error(number, "", "line-length")
    try:
        row = _row(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _line_error(number, raw.decode("utf-8", errors="backslashreplace"), "not-utf-8")
    except csv.Error:
        return _line_error(number, raw.decode("utf-8"), "csv-form")
    if len(row) != len(header):
        return _line_error(number, f"{len(row)} cells", "number-of-cells")
    # Composed and decomposed letters are the same text: й is one code point in one program and two in another.
    composed = (unicodedata.normalize("NFC", cell.strip(" \u00a0")) for cell in row)
    return dict(zip(header, composed, strict=True))


def _row(text: str) -> list[str]:
    return next(csv.reader((text,), strict=True))


def _line_error(number: int, value: str, rule: str) -> LineError:
    return LineError(number, "", value[: register_errors.LONGEST_VALUE], rule, register_rules.REMEDIES[rule])


def _header(raw: bytes | None) -> list[str]:
    """The columns in the file's own order; every one must be there once and no other."""
    remedy = (
        f"The first line must name these columns, each once, separated by commas: {','.join(register_rules.COLUMNS)}"
    )
    try:
        text = (raw or b"").removeprefix(BYTE_ORDER_MARK).decode("utf-8")
        header = [column.strip() for column in _row(text)] if text else []
    except (UnicodeDecodeError, csv.Error):
        raise register_errors.HeaderRefused(f"Save the file as CSV in UTF-8. {remedy}") from None
    if len(header) == 1 and (";" in text or "\t" in text):
        raise register_errors.HeaderRefused(f"Save the file with commas between the cells. {remedy}", unknown=header)
    missing = [column for column in register_rules.COLUMNS if column not in header]
    unknown = [column for column in header if column not in register_rules.COLUMNS]
    duplicate = sorted({column for column in header if header.count(column) > 1})
    if missing or unknown or duplicate:
        raise register_errors.HeaderRefused(remedy, missing, unknown, duplicate)
    return header
