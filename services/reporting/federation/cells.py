"""Cells: one aggregate figure each, and the file that carries them (cells.csv.gz, SDMX-CSV 2.0 columns).

The bytes are a function of the set of cells: sorted by dimensions, fixed spelling, gzip without time. Not here:
UNICEF's hand-over file (exchange), zip and manifest (archive, manifest).
"""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter

from services.reporting.federation import structure
from shared.errors import Invalid

RATIO_LIMIT = 100  # unpacked bytes per packed byte; a hub refuses more

_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,17})\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure. A count is an int, a rate or share a Decimal of up to four decimals, no figure is None."""

    ref_area: str
    subnational_area: str = "_T"
    indicator: str
    sex: str
    age: str
    residence: str = "_T"
    wealth_quintile: str = "_T"
    time_period: str
    value: int | Decimal | None
    unit_measure: str
    unit_multiplier: int = 0
    obs_status: str = "A"
    freq: str = "A"
    coverage_time: str = ""
    data_source: str = ""
    obs_footnote: str = ""

    @property
    def area(self) -> str:
        """The area code that the figure is about: the part of the country, or the country."""
        return self.ref_area if self.subnational_area == "_T" else self.subnational_area


_DIMENSIONS = (
    "ref_area", "subnational_area", "indicator", "sex", "age", "residence", "wealth_quintile", "time_period",
)  # fmt: skip
key = attrgetter(*_DIMENSIONS)
_ATTRIBUTES = tuple(field.name for field in fields(Cell) if field.name not in {*_DIMENSIONS, "value"})
COLUMNS = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", *(name.upper() for name in _DIMENSIONS), "OBS_VALUE",
    *(name.upper() for name in _ATTRIBUTES),
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell."""

    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.column}: {self.value[:60]!r} {self.rule}"


def faults(cell: Cell) -> list[Fault]:
    """What the structure refuses in a cell; empty when it is sound."""
    care = structure.care()
    found = []
    for component in care.components:
        value = str(getattr(cell, component.id.lower()))
        rule = component.fault(value)
        if rule is not None:
            found.append(Fault(component.id, value, rule))
    found.extend(_value_faults(cell))
    prefix = care.subnational_prefix.get(cell.ref_area, "")
    if cell.subnational_area not in ("_T",) and not cell.subnational_area.startswith(f"{prefix}-"):
        found.append(Fault("SUBNATIONAL_AREA", cell.subnational_area, f"is no part of {cell.ref_area}"))
    return found


def _value_faults(cell: Cell) -> list[Fault]:
    care = structure.care()
    if (cell.value is None) != (cell.obs_status in care.missing):
        rule = f"does not go with OBS_STATUS {cell.obs_status}"
        return [Fault("OBS_VALUE", "" if cell.value is None else str(cell.value), rule)]
    if cell.value is not None and cell.unit_measure in care.decimals:
        try:
            spell(cell.value, cell.unit_measure)
        except Invalid as error:
            return [Fault("OBS_VALUE", str(cell.value), error.message)]
    return []


def spell(value: int | Decimal | None, unit_measure: str) -> str:
    """A value as written: counts whole, rates and shares with the unit's decimals, none as empty. Never rounds."""
    if value is None:
        return ""
    decimals = structure.care().decimals[unit_measure]
    exact = Decimal(value)
    if not exact.is_finite() or exact < 0 or exact.adjusted() > 17:
        raise Invalid("is not a number from 0 up to 18 digits", field="OBS_VALUE")
    spelled = f"{exact:.{decimals}f}"
    if Decimal(spelled) != exact:
        raise Invalid(f"has more than the {decimals} decimals of {unit_measure}", field="OBS_VALUE")
    return spelled.lstrip("-")


def to_csv(cells: Iterable[Cell]) -> bytes:
    """The cells as CSV in canonical order. Raises Invalid naming row and column for an unsound or doubled cell."""
    ordered = sorted(cells, key=key)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    previous = None
    for number, cell in enumerate(ordered, start=1):
        for fault in faults(cell):
            raise Invalid(f"row {number}, {fault}", field=fault.column, rule=fault.rule)
        if key(cell) == previous:
            raise Invalid(f"row {number} repeats the dimensions of the row before it", field="cells.csv.gz")
        previous = key(cell)
        attributes = (getattr(cell, name) for name in _ATTRIBUTES)
        value = spell(cell.value, cell.unit_measure)
        writer.writerow(("dataflow", structure.care().id, "R", *previous, value, *attributes))
    return out.getvalue().encode("utf-8")


def pack(raw: bytes) -> bytes:
    """Gzip without time or name, at the strongest level that stays within the ratio that a hub accepts."""
    for level in (9, 1, 0):
        out = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=out, mtime=0) as packed:
            packed.write(raw)
        if len(raw) <= RATIO_LIMIT * len(out.getvalue()):
            break
    return out.getvalue()


def from_csv(raw: bytes) -> tuple[Cell, ...]:
    """Read cells.csv; anything but the very bytes that `to_csv` writes raises Invalid."""
    try:
        text = raw.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("cells.csv is not CSV in UTF-8", field="cells.csv.gz") from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise Invalid("cells.csv has not the columns of the structure", field="cells.csv.gz")
    cells = tuple(_cell(number, row) for number, row in enumerate(rows[1:], start=1))
    if to_csv(cells) != raw:
        raise Invalid("cells.csv is not in canonical form", field="cells.csv.gz", rule="sorted, one spelling")
    return cells


def _cell(number: int, row: Sequence[str]) -> Cell:
    if len(row) != len(COLUMNS):
        raise Invalid(f"row {number} has {len(row)} columns of {len(COLUMNS)}", field="cells.csv.gz")
    values = dict(zip(COLUMNS, row, strict=True))
    multiplier = values["UNIT_MULTIPLIER"]
    if not _INTEGER.fullmatch(multiplier):
        raise Invalid(f"row {number}, UNIT_MULTIPLIER: {multiplier[:60]!r} is no whole number", field="UNIT_MULTIPLIER")
    texts = {name: values[name.upper()] for name in (*_DIMENSIONS, *_ATTRIBUTES) if name != "unit_multiplier"}
    return Cell(value=_value(number, values["OBS_VALUE"]), unit_multiplier=int(multiplier), **texts)


def _value(number: int, text: str) -> int | Decimal | None:
    if text == "":
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    raise Invalid(f"row {number}, OBS_VALUE: {text[:60]!r} is no number", field="OBS_VALUE")
