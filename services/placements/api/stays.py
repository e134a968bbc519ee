"""The routes about absences and reviews of placements."""

from typing import Any
from uuid import UUID

from services.placements.api import lists, reaching, stays_bonds, stays_legacy
from services.placements.commands import stays as commands
from services.placements.domain import absences, reviews
from services.placements.handlers import stays as handlers
from services.placements.schemas import stays as schemas
from services.placements.views import stays as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("stays", __name__, description="Absences and reviews of placements")


@blueprint.post("/placements/<uuid:placement_id>/absences")
@http.requires("placements.absence.record", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.StartAbsence)
@blueprint.response(201, http.Receipt)
def start_absence(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """A child is away from where it lives: hospital, holiday, trial at home, missing; it stays in care."""
    command = commands.StartAbsence(id=new_id(), placement=placement_id, **given, **http.acting())
    with http.transaction() as uow:
        child = uow.whereabouts.holding(placement_id)
        return reaching.on_stay(uow, child, placement_id, handlers.start_absence, command)


@blueprint.post("/absences/<uuid:absence_id>/expectation")
@http.requires("placements.absence.record", audits="absence_id", if_match=True)
@blueprint.arguments(schemas.ExpectBack)
@blueprint.response(201, http.Receipt)
def expect_back(given: dict[str, Any], absence_id: UUID) -> dict[str, Any]:
    """The child is expected back on another day."""
    return _on_absence(handlers.expect_back, commands.ExpectBack(id=absence_id, **given, **http.acting()))


@blueprint.post("/absences/<uuid:absence_id>/end")
@http.requires("placements.absence.record", audits="absence_id", if_match=True)
@blueprint.arguments(schemas.Back)
@blueprint.response(201, http.Receipt)
def end_absence(given: dict[str, Any], absence_id: UUID) -> dict[str, Any]:
    """The child is back."""
    return _on_absence(handlers.end_absence, commands.EndAbsence(id=absence_id, **given, **http.acting()))


@blueprint.post("/absences/<uuid:absence_id>/withdrawal")
@http.requires("placements.placement.correct", audits="absence_id", if_match=True)
@blueprint.arguments(schemas.WithdrawAbsence)
@blueprint.response(201, http.Receipt)
def withdraw_absence(_given: dict[str, Any], absence_id: UUID) -> dict[str, Any]:
    """Mark an absence as entered in error."""
    return _on_absence(handlers.withdraw_absence, commands.WithdrawAbsence(id=absence_id, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/absences")
@http.requires("placements.placement.read", audits="child_id")
@blueprint.response(200, schemas.ChildAbsences)
def read_absences(child_id: UUID) -> dict[str, Any]:
    """The absences of a child from places within reach."""
    with http.reading() as session:
        known = reaching.child(session, child_id)
        http.etag(known["version"])
        return {"version": known["version"], "items": views.absences_of(session, child_id, http.reach())}


@blueprint.get("/absences")
@http.requires("placements.placement.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.AbsencePage)
def list_absences(query: dict[str, Any]) -> dict[str, Any]:
    """Children within reach who are away now, the longest away first."""
    return lists.within_reach(query, views.away, by=lambda row: (row["from_"], row["id"]))


@blueprint.post("/placements/<uuid:placement_id>/reviews")
@http.requires("placements.review.hold", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.HoldReview)
@blueprint.response(201, http.Receipt)
def hold_review(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """A review of the child's care was held."""
    command = commands.HoldReview(id=new_id(), placement=placement_id, **given, **http.acting())
    with http.transaction() as uow:
        return reaching.on_stay(uow, uow.whereabouts.holding(placement_id), placement_id, handlers.hold_review, command)


@blueprint.post("/reviews/<uuid:review_id>/withdrawal")
@http.requires("placements.placement.correct", audits="review_id", if_match=True)
@blueprint.arguments(schemas.WithdrawReview)
@blueprint.response(201, http.Receipt)
def withdraw_review(_given: dict[str, Any], review_id: UUID) -> dict[str, Any]:
    """Mark a review as entered in error."""
    command = commands.WithdrawReview(id=review_id, **http.acting())
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.stays.of_review(review_id))
        return reaching.on_stay(uow, child, reviews.find(child, review_id).placement, handlers.withdraw_review, command)


@blueprint.get("/children/<uuid:child_id>/reviews")
@http.requires("placements.review.read", audits="child_id")
@blueprint.response(200, schemas.ChildReviews)
def read_reviews(child_id: UUID) -> dict[str, Any]:
    """The reviews of a child's care in places within reach, with their words."""
    with http.reading() as session:
        known = reaching.child(session, child_id)
        http.etag(known["version"])
        return {"version": known["version"], "items": views.reviews_of(session, child_id, http.reach())}


@blueprint.get("/reviews/due")
@http.requires("placements.review.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.ReviewDuePage)
def list_reviews_due(query: dict[str, Any]) -> dict[str, Any]:
    """When the next review of each stay within reach is due, the most urgent first."""
    return lists.within_reach(query, views.reviews_due, by=lambda row: (row["review_due"], row["id"]))


@blueprint.get("/alarms/without-worker")
@http.requires("placements.breach.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.WithoutWorkerPage)
def list_without_worker(query: dict[str, Any]) -> dict[str, Any]:
    """Children in care within reach who have no open case, or no worker named for one, the longest so first."""
    return lists.within_reach(query, views.without_worker, by=lambda row: (row["since"], row["child"]))


def _on_absence(handler: Any, command: Any) -> dict[str, Any]:
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.stays.of_absence(command.id))
        return reaching.on_stay(uow, child, absences.find(child, command.id).placement, handler, command)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint, *stays_bonds.BLUEPRINTS, *stays_legacy.BLUEPRINTS)
