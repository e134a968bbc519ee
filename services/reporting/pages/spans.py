"""A country's years together: what happened in each adds up, what was counted on a day does not.

Not here: how the sum is shown (hub).
"""

from services.reporting.federation.cells import Cell
from services.reporting.hub_views import Column, Line, SideBySide

TO = " to "


def is_together(column: Column) -> bool:
    """Whether the column stands for several periods."""
    return TO in column.period


def together(found: SideBySide) -> SideBySide:
    """The same with one more column behind a country's several periods: its flows summed over them."""
    columns: list[Column] = []
    sources: list[tuple[int, ...]] = []
    for issuer in dict.fromkeys(column.issuer for column in found.columns):
        places = tuple(place for place, column in enumerate(found.columns) if column.issuer == issuer)
        columns += [found.columns[place] for place in places]
        sources += [(place,) for place in places]
        if len(places) > 1:
            first, last = found.columns[places[0]], found.columns[places[-1]]
            span = f"{first.period}{TO}{last.period}"
            columns.append(Column(issuer, first.name, first.ref_area, span, span))
            sources.append(places)
    lines = tuple(
        Line(line.indicator, line.sex, line.age, tuple(_sum(line, places) for places in sources))
        for line in found.lines
    )
    return SideBySide(tuple(columns), lines)


def _sum(line: Line, places: tuple[int, ...]) -> Cell | None:
    """The figure of one place as it is, of several the sum; without a value where one of them has none."""
    parts = [line.cells[place] for place in places]
    cells = [cell for cell in parts if cell is not None]
    if len(parts) == 1:
        return parts[0]
    # A stock's COVERAGE_TIME names its day, a flow's is the period itself.
    flows = all(cell.unit_measure == "PS" and cell.coverage_time == cell.time_period for cell in cells)
    if len(cells) < len(parts) or not flows:
        return None
    missing = next((cell for cell in cells if cell.value is None), None)
    if missing is not None:
        return missing
    like = cells[-1]
    return Cell(
        ref_area=like.ref_area, indicator=like.indicator, sex=like.sex, age=like.age, time_period=like.time_period,
        value=sum(int(cell.value or 0) for cell in cells), unit_measure=like.unit_measure,
        obs_status=like.obs_status, obs_footnote=like.obs_footnote,
    )  # fmt: skip
