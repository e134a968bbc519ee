"""Read-only queries of a hub: the figures in effect, side by side; who reported what; where each issuer stands.

Never used to decide a write. What the deployment itself reports is in views.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reporting.federation import standing
from services.reporting.federation.cells import Cell
from services.reporting.federation.period import Period
from services.reporting.store import cells as rows
from services.reporting.store.deliveries import SOUND, as_known
from services.reporting.store.tables import delivery, effective_cell
from shared.countries import Pack


@dataclass(frozen=True)
class Column:
    """One reporter's figures of one period, standing beside the others'."""

    issuer: str
    name: str
    ref_area: str
    period: str
    coverage_time: str


@dataclass(frozen=True)
class Line:
    """One figure across reporters: the cell of each column, None where a reporter has not sent it."""

    indicator: str
    sex: str
    age: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class SideBySide:
    """The figures in effect of whole countries."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def effective_cells(
    session: Session, *, period: str | None = None, indicator: str | None = None, whole: bool = True
) -> list[tuple[str, Cell]]:
    """The figures in effect with their issuers; `whole`: of countries only, not of their parts."""
    columns = effective_cell.c
    query = select(effective_cell)
    if period is not None:
        query = query.where(columns.time_period == period)
    if indicator is not None:
        query = query.where(columns.indicator == indicator)
    if whole:
        query = query.where(columns.subnational_area == "_T")
    ordered = query.order_by(columns.issuer, columns.time_period, columns.indicator, columns.sex, columns.age)
    return [(row["issuer"], rows.as_cell(row)) for row in session.execute(ordered).mappings()]


def side_by_side(
    session: Session, pack: Pack, *, period: str | None = None, indicator: str | None = None
) -> SideBySide:
    """Countries beside each other, one column for each period that a country has reported."""
    names = {entry["deployment"]: entry["name"] for entry in pack.expects}
    found = effective_cells(session, period=period, indicator=indicator)
    places: dict[tuple[str, str], int] = {}
    days: dict[tuple[str, str], Cell] = {}
    for issuer, cell in found:
        places.setdefault((issuer, cell.time_period), len(places))
        known = days.setdefault((issuer, cell.time_period), cell)
        if known.coverage_time == known.time_period:  # a flow's; the day of a stock says more
            days[issuer, cell.time_period] = cell
    columns = tuple(
        Column(issuer, names.get(issuer, issuer), day.ref_area, time, day.coverage_time)
        for (issuer, time), day in days.items()
    )
    lines: dict[tuple[str, str, str], list[Cell | None]] = {}
    for issuer, cell in found:
        line = lines.setdefault((cell.indicator, cell.sex, cell.age), [None] * len(places))
        line[places[issuer, cell.time_period]] = cell
    return SideBySide(columns, tuple(Line(*key, tuple(cells)) for key, cells in lines.items()))


@dataclass(frozen=True)
class Reported:
    """One period of one reporter: which revision is in effect and what it says it covers."""

    period: str
    revision: int
    received_at: datetime
    expected: int
    reported: int
    late: int


@dataclass(frozen=True)
class Completeness:
    """Where one reporter stands with the hub. `state`: missing, complete, gaps, or quarantined."""

    issuer: str
    name: str
    ref_area: str
    state: str
    last_seq: int
    expected_next_seq: int
    gaps: tuple[tuple[int, int], ...]
    quarantined: tuple[int, ...]
    refused: int
    periods: tuple[Reported, ...]


def completeness(session: Session, pack: Pack) -> list[Completeness]:
    """Every reporter that the hub expects or has heard of."""
    sound = session.execute(
        select(*(column for column in delivery.c if column.name not in {"raw", "receipt"})).where(SOUND)
    ).all()
    standings = standing.standing(as_known(row) for row in sound)
    refusals = session.execute(select(delivery.c.issuer).where(~SOUND, delivery.c.issuer.is_not(None))).scalars().all()
    expected = {entry["deployment"]: (entry["name"], entry["iso3"]) for entry in pack.expects}
    found = []
    for issuer in [*expected, *sorted({row.issuer for row in sound} - set(expected))]:
        name, ref_area = expected.get(issuer, (issuer, ""))
        found.append(_of_issuer(issuer, name, ref_area, standings, sound, list(refusals).count(issuer)))
    return found


def _of_issuer(
    issuer: str, name: str, ref_area: str, standings: standing.Standing, sound: Sequence[Any], refused: int
) -> Completeness:
    gaps = standings.gaps.get(issuer, ())
    quarantined = tuple(sorted({known.seq for known in standings.quarantined if known.issuer == issuer}))
    last = standings.last.get(issuer, 0)
    state = "quarantined" if quarantined else "gaps" if gaps else "complete" if last else "missing"
    return Completeness(
        issuer=issuer,
        name=name,
        ref_area=ref_area,
        state=state,
        last_seq=last,
        expected_next_seq=standings.expected_next(issuer),
        gaps=gaps,
        quarantined=quarantined,
        refused=refused,
        periods=tuple(_periods(issuer, standings, sound)),
    )


def _periods(issuer: str, standings: standing.Standing, sound: Sequence[Any]) -> Iterable[Reported]:
    by_known = {as_known(row): row for row in sound}
    for series, known in sorted(standings.effective.items()):
        if series[0] == issuer:
            row = by_known[known]
            said = row.coverage
            period = Period.parse(row.period).time_period
            yield Reported(period, row.revision, row.received_at, said["expected"], said["reported"], said["late"])


def cursor(session: Session, issuer: str) -> dict[str, Any]:
    """What a reporter that was away should send next: the lowest place from which nothing has come, and the gaps."""
    found = session.execute(
        select(*(column for column in delivery.c if column.name not in {"raw", "receipt"})).where(
            SOUND, delivery.c.issuer == issuer
        )
    )
    standings = standing.standing(as_known(row) for row in found)
    return {
        "issuer": issuer,
        "expected_next_seq": standings.expected_next(issuer),
        "last_seq": standings.last.get(issuer, 0),
        "gaps": [{"first": first, "last": last} for first, last in standings.gaps.get(issuer, ())],
    }
