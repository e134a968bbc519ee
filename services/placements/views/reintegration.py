"""Read-only queries about ways home."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.placements.domain.reintegration import AT_HOME
from services.placements.domain.reintegration_preparation import Preparation
from services.placements.store.reintegration import OPEN, follow_up, reintegration
from services.placements.views import records
from shared import protection, queries
from shared.reach import Reach

_way, _look = reintegration.c, follow_up.c


def of_child(session: Session, child: UUID) -> list[dict[str, Any]]:
    """A child's ways home, the oldest first, each with its looks; those of records merged into its own among them.

    Raises NotFound for a child never named, or sealed.
    """
    records.known(session, child)
    return _shown(session, _way.child.in_(records.with_merged(session, child)))


def one(session: Session, id_: UUID) -> dict[str, Any]:
    """One way home, with its looks. Raises NotFound."""
    queries.one(session, select(_way.id).where(_way.id == id_, ~records.sealed(_way.child)), "reintegration")
    return _shown(session, _way.id == id_)[0]


def follow_ups_due(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    until: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Looks not held that are due by a day, the longest due first; of ways home in reach, in `areas` (None: any)."""
    query = (
        select(_look.id, _look.reintegration, _look.child, _look.month, _look.due, _way.area)
        .join(reintegration, _way.id == _look.reintegration)
        .where(_look.held_on.is_(None), _look.missed.is_(False), _look.due <= until, _way.state.in_(AT_HOME))
        .where(reach.over(_way.area), ~records.sealed(_look.child))
    )
    if areas is not None:
        query = query.where(_way.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(_look.due, _look.id) > after)
    return queries.rows(session, query.order_by(_look.due, _look.id).limit(limit))


def going_on(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Ways home that are not over, within reach in `areas` (None: any), the oldest first."""
    query = select(reintegration).where(reach.over(_way.area), ~records.sealed(_way.child), _way.state.in_(OPEN))
    if areas is not None:
        query = query.where(_way.area.in_(areas))
    if state is not None:
        query = query.where(_way.state == state)
    if after is not None:
        query = query.where(_way.id > after)
    return queries.rows(session, query.order_by(_way.id).limit(limit))


def _shown(session: Session, which: Any) -> list[dict[str, Any]]:
    ways = protection.opened(
        session, reintegration, queries.rows(session, select(reintegration).where(which).order_by(_way.id))
    )
    mine = select(follow_up).where(_look.reintegration.in_([way["id"] for way in ways]))
    looks = protection.opened(session, follow_up, queries.rows(session, mine.order_by(_look.month)))
    return [
        way
        | {
            "missing": Preparation(
                *(way[name] for name in ("cause", "wish", "parents", "decision", "support"))
            ).missing,
            "follow_ups": [look for look in looks if look["reintegration"] == way["id"]],
        }
        for way in ways
    ]
