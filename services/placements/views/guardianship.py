"""Read-only queries about the supervision of guardians."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.placements.domain.guardianship import GuardianshipState
from services.placements.store.guardianship import guardianship
from services.placements.views import records
from shared import protection, queries
from shared.reach import Reach

_held = guardianship.c


def of_child(session: Session, child: UUID) -> dict[str, Any]:
    """A child's guardianships, those of records merged into its own among them, the oldest first. Raises NotFound."""
    known, ids = records.known(session, child), records.with_merged(session, child)
    items = _shown(session, _held.child.in_(ids))
    return {"unrepresented_since": known["unrepresented_since"], "area": known["area"], "items": items}


def one(session: Session, id_: UUID) -> dict[str, Any]:
    """One supervised guardianship. Raises NotFound."""
    query = select(_held.id).where(_held.id == id_, ~records.sealed(_held.child))
    queries.one(session, query, "guardianship")
    return _shown(session, _held.id == id_)[0]


def reports_due(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    until: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Guardians in force whose report is due by a day, within reach in `areas` (None: any), the longest due first."""
    query = select(guardianship).where(
        _held.state == GuardianshipState.IN_FORCE,
        _held.report_due <= until,
        reach.over(_held.area),
        ~records.sealed(_held.child),
    )
    if areas is not None:
        query = query.where(_held.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(_held.report_due, _held.id) > after)
    return queries.rows(session, query.order_by(_held.report_due, _held.id).limit(limit))


def _shown(session: Session, which: Any) -> list[dict[str, Any]]:
    query = select(guardianship).where(which).order_by(_held.id)
    rows = protection.opened(session, guardianship, queries.rows(session, query))
    return [row | {"from_": row["from"]} for row in rows]
