"""XLSX (ECMA-376) in one pass: a ZIP whose sheets are written row by row as inline texts, which are never formulas.

Libraries that write XLSX in constant memory keep the rows in temporary files meanwhile; these rows are children's
records, and nothing readable of them may lie on a disk. So the little that is needed is written here.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from xml.sax.saxutils import escape

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
SHEET_ROWS = 1_048_576
"""What a sheet holds (Excel's limit); the rest goes on in another one, under the same header."""
PART = 64 * 1024
ROWS_AT_ONCE = 200
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FROZEN = (
    '<sheetViews><sheetView{direction} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews>'
)
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def xlsx_bytes(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    sheet_rows: int = SHEET_ROWS,
    *,
    right_to_left: bool = False,
) -> Iterator[bytes]:
    """The workbook in parts. Whole numbers and decimals are numbers, everything else is text; empty cells stay out."""
    frozen = _FROZEN.format(direction=' rightToLeft="1"' if right_to_left else "")
    sink = _Sink()
    left, sheets = iter(rows), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        more = True
        while more:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{frozen}<sheetData>'.encode())
                sheet.write(_row(header))
                room = sheet_rows - 1
                while room > 0 and (some := list(islice(left, min(ROWS_AT_ONCE, room)))):
                    room -= len(some)
                    sheet.write(b"".join(map(_row, some)))
                    if sink.waiting >= PART:
                        yield sink.take()
                sheet.write(b"</sheetData></worksheet>")
            following = next(left, None)
            more = following is not None
            left = iter(()) if following is None else chain((following,), left)
        for name, text in _frame(title, sheets):
            archive.writestr(name, _HEAD + text)
    yield sink.take()


def _row(cells: Sequence[object]) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, Decimal) and value.is_finite():
        return f"<c><v>{value:f}</v></c>"
    words = escape(str(value).translate(_NOT_XML))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def _frame(title: str, sheets: int) -> list[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    name = escape(title[:25])
    named = "".join(f'<sheet name="{name}{n if n > 1 else ""}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{sheet}.worksheet+xml"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    return [
        ("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{named}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_LINKS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{sheet}.sheet.main+xml"/>{parts}</Types>',
        ),
    ]


class _Sink(io.RawIOBase):
    """Where the ZIP is written: kept until taken, never sought in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Keep what is written."""
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self.waiting += len(part)
        return len(part)

    def take(self) -> bytes:
        """All that was written since."""
        taken, self._parts, self.waiting = b"".join(self._parts), [], 0
        return taken
