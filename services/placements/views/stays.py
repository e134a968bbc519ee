"""Read-only queries about absences and reviews of placements."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.placements.domain.absences import OPEN
from services.placements.domain.breach import LEGACY
from services.placements.domain.placement import State
from services.placements.store import tables
from services.placements.store.stays_tables import absence, review, review_words, sibling_bond
from services.placements.views.records import sealed
from shared import protection, queries
from shared.reach import Reach


def absences_of(session: Session, child: UUID, reach: Reach) -> list[dict[str, Any]]:
    """The absences of a child from stays within reach, the oldest first."""
    query = _absences().where(absence.c.child == child, _within(reach))
    return queries.rows(session, query.order_by(absence.c.from_, absence.c.id))


def away(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Children who are away now, the longest away first; of stays within reach in `areas` (None: any)."""
    query = _absences().where(absence.c.state.in_(OPEN), _within(reach), ~sealed(absence.c.child))
    if areas is not None:
        query = query.where(tables.placement.c.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(absence.c.from_, absence.c.id) > after)
    return queries.rows(session, query.order_by(absence.c.from_, absence.c.id).limit(limit))


def reviews_of(session: Session, child: UUID, reach: Reach) -> list[dict[str, Any]]:
    """The reviews of a child's stays within reach, the oldest first, with their words."""
    joined = review.join(tables.placement, review.c.placement == tables.placement.c.id)
    query = select(review, tables.placement.c.area).select_from(joined).where(review.c.child == child, _within(reach))
    found = queries.rows(session, query.order_by(review.c.held_on, review.c.id))
    kept = queries.rows(session, select(review_words).where(review_words.c.review.in_([row["id"] for row in found])))
    words = {row["review"]: row["words"] for row in protection.opened(session, review_words, kept)}
    return [row | {"words": words.get(row["id"], "")} for row in found]


def reviews_due(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Stays that go on by the day on which their next review is due, the most urgent first; within reach."""
    stay = tables.placement.c
    columns = (stay.id, stay.child, stay.area, stay.care_form, stay.provider, stay.review_due)
    query = select(*columns).where(stay.review_due.is_not(None), _within(reach), ~sealed(stay.child))
    if areas is not None:
        query = query.where(stay.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(stay.review_due, stay.id) > after)
    return queries.rows(session, query.order_by(stay.review_due, stay.id).limit(limit))


def bonds_of(session: Session, child: UUID) -> list[dict[str, Any]]:
    """What was found of a child and its brothers and sisters, the oldest first; what was replaced too."""
    return queries.rows(session, select(sibling_bond).where(sibling_bond.c.child == child).order_by(sibling_bond.c.id))


def without_worker(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Children in care for whom nobody answers, the longest so first; of stays within reach in `areas` (None: any)."""
    known, stay = tables.whereabouts.c, tables.placement.c
    columns: tuple[ColumnElement[Any], ...] = (
        known.child, stay.area, known.lacking_since.label("since"), known.lacking_due.label("due"),
        (func.jsonb_array_length(cast(known.cases, JSONB)) > 0).label("case"),
    )  # fmt: skip
    here = and_(stay.child == known.child, stay.state == State.ACTIVE)
    query = select(*columns).join_from(tables.whereabouts, tables.placement, here)
    query = query.where(known.lacking_since.is_not(None), _within(reach), known.sealed.is_(False))
    if areas is not None:
        query = query.where(stay.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(known.lacking_since, known.child) > after)
    return queries.rows(session, query.order_by(known.lacking_since, known.child).limit(limit))


def legacy_progress(session: Session, reach: Reach, areas: Collection[str] | None, today: date) -> list[dict[str, Any]]:
    """By area: imported stays in care without a decision at first, how many are decided or over, open, overdue."""
    own, area = tables.breach.c, tables.placement.c.area
    open_ = own.healed_on.is_(None)
    columns: tuple[ColumnElement[Any], ...] = (
        area, func.count().label("all"), func.count().filter(~open_).label("done"),
        func.count().filter(open_).label("open"), func.count().filter(open_, own.due < today).label("overdue"),
        func.min(own.due).filter(open_).label("next_due"), func.max(own.due).filter(open_).label("last_due"),
    )  # fmt: skip
    query = select(*columns).join_from(tables.breach, tables.placement, own.placement == tables.placement.c.id)
    query = query.where(own.rule == LEGACY, _within(reach), ~sealed(own.child)).group_by(area).order_by(area)
    return queries.rows(session, query if areas is None else query.where(area.in_(areas)))


def conflicts(
    session: Session, reach: Reach, areas: Collection[str] | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Claims that a child is in one place while it is counted in another, the oldest first; either within reach."""
    claim, here = tables.placement.alias("claim"), tables.placement.alias("here")
    counted = and_(here.c.child == claim.c.child, here.c.state == State.ACTIVE)
    columns: tuple[ColumnElement[Any], ...] = (
        claim.c.id, claim.c.child, claim.c.area, claim.c.provider, claim.c.care_form, claim.c.from_,
        here.c.id.label("counted"), here.c.area.label("counted_area"), here.c.provider.label("counted_provider"),
        here.c.care_form.label("counted_form"), here.c.from_.label("counted_from"),
    )  # fmt: skip
    query = select(*columns).join_from(claim, here, counted, isouter=True).where(claim.c.state == State.CLAIMED)
    in_reach = or_(reach.over(claim.c.area, claim.c.provider), reach.over(here.c.area, here.c.provider))
    query = query.where(in_reach, ~sealed(claim.c.child))
    if areas is not None:
        query = query.where(or_(claim.c.area.in_(areas), here.c.area.in_(areas)))
    if after is not None:
        query = query.where(tuple_(claim.c.from_, claim.c.id) > after)
    return queries.rows(session, query.order_by(claim.c.from_, claim.c.id).limit(limit))


def _within(reach: Reach) -> ColumnElement[bool]:
    return reach.over(tables.placement.c.area, tables.placement.c.provider)


def _absences() -> Select[Any]:
    joined = absence.join(tables.placement, absence.c.placement == tables.placement.c.id)
    return select(absence, tables.placement.c.area, tables.placement.c.provider).select_from(joined)
