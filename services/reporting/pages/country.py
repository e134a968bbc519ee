"""The page of one deployment: a period's figures, and one indicator by sex, age and area.

Not here: where the figures come from (views), how they look (country.html, figures.css).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from services.reporting.domain.computed import WHOLE
from services.reporting.federation.cells import Cell
from services.reporting.indicators.definition import Definition
from services.reporting.pages import wording
from services.reporting.views import Published
from shared.countries import Pack

TOTALS = frozenset({"_T", "Y0T17", "Y18T24"})
FAVOURITE = "KW_CHLD_INCARE"


@dataclass(frozen=True)
class Row:
    """One line of a table with its bar, 0 to 100 wide. `key` is the code that a link or a small print needs."""

    name: str
    key: str
    value: str
    width: float | None
    status: str
    note: int | None = None
    part: bool = False
    small: str = ""
    tm: str = ""


@dataclass
class Table:
    """A caption, what is counted, and rows."""

    caption: str
    head: str
    rows: list[Row] = field(default_factory=list)


def page(published: Published, pack: Pack, periods: Sequence[str], indicator: str | None, area: str) -> dict[str, Any]:
    """Everything that country.html shows."""
    plan, notes = published.plan, wording.Notes()
    cells = [figure.cell for figure in published.figures]
    here = [cell for cell in cells if cell.subnational_area == area]
    common = notes.common(cells)
    if common:
        notes.number(common)
    totals = [cell for cell in here if cell.sex == "_T" and cell.age in TOTALS]
    one = _chosen(_countable(totals), indicator)
    day = plan.conditions.reference_day
    found = sorted({cell.subnational_area for cell in cells} - {"_T"})
    areas = {code: _area_words(pack, code, day)[0] for code in found}
    return {
        "pack": pack,
        "plan": plan,
        "published": published,
        "periods": periods,
        "areas": areas,
        "area": area,
        "place": areas.get(area, pack.name),
        "message": _message(published, pack, totals),
        "days": days(published, totals),
        "tables": list(_tables(published, pack, totals, notes, common)),
        "chosen": one,
        "chosen_name": _name(published, pack, one) if one else "",
        "chosen_window": wording.window(plan, plan.definition(one)) if one else "",
        "detail": list(_detail(published, pack, one, area, notes, common)) if one else [],
        "statuses": wording.statuses(totals),
        "notes": notes.texts,
        "findings": [one for one in published.findings if one.weight != "quality"],
        "quality": sum(1 for one in published.findings if one.weight == "quality"),
    }


def days(published: Published, totals: Iterable[Cell]) -> str:
    """Which day and which span the figures are of."""
    plan = published.plan
    flows = {plan.definition(cell.indicator).is_flow for cell in totals}
    parts = [f"Children in care are counted on {plan.conditions.coverage_time}"] if False in flows else []
    parts += [f"{'movements' if parts else 'Movements'} during {plan.conditions.period}"] if True in flows else []
    return ", ".join(parts) + "." if parts else ""


def _countable(totals: Iterable[Cell]) -> list[Cell]:
    """The figures that can be looked at more closely: counts, each indicator once."""
    return list({cell.indicator: cell for cell in totals if cell.unit_measure == "PS"}.values())


def _chosen(countable: list[Cell], indicator: str | None) -> str | None:
    known = [cell.indicator for cell in countable]
    if indicator in known:
        return indicator
    if FAVOURITE in known:
        return FAVOURITE
    return next((cell.indicator for cell in countable if cell.value), known[0] if known else None)


def _message(published: Published, pack: Pack, totals: list[Cell]) -> str:
    """The main thing in one sentence."""
    found = {cell.indicator: cell for cell in totals if cell.value is not None}
    plan = published.plan
    if FAVOURITE in found and found[FAVOURITE].value:
        return (
            f"{wording.number(found[FAVOURITE])} children were in formal alternative care "
            f"on {plan.conditions.coverage_time}."
        )
    left = found.get("KW_CHLD_LEFT_RESIDENTIAL_ALLAGES") or found.get("PT_CHLD_LEFT_RESIDENTIAL")
    if left is not None and left.value:
        return (
            f"{wording.number(left)} children and young people left residential care during {plan.conditions.period}."
        )
    return f"No child is counted in {pack.name} for {plan.conditions.period}."


def _tables(published: Published, pack: Pack, totals: list[Cell], notes: wording.Notes, common: str) -> Iterator[Table]:
    """Table by table, the whole before its parts; a table without figures is left out."""
    plan = published.plan
    position = {one.code: place for place, one in enumerate(plan.definitions)}
    told = [(plan.definition(cell.indicator), cell) for cell in totals]
    told.sort(key=lambda pair: wording.place(pair[0], position[pair[0].code]))
    for caption, members in groupby(told, key=lambda pair: wording.group(pair[0])):
        own = list(members)
        most = max((float(cell.value) for _, cell in own if cell.value is not None), default=0.0)
        most = 100.0 if own[0][1].unit_measure == "PCNT" else most
        rows = [_row(published, pack, one, cell, most, notes, common) for one, cell in own]
        yield Table(f"{caption} {wording.window(plan, own[0][0])}", _unit(own[0][1]), rows)


def _unit(cell: Cell) -> str:
    return {"PCNT": "%", "PS": "Number"}.get(cell.unit_measure, "Rate")


def _row(
    published: Published, pack: Pack, definition: Definition, cell: Cell, most: float, notes: wording.Notes, common: str
) -> Row:
    return Row(
        name=_name(published, pack, cell.indicator) + _population(cell),
        key=cell.indicator,
        value=wording.number(cell),
        width=_width(cell, most),
        status=cell.obs_status,
        note=notes.own(cell, common),
        part=wording.is_part(definition),
        small=wording.codes(definition, cell.indicator),
        tm=definition.tm_number,
    )


def _population(cell: Cell) -> str:
    """A count over all ages says which part of it a row is."""
    if cell.indicator.endswith("ALLAGES"):
        return f", {wording.AGES[cell.age].lower() if cell.age == '_T' else wording.AGES[cell.age]}"
    return ""


def _name(published: Published, pack: Pack, indicator: str) -> str:
    labels = {code: row["label"] for code, row in pack.codes("exit_destination").items()}
    return wording.national_name(indicator, labels) or wording.name(published.plan.definition(indicator))


def _detail(
    published: Published, pack: Pack, indicator: str, area: str, notes: wording.Notes, common: str
) -> Iterator[Table]:
    """One indicator by sex, by age band and by area."""
    own = [figure.cell for figure in published.figures if figure.cell.indicator == indicator]
    here = [cell for cell in own if cell.subnational_area == area]
    population = published.plan.definition(indicator).population
    whole = WHOLE[population]
    sexes = wording.SEXES | (wording.CHILDREN if population == "0-17" else {})
    parts: tuple[tuple[str, str, list[Cell], Callable[[Cell], tuple[str, str]]], ...] = (
        (
            "By sex", "Sex",
            [cell for cell in here if cell.age == whole and cell.sex != "_T" and (cell.sex != "_U" or cell.value)],
            lambda cell: (sexes[cell.sex], ""),
        ),
        (
            "By age", "Age in years",
            [cell for cell in here if cell.sex == "_T" and cell.age != whole],
            lambda cell: (wording.AGES[cell.age], ""),
        ),
        (
            "By area", "Area",
            [cell for cell in own if cell.sex == "_T" and cell.age == whole and cell.subnational_area != "_T"],
            lambda cell: _area_words(pack, cell.subnational_area, published.plan.conditions.reference_day),
        ),
    )  # fmt: skip
    for caption, head, found, words in parts:
        most = max((float(cell.value) for cell in found if cell.value is not None), default=0.0)
        rows = []
        for cell in found:
            name, small = words(cell)
            note = notes.own(cell, common)
            rows.append(Row(name, "", wording.number(cell), _width(cell, most), cell.obs_status, note, small=small))
        if rows:
            yield Table(caption, head, rows)


def _width(cell: Cell, most: float) -> float | None:
    """How long the bar is; none without a value."""
    if cell.value is None:
        return None
    return round(100 * float(cell.value) / most, 2) if most else 0.0


def _area_words(pack: Pack, code: str, on: date) -> tuple[str, str]:
    """An area's name on a day, and its code with its kind: two areas may have one name."""
    area = pack.areas.get(code, on) or pack.areas.get(code)
    return (area.name, f"{code} · {area.kind}") if area else (code, "")
