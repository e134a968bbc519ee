"""Read-only queries about alarms and the rota."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from services.placements.store.alarms import alarm, rota_duty
from services.placements.views.records import sealed
from shared import queries
from shared.reach import Reach


def one(session: Session, id_: UUID) -> dict[str, Any]:
    """One alarm, open or settled. Raises NotFound, also for that of a child whose record is sealed."""
    return queries.one(session, select(alarm).where(alarm.c.id == id_, ~sealed(alarm.c.child)), "alarm")


def alarms(
    session: Session,
    reach: Reach,
    *,
    account: str,
    own: bool,
    areas: Collection[str] | None,
    kind: str | None,
    rule: str | None,
    settled: bool,
    due_before: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Alarms within reach or the account's own, the most urgent first; those of a sealed child are shown to nobody."""
    kept = alarm.c
    mine = kept.owner == account
    query = select(alarm).where(~sealed(kept.child), mine if own else or_(reach.over(kept.area), mine))
    query = query.where(kept.settled_at.is_not(None) if settled else kept.settled_at.is_(None))
    if areas is not None:
        query = query.where(kept.area.in_(areas))
    if kind is not None:
        query = query.where(kept.kind == kind)
    if rule is not None:
        query = query.where(kept.rule == rule)
    if due_before is not None:
        query = query.where(kept.due < due_before)
    if after is not None:
        query = query.where(tuple_(kept.due, kept.id) > after)
    return queries.rows(session, query.order_by(kept.due, kept.id).limit(limit))


def duties(session: Session, reach: Reach, on: date, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Who is on the rota, now or later, of areas within reach and of the whole deployment."""
    kept = rota_duty.c
    query = select(rota_duty).where(
        or_(reach.over(kept.area), kept.area.is_(None)), or_(kept.to.is_(None), kept.to > on)
    )
    if after is not None:
        query = query.where(kept.id > after)
    return queries.rows(session, query.order_by(kept.id).limit(limit))
