"""The routes of leaving care and coming of age: plans, looks at readiness, exits, visits, decisions, lists."""

from typing import Any
from uuid import UUID

from services.placements.api import lists, reaching
from services.placements.commands import leaving_care as commands
from services.placements.domain.leaving_care import LeavingCare
from services.placements.domain.leaving_care_majority import ComingOfAge
from services.placements.handlers import leaving_care as handlers
from services.placements.schemas import leaving_care as schemas
from services.placements.views import leaving_care as views
from shared import http

blueprint = http.Blueprint("leaving-care", __name__, description="Leaving care and coming of age")
RESIDENTIAL = "RESIDENTIAL"


@blueprint.get("/children/<uuid:child_id>/leaving-care")
@http.requires("placements.leaving_care.read", audits="child_id")
@blueprint.response(200, schemas.LeavingCareOfChild)
def read_leaving_care_of_child(child_id: UUID) -> dict[str, Any]:
    """What is on record of one young person's leaving care and coming of age."""
    with http.reading() as session:
        found = views.of_child(session, child_id)
        for kind in ("leaving_care", "coming_of_age"):
            within = [each for each in found[kind] if http.in_scope(http.by_area(each["area"]))]
            if found[kind] and not within:
                http.require_scope(http.by_area(found[kind][0]["area"]))
            found[kind] = within
        if not found["leaving_care"] and not found["coming_of_age"]:
            found["own_subject_since"] = None
        return found


@blueprint.get("/leaving-care/<uuid:leaving_care_id>")
@http.requires("placements.leaving_care.read", audits="leaving_care_id")
@blueprint.response(200, schemas.LeavingCare)
def read_leaving_care(leaving_care_id: UUID) -> dict[str, Any]:
    """One way out of care, with plan, reviews and visits."""
    with http.reading() as session:
        found = views.one(session, leaving_care_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.post("/leaving-care/<uuid:leaving_care_id>/plan")
@http.requires("placements.leaving_care.plan", audits="leaving_care_id", if_match=True)
@blueprint.arguments(schemas.PlanLeavingCare)
@blueprint.response(201, http.Receipt)
def plan_leaving_care(given: dict[str, Any], leaving_care_id: UUID) -> LeavingCare:
    """Agree on a plan with the young person, or on a new one."""
    return _done(handlers.plan_leaving_care, commands.PlanLeavingCare, leaving_care_id, given)


@blueprint.post("/leaving-care/<uuid:leaving_care_id>/reviews")
@http.requires("placements.leaving_care.plan", audits="leaving_care_id", if_match=True)
@blueprint.arguments(schemas.ReviewReadiness)
@blueprint.response(201, http.Receipt)
def review_readiness(given: dict[str, Any], leaving_care_id: UUID) -> LeavingCare:
    """Tell what a look at readiness found."""
    return _done(handlers.review_readiness, commands.ReviewReadiness, leaving_care_id, given)


@blueprint.post("/leaving-care/<uuid:leaving_care_id>/early-exit")
@http.requires("placements.leaving_care.decide", audits="leaving_care_id", if_match=True)
@blueprint.arguments(schemas.PermitEarlyExit)
@blueprint.response(201, http.Receipt)
def permit_early_exit(given: dict[str, Any], leaving_care_id: UUID) -> LeavingCare:
    """Let someone leave care before coming of age: the placement ends; refused without decision and own request."""
    return _done(handlers.permit_early_exit, commands.PermitEarlyExit, leaving_care_id, given)


@blueprint.post("/leaving-care/<uuid:leaving_care_id>/visits")
@http.requires("placements.leaving_care.visit", audits="leaving_care_id", if_match=True)
@blueprint.arguments(schemas.VisitCareLeaver)
@blueprint.response(201, http.Receipt)
def visit_care_leaver(given: dict[str, Any], leaving_care_id: UUID) -> LeavingCare:
    """Tell what a visit after care found."""
    return _done(handlers.visit_care_leaver, commands.VisitCareLeaver, leaving_care_id, given)


@blueprint.get("/leaving-care")
@http.requires("placements.leaving_care.read")
@blueprint.arguments(schemas.LeavingCareQuery, location="query")
@blueprint.response(200, schemas.LeavingCarePage)
def list_leaving_care(query: dict[str, Any]) -> dict[str, Any]:
    """Who is on the way out of care, by due date of the plan; `awaited`: who should have one and has none."""
    return lists.within_reach(query, views.going_on, query["state"], by=lambda row: (row["due"], row["id"]))


@blueprint.get("/coming-of-age/<uuid:coming_of_age_id>")
@http.requires("placements.leaving_care.read", audits="coming_of_age_id")
@blueprint.response(200, schemas.ComingOfAge)
def read_coming_of_age(coming_of_age_id: UUID) -> dict[str, Any]:
    """That someone came of age in care, and what is decided."""
    with http.reading() as session:
        found = views.coming(session, coming_of_age_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.post("/coming-of-age/<uuid:coming_of_age_id>/decision")
@http.requires("placements.leaving_care.decide", audits="coming_of_age_id", if_match=True)
@blueprint.arguments(schemas.DecideAdultCare)
@blueprint.response(201, http.Receipt)
def decide_adult_care(given: dict[str, Any], coming_of_age_id: UUID) -> ComingOfAge:
    """Say what follows after someone came of age in care; to stay needs the person's own consent and a decision."""
    asked = (handlers.decide_adult_care, commands.DecideAdultCare, given)
    made: ComingOfAge = reaching.on_record("comings_of_age", coming_of_age_id, *asked)
    return made


@blueprint.get("/coming-of-age")
@http.requires("placements.leaving_care.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.ComingOfAgePage)
def list_coming_of_age(query: dict[str, Any]) -> dict[str, Any]:
    """Who came of age in care and for whom nothing is decided, by due date."""
    return lists.within_reach(query, views.undecided, by=lambda row: (row["due"], row["id"]))


@blueprint.get("/adults-in-childrens-facilities")
@http.requires("placements.leaving_care.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.AdultInFacilityPage)
def list_adults_in_facilities(query: dict[str, Any]) -> dict[str, Any]:
    """Who is of age and lives in residential care for children, the longest first."""
    rows_of = http.pack().codes("care_form").items()
    forms = [code for code, row in rows_of if row["bucket"] == RESIDENTIAL]
    return lists.within_reach(
        query, views.adults_in_facilities, forms, by=lambda row: (row["of_age_on"], row["placement"])
    )


def _done(handler: Any, command: Any, leaving_care_id: UUID, given: dict[str, Any]) -> LeavingCare:
    made: LeavingCare = reaching.on_record("leaving_cares", leaving_care_id, handler, command, given)
    return made


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
