"""Read-only queries about providers, whereabouts and breaches."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store import tables
from services.placements.views import records
from shared import queries
from shared.reach import Reach


def provider(session: Session, id_: UUID) -> dict[str, Any]:
    """One provider, with the number of children living there. Raises NotFound."""
    stays = tables.placement.c
    living = select(func.count()).where(stays.provider == id_, stays.state == domain.State.ACTIVE).scalar_subquery()
    query = select(tables.provider, living.label("children")).where(tables.provider.c.id == id_)
    units = select(tables.provider_unit).where(tables.provider_unit.c.provider == id_)
    found = queries.one(session, query, "provider")
    return found | {"units": queries.rows(session, units.order_by(tables.provider_unit.c.unit))}


def whereabouts(session: Session, child: UUID) -> dict[str, Any]:
    """A child's placements and breaches, the oldest first, those of records merged into its own among them.

    Raises NotFound for a child never named, or sealed.
    """
    known, ids = records.known(session, child), records.with_merged(session, child)
    stays = select(tables.placement).where(tables.placement.c.child.in_(ids))
    breaches = _breaches().where(tables.breach.c.child.in_(ids))
    return known | {
        "placements": queries.rows(session, stays.order_by(tables.placement.c.from_, tables.placement.c.id)),
        "breaches": queries.rows(session, breaches.order_by(tables.breach.c.id)),
    }


def open_breaches(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Rules not met that someone must see to, the most urgent first; of stays within reach in `areas` (None: any)."""
    breach, stay = tables.breach.c, tables.placement.c
    query = _breaches().where(
        breach.healed_on.is_(None), reach.over(stay.area, stay.provider), ~records.sealed(breach.child)
    )
    if areas is not None:
        query = query.where(stay.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(breach.due, breach.id) > after)
    return queries.rows(session, query.order_by(breach.due, breach.id).limit(limit))


def unconfirmed_children(session: Session, reach: Reach, named_before: datetime) -> int:
    """How many children with a placement within reach registry has told nothing of (an alarm after an hour)."""
    known, stay = tables.whereabouts.c, tables.placement.c
    placed = exists().where(stay.child == known.child, reach.over(stay.area, stay.provider))
    query = select(func.count()).where(known.confirmed.is_(False), known.named_at < named_before, placed)
    return session.execute(query).scalar_one()


def in_two_places(session: Session, reach: Reach, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Children whose two records were found to be of one and who are, by them, in several places now (an alarm).

    Each with the active placements, of which one at least is within reach.
    """
    known, stay = tables.whereabouts.c, tables.placement.c
    child = func.coalesce(known.merged_into, known.child)
    columns: tuple[ColumnElement[Any], ...] = (child.label("child"), func.array_agg(stay.id).label("placements"))
    query = (
        select(*columns)
        .join_from(tables.whereabouts, tables.placement, stay.child == known.child)
        .where(stay.state == domain.State.ACTIVE, known.sealed.is_(False), known.withdrawn.is_(False))
        .group_by(child)
        .having(func.count() > 1, func.bool_or(reach.over(stay.area, stay.provider)))
        .order_by(child)
        .limit(limit)
    )
    if after is not None:
        query = query.where(child > after)
    return queries.rows(session, query)


def _breaches() -> Select[Any]:
    joined = tables.breach.join(tables.placement, tables.breach.c.placement == tables.placement.c.id)
    return select(tables.breach, tables.placement.c.area, tables.placement.c.provider).select_from(joined)
