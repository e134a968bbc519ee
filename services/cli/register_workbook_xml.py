"""The XML of a workbook's sheet and of its table of shared texts, row by row in flat memory.

Own code, because openpyxl keeps an element for every row it has read and an object for every shared text; it reads the
workbook's structure and styles (register_workbook). Parsed with defusedxml: no entities, no external references. Not
here: what a cell's number means.
"""

import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import sax  # type: ignore[import-untyped]
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

CHUNK = 1 << 16
LONGEST_TEXT = 32_767  # characters a cell, by the format
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(slots=True)
class RawCell:
    """A cell as the XML has it: column from 1, type (`t`), style, text of its value, whether it holds a formula."""

    column: int
    kind: str
    style: int
    text: str
    formula: bool


class Texts:
    """The shared texts of a workbook, packed: one text costs its bytes and eight more."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array.array("q", [0])

    def append(self, text: str) -> None:
        """Keep one more text."""
        self._bytes += text.encode("utf-8", errors="replace")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8")


class _Handler(ContentHandler):
    """Collects text between two tags; what is phonetic help for readers of Japanese is no part of a text."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] | None = None
        self._length = 0
        self._phonetic = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 (the name is of SAX)
        """Begin what the tag means."""
        self.begin(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 (the name is of SAX)
        """End what the tag means."""
        self.end(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        """Keep text where text is wanted, as far as a cell can hold it."""
        if self._parts is not None and self._length <= LONGEST_TEXT:
            self._parts.append(content)
            self._length += len(content)

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        """A tag without its prefix."""

    def end(self, name: str) -> None:
        """The end of a tag without its prefix."""

    def collect(self) -> None:
        """Text from here on is wanted."""
        self._parts, self._length = [], 0

    def collected(self) -> str:
        """The text since `collect`."""
        parts, self._parts = self._parts or [], None
        return "".join(parts)


class _TextsHandler(_Handler):
    """<si><t>..</t></si>, or several <r><t>..</t></r> in one <si>."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = Texts()
        self._item: list[str] = []

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "si":
            self._item = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self.collect()

    def end(self, name: str) -> None:
        if name == "t" and not self._phonetic:
            self._item.append(self.collected())
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.texts.append("".join(self._item))


class _RowsHandler(_Handler):
    """<row r><c r t s><f/><v/></c></row>. Rows and columns may leave their number out: then they follow the last."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[RawCell]]] = []
        self._number = 0
        self._cells: list[RawCell] = []
        self._cell: RawCell | None = None

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "c":
            self._begin_cell(attrs)
        elif name == "v" or (name == "t" and not self._phonetic):
            self.collect()
        elif name == "f" and self._cell is not None:
            self._cell.formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            number = int(attrs.get("r") or self._number + 1)
            if not self._number < number <= LAST_ROW:
                raise ValueError("the rows of the sheet are not in order")
            self._number, self._cells = number, []

    def end(self, name: str) -> None:
        if name == "v" or (name == "t" and not self._phonetic):
            text = self.collected()
            if self._cell is not None:
                self._cell.text += text
        elif name == "c" and self._cell is not None:
            self._cells.append(self._cell)
            self._cell = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self.rows.append((self._number, self._cells))

    def _begin_cell(self, attrs: AttributesImpl) -> None:
        last = self._cells[-1].column if self._cells else 0
        place = attrs.get("r")
        column = column_index_from_string(coordinate_from_string(place)[0]) if place else last + 1
        if not last < column <= LAST_COLUMN:
            raise ValueError("the cells of a row are not in order")
        self._cell = RawCell(column, attrs.get("t", "n"), int(attrs.get("s") or 0), "", False)


def texts(stream: IO[bytes]) -> Texts:
    """The shared texts. Raises SAXException or ValueError for XML that is broken or may not be read."""
    handler = _TextsHandler()
    for _ in _fed(stream, handler):
        pass
    return handler.texts


def sheet_rows(stream: IO[bytes]) -> Iterator[tuple[int, list[RawCell]]]:
    """The rows of a sheet that have cells, with their numbers. Raises SAXException or ValueError as `texts`."""
    handler = _RowsHandler()
    for _ in _fed(stream, handler):
        yield from handler.rows
        handler.rows.clear()


def _fed(stream: IO[bytes], handler: ContentHandler) -> Iterator[None]:
    """Feed the stream to the handler; stops after each chunk."""
    parser = sax.make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    while chunk := stream.read(CHUNK):
        parser.feed(chunk)
        yield None
    parser.close()
    yield None
