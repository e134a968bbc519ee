"""Read-only queries about leaving care and coming of age."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from services.placements.domain.leaving_care import LeavingCareState
from services.placements.domain.leaving_care_majority import ComingOfAgeState
from services.placements.domain.placement import State
from services.placements.store import tables
from services.placements.store.leaving_care import aftercare_visit, coming_of_age, leaving_care
from services.placements.views import records
from shared import protection, queries
from shared.reach import Reach

_leaving, _visit, _grown, _stay, _known = (
    table.c for table in (leaving_care, aftercare_visit, coming_of_age, tables.placement, tables.whereabouts)
)


def of_child(session: Session, child: UUID) -> dict[str, Any]:
    """What is on record of one person, those of records merged into its own among them. Raises NotFound."""
    since = records.known(session, child)["of_age_on"]
    ids = records.with_merged(session, child)
    grown = select(coming_of_age).where(_grown.child.in_(ids)).order_by(_grown.id)
    return {
        "own_subject_since": since,
        "leaving_care": _shown(session, _leaving.child.in_(ids)),
        "coming_of_age": queries.rows(session, grown),
    }


def one(session: Session, id_: UUID) -> dict[str, Any]:
    """One way out of care. Raises NotFound."""
    shown = select(_leaving.id).where(_leaving.id == id_, ~records.sealed(_leaving.child))
    queries.one(session, shown, "leaving care")
    return _shown(session, _leaving.id == id_)[0]


def coming(session: Session, id_: UUID) -> dict[str, Any]:
    """One coming of age in care. Raises NotFound."""
    query = select(coming_of_age).where(_grown.id == id_, ~records.sealed(_grown.child))
    return queries.one(session, query, "coming of age")


def going_on(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    state: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Those on the way out of care within reach in `areas` (None: any), by the day on which a plan is or was due."""
    query = select(leaving_care).where(reach.over(_leaving.area), ~records.sealed(_leaving.child))
    query = query.where(_leaving.state != LeavingCareState.ENDED)
    if state is not None:
        query = query.where(_leaving.state == state)
    if areas is not None:
        query = query.where(_leaving.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(_leaving.due, _leaving.id) > after)
    return queries.rows(session, query.order_by(_leaving.due, _leaving.id).limit(limit))


def undecided(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Who came of age in care and for whom nothing is decided, within reach in `areas`, by due date."""
    query = select(coming_of_age).where(reach.over(_grown.area), ~records.sealed(_grown.child))
    query = query.where(_grown.state == ComingOfAgeState.OPEN)
    if areas is not None:
        query = query.where(_grown.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(_grown.due, _grown.id) > after)
    return queries.rows(session, query.order_by(_grown.due, _grown.id).limit(limit))


def adults_in_facilities(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    forms: Collection[str],
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Those of age who live in residential care for children (`forms`), within reach in `areas`, the longest first."""
    query: Select[Any] = (
        select(_stay.child, _stay.id.label("placement"), _stay.provider, _stay.area, _stay.care_form, _known.of_age_on)
        .join(tables.whereabouts, _known.child == _stay.child)
        .where(_stay.state == State.ACTIVE, _stay.care_form.in_(forms), _known.of_age_on.is_not(None))
        .where(_known.sealed.is_(False), reach.over(_stay.area, _stay.provider))
    )
    if areas is not None:
        query = query.where(_stay.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(_known.of_age_on, _stay.id) > after)
    return queries.rows(session, query.order_by(_known.of_age_on, _stay.id).limit(limit))


def _shown(session: Session, which: Any) -> list[dict[str, Any]]:
    query = select(leaving_care).where(which).order_by(_leaving.id)
    found = protection.opened(session, leaving_care, queries.rows(session, query))
    mine = select(aftercare_visit).where(_visit.leaving_care.in_([each["id"] for each in found]))
    ordered = mine.order_by(_visit.month, _visit.held_on, _visit.id)
    visits = protection.opened(session, aftercare_visit, queries.rows(session, ordered))
    return [each | {"visits": [one for one in visits if one["leaving_care"] == each["id"]]} for each in found]
