"""Read-only queries of placements. Never used to decide a write."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store import tables
from shared.errors import NotFound
from shared.reach import Reach


def provider(session: Session, id_: UUID) -> dict[str, Any]:
    """One provider, with the number of children living there. Raises NotFound."""
    stays = tables.placement.c
    living = select(func.count()).where(stays.provider == id_, stays.state == domain.State.ACTIVE).scalar_subquery()
    row = session.execute(
        select(tables.provider, living.label("children")).where(tables.provider.c.id == id_)
    ).one_or_none()
    if row is None:
        raise NotFound("No provider with this id.", field="provider")
    return dict(row._mapping)


def whereabouts(session: Session, child: UUID) -> dict[str, Any]:
    """A child's placements and breaches, the oldest first. Raises NotFound for a child never named."""
    row = session.execute(select(tables.whereabouts).where(tables.whereabouts.c.child == child)).one_or_none()
    if row is None:
        raise NotFound("No child with this id.", field="child")
    stays = select(tables.placement).where(tables.placement.c.child == child)
    return {
        "child": child,
        "version": row.version,
        "area": row.area,
        "confirmed": row.confirmed,
        "withdrawn": row.withdrawn,
        "placements": _rows(session, stays.order_by(tables.placement.c.from_, tables.placement.c.id)),
        "breaches": _rows(session, _breaches().where(tables.breach.c.child == child).order_by(tables.breach.c.id)),
    }


def open_breaches(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[Row[Any]]:
    """Rules not met that someone must see to, the most urgent first; of stays within reach in `areas` (None: any)."""
    breach, stay = tables.breach.c, tables.placement.c
    query = _breaches().where(breach.healed_on.is_(None), reach.over(stay.area, stay.provider))
    if areas is not None:
        query = query.where(stay.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(breach.due, breach.id) > after)
    return list(session.execute(query.order_by(breach.due, breach.id).limit(limit)))


def unconfirmed_children(session: Session, reach: Reach, named_before: datetime) -> int:
    """How many children with a placement within reach registry has told nothing of (an alarm after an hour)."""
    known, stay = tables.whereabouts.c, tables.placement.c
    placed = exists().where(stay.child == known.child, reach.over(stay.area, stay.provider))
    query = select(func.count()).where(known.confirmed.is_(False), known.named_at < named_before, placed)
    return session.execute(query).scalar_one()


def _breaches() -> Select[Any]:
    joined = tables.breach.join(tables.placement, tables.breach.c.placement == tables.placement.c.id)
    return select(tables.breach, tables.placement.c.area, tables.placement.c.provider).select_from(joined)


def _rows(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(query)]
