"""CSV for people: UTF-8 with a byte-order mark, so that spreadsheet programs read it as such (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PART = 64 * 1024


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table in parts of about 64 KiB. A text that a spreadsheet program would compute gets an apostrophe."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(without_formula, header))
    for row in rows:
        writer.writerow([without_formula(cell) if isinstance(cell, str) else cell for cell in row])
        if text.tell() >= PART:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def without_formula(cell: str) -> str:
    """The cell as text that no spreadsheet program computes (a leading apostrophe where it would be a formula)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
