"""Read-only queries of reporting. Never used to decide a write. The hub's own are in hub_views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from services.reporting import domain
from services.reporting.federation.manifest import Position
from services.reporting.indicators.facts import Finding
from services.reporting.store import Facts
from services.reporting.store import cells as rows
from services.reporting.store.tables import bundle, period_note, period_return, return_cell
from shared.countries import Pack

STANDING = (domain.Status.SIGNED, domain.Status.RELEASED)


@dataclass(frozen=True)
class Published:
    """The figures of a period as people see them: frozen by a signature (`return_`), or as known now (None).

    `as_of` and `coverage` say what stands behind them; findings are complete only where they are computed now.
    `because`: codes of why figures known now are incomplete (domain.FLAWS); signed ones were complete, and stay.
    """

    plan: domain.PeriodPlan
    figures: tuple[domain.FrozenFigure, ...]
    findings: tuple[Finding, ...]
    coverage: Mapping[str, int]
    as_of: tuple[Position, ...]
    return_: domain.Return | None
    because: tuple[str, ...] = ()

    @property
    def flaws(self) -> tuple[domain.Flaw, ...]:
        """Why the figures are incomplete, in plain words."""
        return tuple(domain.FLAWS[code] for code in self.because)

    def chosen(self, indicator: str | None, area: str | None) -> tuple[domain.FrozenFigure, ...]:
        """The figures of one indicator, of one area, or all."""
        return tuple(
            figure
            for figure in self.figures
            if indicator in (None, figure.cell.indicator) and area in (None, figure.cell.subnational_area)
        )


def figures(session: Session, pack: Pack, period: str, *, now: bool = False) -> Published:
    """The signed figures of a period; those known now where none are signed, or where `now` asks for them.

    Raises Invalid for what is no period.
    """
    plan = domain.plan(pack, period, note(session, period))
    signed = None if now else standing_return(session, period)
    if signed is None:
        return _known_now(session, plan)
    found = session.execute(select(return_cell).where(return_cell.c.return_id == signed.id)).mappings()
    frozen = tuple(domain.FrozenFigure(rows.as_cell(row), row["children"]) for row in found)
    findings = tuple(Finding(one["rule"], one["weight"], one["text"]) for one in signed.findings)
    return Published(plan, _in_order(plan, frozen), findings, signed.coverage, (), signed)


def _known_now(session: Session, plan: domain.PeriodPlan) -> Published:
    facts = Facts(session)
    because = facts.because()  # first: should the read tables be changed for better ones meanwhile, these are the old
    computed = domain.compute(plan, facts.children(), facts.episodes())
    return Published(
        plan,
        computed.figures,
        computed.findings,
        domain.numbers_of(computed.coverage),
        facts.positions(),
        None,
        because,
    )


def _in_order(plan: domain.PeriodPlan, frozen: Sequence[domain.FrozenFigure]) -> tuple[domain.FrozenFigure, ...]:
    """In the order of the definitions, the country before its areas, as a computation gives them."""
    places = {one.code: place for place, one in enumerate(plan.definitions)}

    def place(figure: domain.FrozenFigure) -> tuple[Any, ...]:
        cell, one = figure.cell, plan.definition(figure.cell.indicator)
        area = "" if cell.subnational_area == "_T" else cell.subnational_area
        age = cell.age if cell.age in one.ages else "_T"
        return (places[one.code], cell.indicator, area, one.sexes.index(cell.sex), one.ages.index(age))

    return tuple(sorted(frozen, key=place))


def note(session: Session, period: str) -> str | None:
    """What people have said of a period."""
    return session.execute(select(period_note.c.text).where(period_note.c.period == period)).scalar_one_or_none()


def standing_return(session: Session, period: str) -> domain.Return | None:
    """The signed return of a period that no later one replaces."""
    columns = period_return.c
    query = select(domain.Return).where(columns.period == period, columns.status.in_(STANDING))
    return session.scalars(query).one_or_none()


def periods(session: Session, pack: Pack) -> tuple[str, ...]:
    """The periods that there is something to show of, the newest first: those signed, and those the pack describes."""
    signed = session.scalars(select(period_return.c.period).distinct())
    return tuple(sorted({*signed, *domain.described(pack)}, reverse=True))


def returns(session: Session) -> list[dict[str, Any]]:
    """All returns with their bundles' fate, the newest period and revision first."""
    columns = (period_return, bundle.c.seq, bundle.c.verdict, bundle.c.received_at)
    joined = period_return.outerjoin(bundle, bundle.c.return_id == period_return.c.id)
    query = select(*columns).select_from(joined)
    ordered = query.order_by(period_return.c.period.desc(), period_return.c.revision.desc())
    return [dict(row._mapping) for row in session.execute(ordered)]


_BUNDLE = (
    bundle.c.seq, period_return.c.period, period_return.c.revision, bundle.c.audience, bundle.c.sha256,
    bundle.c.manifest_sha256, bundle.c.created_at, bundle.c.verdict, bundle.c.received_at,
)  # fmt: skip


def bundles(session: Session, after: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Own bundles behind a place, in their sequence, without their bytes."""
    joined = bundle.join(period_return, bundle.c.return_id == period_return.c.id)
    query = select(*_BUNDLE).select_from(joined).where(bundle.c.seq > after)
    return session.execute(query.order_by(bundle.c.seq).limit(limit)).all()


def unsent(session: Session, audience: str, *, again: bool = False) -> list[int]:
    """The places of the bundles for a reader that has not taken them yet; with `again` of all bundles for it."""
    query = select(bundle.c.seq, bundle.c.verdict).where(bundle.c.audience == audience).order_by(bundle.c.seq)
    rows = session.execute(query)
    return [row.seq for row in rows if again or row.verdict is None or not row.verdict.sound]


def bundle_bytes(session: Session, seq: int) -> bytes:
    """The bytes of an own bundle. Raises NotFound."""
    raw = session.execute(select(bundle.c.raw).where(bundle.c.seq == seq)).scalar_one_or_none()
    if raw is None:
        raise domain.no_bundle()
    return bytes(raw)
