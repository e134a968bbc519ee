"""Cells as rows and rows as cells. Not here: which cells (returns, deliveries)."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from services.reporting.federation.cells import Cell

NAMES = tuple(field.name for field in fields(Cell))


def as_row(cell: Cell) -> dict[str, Any]:
    """The columns of a cell."""
    return {name: getattr(cell, name) for name in NAMES}


def as_cell(row: Mapping[Any, Any]) -> Cell:
    """The cell of a row: counts are int, rates and shares Decimal, as they were written."""
    values = {name: row[name] for name in NAMES}
    value: Decimal | None = values["value"]
    if value is not None and values["unit_measure"] == "PS":
        values["value"] = int(value)
    return Cell(**values)
