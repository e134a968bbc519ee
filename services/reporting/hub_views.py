"""Read-only queries of a hub: the figures in effect, side by side; who reported what; where each issuer stands.

Never used to decide a write. What the deployment itself reports is in views.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
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
from shared.errors import NotFound


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
    """One period of one reporter: which revision is in effect and what it says it covers.

    `first_received_at`: when the first revision came; `overdue`: whether that was after the day on which it was `due`.
    """

    period: str
    revision: int
    received_at: datetime
    expected: int
    reported: int
    late: int
    first_received_at: datetime
    due: date | None
    overdue: bool


@dataclass(frozen=True)
class Awaited:
    """A period of which nothing is in effect. `overdue`: the day on which it was due is over."""

    period: str
    due: date
    overdue: bool


@dataclass(frozen=True)
class Completeness:
    """Where one reporter stands with the hub. `state`: missing, complete, gaps, or quarantined.

    `contact`: whom the hub's pack names to be asked; None where it names nobody.
    """

    issuer: str
    name: str
    ref_area: str
    contact: str | None
    state: str
    last_seq: int
    expected_next_seq: int
    gaps: tuple[tuple[int, int], ...]
    quarantined: tuple[int, ...]
    refused: int
    periods: tuple[Reported, ...]
    awaited: tuple[Awaited, ...]


def completeness(session: Session, pack: Pack, today: date) -> list[Completeness]:
    """Every reporter that the hub expects or has heard of; what is overdue is so on `today`."""
    sound = session.execute(
        select(*(column for column in delivery.c if column.name not in {"raw", "receipt"})).where(SOUND)
    ).all()
    standings = standing.standing(as_known(row) for row in sound)
    refusals = session.execute(select(delivery.c.issuer).where(~SOUND, delivery.c.issuer.is_not(None))).scalars().all()
    expected = {entry["deployment"]: entry for entry in pack.expects}
    found = []
    for issuer in [*expected, *sorted({row.issuer for row in sound} - set(expected))]:
        own = [row for row in sound if row.issuer == issuer]
        refused = list(refusals).count(issuer)
        found.append(_of_issuer(issuer, expected.get(issuer, {}), standings, own, refused, (today, pack.zone)))
    return found


def _of_issuer(
    issuer: str,
    entry: Mapping[str, str],
    standings: standing.Standing,
    sound: Sequence[Any],
    refused: int,
    here: tuple[date, tzinfo],
) -> Completeness:
    gaps = standings.gaps.get(issuer, ())
    quarantined = tuple(sorted({known.seq for known in standings.quarantined if known.issuer == issuer}))
    last = standings.last.get(issuer, 0)
    state = "quarantined" if quarantined else "gaps" if gaps else "complete" if last else "missing"
    periods = tuple(_periods(issuer, entry, standings, sound, here[1]))
    return Completeness(
        issuer=issuer,
        name=entry.get("name", issuer),
        ref_area=entry.get("iso3", ""),
        contact=entry.get("contact"),
        state=state,
        last_seq=last,
        expected_next_seq=standings.expected_next(issuer),
        gaps=gaps,
        quarantined=quarantined,
        refused=refused,
        periods=periods,
        awaited=tuple(_awaited(entry, {each.period for each in periods}, here[0])),
    )


def _periods(
    issuer: str, entry: Mapping[str, str], standings: standing.Standing, sound: Sequence[Any], zone: tzinfo
) -> Iterable[Reported]:
    by_known = {as_known(row): row for row in sound}
    first: dict[str, datetime] = {}
    for row in sound:
        first[row.period] = min(first.get(row.period, row.received_at), row.received_at)
    for series, known in sorted(standings.effective.items()):
        if series[0] == issuer:
            row = by_known[known]
            said = row.coverage
            period = Period.parse(row.period).time_period
            due, came = due_day(entry, period), first[row.period]
            yield Reported(
                period=period,
                revision=row.revision,
                received_at=row.received_at,
                expected=said["expected"],
                reported=said["reported"],
                late=said["late"],
                first_received_at=came,
                due=due,
                overdue=due is not None and came.astimezone(zone).date() > due,
            )


def due_day(entry: Mapping[str, str], period: str) -> date | None:
    """The day on which a year's figures are due from a reporter; None where the hub's pack does not expect the year.

    A pack says `due` as month and day of the year that follows, and `since` when the first year is expected.
    """
    if "due" not in entry or not period.isdecimal() or period < entry.get("since", period):
        return None
    return date.fromisoformat(f"{int(period) + 1}-{entry['due']}")


def _awaited(entry: Mapping[str, str], there: set[str], today: date) -> Iterable[Awaited]:
    """The years over that the hub expects and has nothing of; without `since` nobody can say where they begin."""
    if "since" not in entry:
        return
    for year in range(int(entry["since"]), today.year):
        due = due_day(entry, str(year))
        if due is not None and str(year) not in there:
            yield Awaited(str(year), due, due < today)


_DELIVERY = (
    delivery.c.hub_seq, delivery.c.seq, delivery.c.period, delivery.c.revision, delivery.c.verdict,
    delivery.c.failed_check, delivery.c.reasons, delivery.c.created_at, delivery.c.received_at, delivery.c.sha256,
)  # fmt: skip


def deliveries(session: Session, issuer: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """What came in an issuer's name, the newest first, without the bytes. What a refused one says may be false."""
    query = select(*_DELIVERY).where(delivery.c.issuer == issuer)
    if before is not None:
        query = query.where(delivery.c.hub_seq < before)
    rows = session.execute(query.order_by(delivery.c.hub_seq.desc()).limit(limit)).mappings()
    return [{**row, "period": _time_period(row["period"])} for row in rows]


def _time_period(said: str | None) -> str | None:
    return None if said is None else Period.parse(said).time_period


def receipt(session: Session, hub_seq: int) -> bytes:
    """The signed receipt of the hub's judgement at a place. Raises NotFound."""
    raw = session.execute(select(delivery.c.receipt).where(delivery.c.hub_seq == hub_seq)).scalar_one_or_none()
    if raw is None:
        raise NotFound("The hub has judged nothing at this place.", field="hub_seq")
    return bytes(raw)


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
