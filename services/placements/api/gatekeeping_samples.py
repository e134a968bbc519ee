"""The routes of cases looked at again, and of the profiles of reasons that a panel sees."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.placements.api import gatekeeping_reaching, lists, reaching
from services.placements.commands import gatekeeping_samples as commands
from services.placements.domain.gatekeeping_samples import CaseSample
from services.placements.handlers import gatekeeping_samples as handlers
from services.placements.schemas import gatekeeping_voluntary as schemas
from services.placements.views import gatekeeping as cases
from services.placements.views import gatekeeping_profile as profile
from services.placements.views import gatekeeping_voluntary as views
from shared import http

blueprint = http.Blueprint("gatekeeping-samples", __name__, description="Gatekeeping cases looked at again")
SMALLEST = "gatekeeping_profile_smallest"
A_YEAR = timedelta(days=365)


@blueprint.get("/gatekeeping/<uuid:case_id>/reason-profile")
@http.requires("placements.gatekeeping.read", audits="case_id")
@blueprint.response(200, schemas.ReasonProfiles)
def read_reason_profile(case_id: UUID) -> dict[str, Any]:
    """The reasons given in the last twelve months by the worker of a case, and in its district."""
    with http.reading() as session:
        found = cases.case(session, case_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        return _profile(session, found)


@blueprint.get("/gatekeeping/agenda/<uuid:case_id>/reason-profile")
@http.requires("placements.agenda.read", audits="case_id")
@blueprint.response(200, schemas.ReasonProfiles)
def read_reason_profile_on_agenda(case_id: UUID) -> dict[str, Any]:
    """The same for a member of the case's panel, until it is decided."""
    with http.reading() as session:
        return _profile(session, gatekeeping_reaching.on_agenda(session, case_id))


@blueprint.post("/gatekeeping/samples")
@http.requires("placements.gatekeeping.sample")
@blueprint.arguments(schemas.DrawCases)
@blueprint.response(201, schemas.DrawnCases)
def draw_cases(given: dict[str, Any]) -> dict[str, Any]:
    """Draw decided cases by chance, to be looked at again; none in which the caller had a part."""
    http.require_scope(http.by_area(given["area"]))
    areas = tuple(sorted(http.service().areas.below(given.pop("area"))))
    with http.transaction() as uow:
        return {"items": uow.execute(handlers.draw_cases, commands.DrawCases(areas=areas, **given, **http.acting()))}


@blueprint.get("/gatekeeping/samples")
@http.requires("placements.gatekeeping.sample")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, schemas.CaseSamplePage)
def list_samples(query: dict[str, Any]) -> dict[str, Any]:
    """The drawn cases within reach, and what was found."""
    return lists.of_children(
        query,
        lambda session, after, limit: views.samples(session, http.reach(), after, limit),
        by=lambda row: (row["id"],),
        types=(UUID,),
    )


@blueprint.post("/gatekeeping/samples/<uuid:sample_id>/finding")
@http.requires("placements.gatekeeping.sample", audits="sample_id", if_match=True)
@blueprint.arguments(schemas.FindInSample)
@blueprint.response(201, http.Receipt)
def find_in_sample(given: dict[str, Any], sample_id: UUID) -> CaseSample:
    """A drawn case was looked at again, by somebody who had no part in it."""
    placed = (views.place_of_sample, "case_samples", sample_id)
    done: CaseSample = reaching.on_placed(*placed, handlers.find_in_sample, commands.FindInSample, given)
    return done


def _profile(session: Any, case: dict[str, Any]) -> dict[str, Any]:
    today = http.acting()["today"]
    smallest = http.pack().parameter(SMALLEST, today, case["area"]).whole()
    return profile.of_case(session, case, today - A_YEAR, smallest)
