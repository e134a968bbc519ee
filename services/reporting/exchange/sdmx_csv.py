"""The UNICEF hand-over: an SDMX-CSV 1.0 file for the dataflow ECARO:TRANSMONEE(1.0).

Columns in the order of UNICEF's structure, UNICEF's codes only, whole countries only; what is our own (KW codes, sex
not recorded, parts of a country) is left out, anything else unknown is an error. Not here: the federation's own file.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.reporting.exchange import codelists
from services.reporting.federation import cells
from services.reporting.federation.cells import Cell
from shared.errors import Invalid

DATAFLOW = "ECARO:TRANSMONEE(1.0)"
MEDIA_TYPE = "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8"
DIMENSIONS = ("REF_AREA", "INDICATOR", "SEX", "AGE", "RESIDENCE", "WEALTH_QUINTILE", "TIME_PERIOD")
ATTRIBUTES = ("COVERAGE_TIME", "UNIT_MEASURE", "OBS_FOOTNOTE", "FREQ", "DATA_SOURCE", "UNIT_MULTIPLIER", "OBS_STATUS")
HEADER = ("DATAFLOW", *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)

_LISTS = {
    "REF_AREA": "CL_COUNTRY",
    "INDICATOR": "CL_INDICATORS_TRANSMONEE",
    **{name: f"CL_{name}" for name in ("SEX", "AGE", "RESIDENCE", "WEALTH_QUINTILE")},
    **{name: f"CL_{name}" for name in ("UNIT_MEASURE", "FREQ", "UNIT_MULTIPLIER", "OBS_STATUS")},
}
_TEXT = ("OBS_VALUE", "COVERAGE_TIME", "OBS_FOOTNOTE", "DATA_SOURCE")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Finding:
    """What UNICEF would not take: `row` counts the figures of the file from 1, below the header."""

    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.value[:60]!r} {self.rule}"


class UnicefFileRefused(Invalid):
    """The figures do not make a file that UNICEF takes; `findings` has every place."""

    code = "unicef-file-refused"
    title = "UNICEF would not take this file"

    def __init__(self, findings: list[Finding]) -> None:
        shown = "; ".join(str(finding) for finding in findings[:5])
        more = f"; and {len(findings) - 5} more" if len(findings) > 5 else ""
        super().__init__(shown + more, field=findings[0].column, rule=findings[0].rule)
        self.findings = findings


def rows(figures: Iterable[Cell]) -> list[Cell]:
    """The cells that go to UNICEF, in file order: whole countries, no code of our own."""
    sent = [cell for cell in figures if cell.subnational_area == "_T" and not _own(cell)]
    return sorted(sent, key=_key)


def findings(sent: Iterable[Cell]) -> list[Finding]:
    """Every place in the rows that UNICEF's structure refuses."""
    found: list[Finding] = []
    previous: tuple[str, ...] | None = None
    for number, cell in enumerate(sent, start=1):
        found.extend(Finding(number, column, value, rule) for column, value, rule in _faults(cell))
        if _key(cell) == previous:
            found.append(Finding(number, "INDICATOR", cell.indicator, "stands twice with the same dimensions"))
        previous = _key(cell)
    return found


def write(figures: Iterable[Cell]) -> bytes:
    """The file: UTF-8, RFC 4180 (CRLF, doubled quotes), decimal point. Raises UnicefFileRefused."""
    sent = rows(figures)
    found = findings(sent)
    if found:
        raise UnicefFileRefused(found)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for cell in sent:
        attributes = (_field(cell, name) for name in ATTRIBUTES)
        writer.writerow((DATAFLOW, *_key(cell), cells.spell(cell.value, cell.unit_measure), *attributes))
    return out.getvalue().encode("utf-8")


def _own(cell: Cell) -> bool:
    return cell.indicator.startswith("KW_") or cell.sex == "_U"


def _key(cell: Cell) -> tuple[str, ...]:
    return tuple(_field(cell, name) for name in DIMENSIONS)


def _field(cell: Cell, column: str) -> str:
    return str(getattr(cell, column.lower()))


def _faults(cell: Cell) -> list[tuple[str, str, str]]:
    found = []
    for column, name in _LISTS.items():
        if _field(cell, column) not in codelists.load(name):
            found.append((column, _field(cell, column), f"is not in {name}"))
    if not _YEAR.fullmatch(cell.time_period):
        found.append(("TIME_PERIOD", cell.time_period, "is no year"))
    unit = codelists.load("CL_INDICATORS_TRANSMONEE").get(cell.indicator, {}).get("unit", cell.unit_measure)
    if unit != cell.unit_measure and cell.unit_measure in codelists.load("CL_UNIT_MEASURE"):
        found.append(("UNIT_MEASURE", cell.unit_measure, f"is not {unit}, the unit of {cell.indicator}"))
    found.extend((fault.column, fault.value, fault.rule) for fault in cells.faults(cell) if fault.column in _TEXT)
    return found
