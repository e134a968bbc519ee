"""A table as a file for a spreadsheet: UTF-8 with its mark, nothing in it that a spreadsheet takes for a formula.

Not here: tables for machines (reporting's SDMX-CSV), which are handed on as they are.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file `name`.csv: a line of column names, then the rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return attachment("\ufeff" + text.getvalue(), f"{name}.csv", "text/csv")


def attachment(text: str, name: str, kind: str) -> Response:
    """Text to be kept as a file."""
    return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def harmless(value: Any) -> str:
    """A value as a cell; what would be a formula is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) and not text.lstrip("-").replace(".", "").isdecimal() else text
