"""Read-only queries about missing children."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from services.registry.domain.alerts_comparing import PairDecision
from services.registry.store.alerts_tables import alert, alert_clock, alert_pair
from services.registry.store.children import child
from shared import protection, queries
from shared.ids import short_reference
from shared.reach import Reach

REFERENCE = "AL"
LISTED = (
    alert.c.id,
    alert.c.number,
    alert.c.version,
    alert.c.child,
    alert.c.area,
    alert.c.owner,
    alert.c.raised_at,
    alert.c.stage,
    alert.c.close_reason,
)


def place(session: Session, id_: UUID) -> dict[str, Any] | None:
    """What decides who may see an alert: its child (the record that stands for it), and its area; None: no alert."""
    standing = func.coalesce(child.c.merged_into, alert.c.child).label("child")
    query = select(alert.c.id, standing, alert.c.area).outerjoin(child, child.c.id == alert.c.child)
    row = session.execute(query.where(alert.c.id == id_)).one_or_none()
    return dict(row._mapping) if row else None


def one(session: Session, id_: UUID) -> dict[str, Any]:
    """Everything held of one alert. Raises NotFound."""
    row = queries.one(session, select(alert).where(alert.c.id == id_), "alert")
    row["subject"] = row["child"] or row["id"]
    (shown,) = protection.opened(session, alert, [row], subject="subject")
    told = {step.replace("-", "_"): each for step, each in shown.pop("told")}
    return _referred(shown) | told | {"clocks": clocks(session, id_)}


def clocks(session: Session, id_: UUID) -> list[dict[str, Any]]:
    """The clocks of an alert, by when they run out."""
    query = select(alert_clock).where(alert_clock.c.alert == id_).order_by(alert_clock.c.due_at)
    return queries.rows(session, query)


def alerts(
    session: Session, reach: Reach, *, after: UUID | None, limit: int, stage: str | None, of: UUID | None
) -> list[dict[str, Any]]:
    """Alerts within reach, newest first, without what is written of the child."""
    query = select(*LISTED).outerjoin(child, child.c.id == alert.c.child).where(_within(reach))
    if after is not None:
        query = query.where(alert.c.id < after)
    if stage is not None:
        query = query.where(alert.c.stage == stage)
    if of is not None:
        query = query.where(alert.c.child == of)
    return [_referred(row) for row in queries.rows(session, query.order_by(alert.c.id.desc()).limit(limit))]


def overdue(
    session: Session, reach: Reach, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Steps that were due by `now` and are not taken, the longest overdue first."""
    clock = alert_clock.c
    query: Select[Any] = (
        select(alert.c.id, alert.c.number, alert.c.child, alert.c.area, alert.c.owner)
        .add_columns(clock.step, clock.due_at, clock.told_at)
        .join(alert_clock, clock.alert == alert.c.id)
        .outerjoin(child, child.c.id == alert.c.child)
        .where(clock.done_at.is_(None), clock.due_at <= now, _within(reach))
    )
    if after is not None:
        query = query.where(tuple_(clock.due_at, alert.c.id) > after)
    found = queries.rows(session, query.order_by(clock.due_at, alert.c.id).limit(limit))
    return [_referred(row) for row in found]


def pairs(session: Session, reach: Reach, *, after: UUID | None, limit: int, decided: bool) -> list[dict[str, Any]]:
    """Found children beside missing ones: those that wait for a decision, or those decided."""
    pair = alert_pair.c
    waiting = pair.decision.in_([PairDecision.PROPOSED, PairDecision.UNSURE])
    query = (
        select(alert_pair, alert.c.child.label("missing"), alert.c.area)
        .join(alert, alert.c.id == pair.alert)
        .join(child, child.c.id == pair.child)
        .where(reach.over(child.c.area), ~waiting if decided else waiting)
    )
    if after is not None:
        query = query.where(pair.id > after)
    return queries.rows(session, query.order_by(pair.id).limit(limit))


def pair(session: Session, id_: UUID) -> dict[str, Any] | None:
    """The alert and the child of a pair."""
    query = select(alert_pair.c.alert, alert_pair.c.child).where(alert_pair.c.id == id_)
    row = session.execute(query).one_or_none()
    return dict(row._mapping) if row else None


def _within(reach: Reach) -> ColumnElement[bool]:
    """A registered child's alert goes by the child's area, another's by its own."""
    return or_(
        and_(alert.c.child.is_(None), reach.over(alert.c.area)),
        and_(alert.c.child.is_not(None), reach.over(child.c.area)),
    )


def _referred(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"reference": short_reference(REFERENCE, row["number"])}
