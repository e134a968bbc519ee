"""A table as a workbook: headings in the reader's language, the sheet in its direction, no cell that is computed.

Not here: the same as CSV (csv_answers), whose headings are names of columns; how a workbook is written
(shared.spreadsheets).
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask import Response

from services.portal.languages import direction
from shared import spreadsheets


def answer(name: str, sheet: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file `name`.xlsx of one sheet."""
    parts = spreadsheets.xlsx_bytes(sheet, headings, rows, right_to_left=direction() == "rtl")
    disposition = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(b"".join(parts), mimetype=spreadsheets.XLSX_TYPE, headers=disposition)


def figure(value: str | None) -> Decimal | None:
    """A figure as a number of the workbook; nothing where it is held back or not known."""
    return None if value is None else Decimal(value)
