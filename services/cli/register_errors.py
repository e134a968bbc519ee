"""What is wrong with a register file: line by line for the ministry, and as a whole when the header does not fit.

The error report holds values of children's records. It is written beside the register, readable by its owner only, and
its values go nowhere else: no log line and no exception text is made from a `LineError`. Which rules there are is not
here (register_remedies), nor what they ask (register_rules).
"""

import csv
import fcntl
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from services.cli.register_remedies import REMEDIES
from shared import errors
from shared.spreadsheets import without_formula

REPORT_COLUMNS = ("line", "column", "value", "rule", "remedy")
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class LineError:
    """One thing wrong in one line; `line` counts from 1 (the header), an empty `column` means the whole line."""

    line: int
    column: str
    value: str
    rule: str
    remedy: str


@dataclass(slots=True)
class Findings:
    """The cells of one line under check and the errors found in it so far."""

    line: int
    cells: Mapping[str, str]
    errors: list[LineError] = field(default_factory=list)

    def refuse(self, column: str, rule: str) -> None:
        """Note that the cell breaks the rule."""
        self.errors.append(LineError(self.line, column, self.cells.get(column, ""), rule, REMEDIES[rule]))


def of_line(number: int, value: str, rule: str) -> LineError:
    """What is wrong with a line as a whole."""
    return LineError(number, "", value[:LONGEST_VALUE], rule, REMEDIES[rule])


class HeaderRefused(errors.Invalid):
    """The first line does not name the register's columns, so no line of the file can be read."""

    code = "register-file-header"
    title = "The header of the register file does not fit"

    def __init__(
        self, remedy: str, missing: Iterable[str] = (), unknown: Iterable[str] = (), duplicate: Iterable[str] = ()
    ) -> None:
        self.missing, self.unknown, self.duplicate = tuple(missing), tuple(unknown), tuple(duplicate)
        found = (("missing", self.missing), ("unknown", self.unknown), ("named twice", self.duplicate))
        parts = [f"{what}: {', '.join(columns)}" for what, columns in found if columns]
        super().__init__(f"{self.title} ({'; '.join(parts) or 'unreadable'}).", rule="header", remedy=remedy)


class ReportInUse(errors.Conflict):
    """Another import is writing this error report."""

    code = "report-in-use"
    title = "Another import writes this error report"


class ErrorReport:
    """The CSV file of refused lines, and the counts for the summary that the command prints.

    Use as a context manager. The file is made anew each time, with mode 0600; without errors it holds its header only.
    It is locked while it is written, which ends with the process: of two imports of one file, each reports by itself.
    Raises ReportInUse.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.by_rule: Counter[str] = Counter()
        self._refused_lines: set[int] = set()

    def __enter__(self) -> Self:
        self._stream = os.fdopen(self._locked(), "w", encoding="utf-8", newline="")
        self._stream.truncate()
        self._writer = csv.writer(self._stream)
        self._writer.writerow(REPORT_COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def _locked(self) -> int:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(descriptor, 0o600)
        except BlockingIOError:
            os.close(descriptor)
            remedy = "Wait until it is done, or name another report with --errors."
            raise ReportInUse(f"{self.path.name} is being written.", field="--errors", remedy=remedy) from None
        return descriptor

    @property
    def lines(self) -> int:
        """Number of lines of the register that have at least one error."""
        return len(self._refused_lines)

    def add(self, found: Iterable[LineError]) -> None:
        """Write errors to the file and count them; what a batch found is on disk before the next batch begins."""
        for error in found:
            self.by_rule[error.rule] += 1
            self._refused_lines.add(error.line)
            cells = (error.column, error.value[:LONGEST_VALUE], error.rule, error.remedy)
            self._writer.writerow((error.line, *map(without_formula, cells)))
        self._stream.flush()
