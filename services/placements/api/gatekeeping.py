"""The routes of gatekeeping cases: from the request to the recommendation. What is decided: gatekeeping_deciding."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.placements.api import (
    gatekeeping_deciding,
    gatekeeping_reaching,
    gatekeeping_samples,
    gatekeeping_voluntary,
    lists,
    reaching,
)
from services.placements.commands import gatekeeping as commands
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.handlers import gatekeeping as handlers
from services.placements.schemas import gatekeeping as schemas
from services.placements.schemas import gatekeeping_parts as parts
from services.placements.views import gatekeeping as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("gatekeeping", __name__, description="Gatekeeping cases")
A_YEAR = timedelta(days=365)


@blueprint.post("/children/<uuid:child_id>/gatekeeping")
@http.requires("placements.gatekeeping.request", audits="child_id")
@blueprint.arguments(schemas.RequestGatekeeping)
@blueprint.response(201, http.Receipt)
def request_gatekeeping(given: dict[str, Any], child_id: UUID) -> GatekeepingCase:
    """Ask for a decision on a child."""
    http.require_scope(http.by_area(given["area"]))
    with http.transaction() as uow:
        reaching.require_child(uow, child_id)
        command = commands.RequestGatekeeping(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.request_gatekeeping, command)


@blueprint.get("/children/<uuid:child_id>/gatekeeping")
@http.requires("placements.gatekeeping.list", audits="child_id")
@blueprint.response(200, schemas.ChildCases)
def read_cases_of_child(child_id: UUID) -> dict[str, Any]:
    """A child's cases within reach, the newest first."""
    with http.reading() as session:
        rows = views.of_child(session, child_id)
        return {"items": [row for row in rows if http.in_scope(http.by_area(row["area"]))]}


@blueprint.get("/gatekeeping")
@http.requires("placements.gatekeeping.list")
@blueprint.arguments(schemas.CaseQuery, location="query")
@blueprint.response(200, schemas.CasePage)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """Cases in which something is to be done, within reach, what is due first first; lapsed ones among them."""
    return lists.within_reach(
        query, views.open_cases, by=lambda row: (row["due_at"] or views.FAR, row["id"]), types=(datetime, UUID)
    )


@blueprint.get("/gatekeeping/heard")
@http.requires("placements.gatekeeping.list")
@blueprint.response(200, schemas.HeardCount)
def count_heard() -> dict[str, Any]:
    """Of the cases of the last twelve months within reach: children who were heard, and who were not, by reason."""
    with http.reading() as session:
        return views.not_heard(session, http.reach(), http.acting()["today"] - A_YEAR)


@blueprint.get("/gatekeeping/<uuid:case_id>")
@http.requires("placements.gatekeeping.read", audits="case_id")
@blueprint.response(200, schemas.GatekeepingCase)
def read_case(case_id: UUID) -> dict[str, Any]:
    """A case, with all that was said and found."""
    with http.reading() as session:
        found = views.case(session, case_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.get("/gatekeeping/agenda")
@http.requires("placements.agenda.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, schemas.CasePage)
def read_agenda(query: dict[str, Any]) -> dict[str, Any]:
    """The cases on whose panel the caller sits, until they are decided."""
    return lists.of_children(
        query,
        lambda session, after, limit: views.agenda(session, http.acting()["actor"], after, limit),
        by=lambda row: (row["id"],),
        types=(UUID,),
    )


@blueprint.get("/gatekeeping/agenda/<uuid:case_id>")
@http.requires("placements.agenda.read", audits="case_id")
@blueprint.response(200, schemas.GatekeepingCase)
def read_case_on_agenda(case_id: UUID) -> dict[str, Any]:
    """A case for a member of its panel, until it is decided."""
    with http.reading() as session:
        return gatekeeping_reaching.on_agenda(session, case_id)


@blueprint.post("/gatekeeping/<uuid:case_id>/screening")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.ScreenGatekeeping)
@blueprint.response(201, http.Receipt)
def screen_gatekeeping(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """The request is one for this gate; a lapsed case is taken up again."""
    return gatekeeping_reaching.on_case(case_id, handlers.screen_gatekeeping, commands.ScreenGatekeeping, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/reasons")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.ReasonGatekeeping)
@blueprint.response(201, http.Receipt)
def reason_gatekeeping(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """Say anew for which reasons, and which help was tried before."""
    return gatekeeping_reaching.on_case(case_id, handlers.reason_gatekeeping, commands.ReasonGatekeeping, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/hearings")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(parts.Hearing)
@blueprint.response(201, http.Receipt)
def record_hearing(given: Any, case_id: UUID) -> GatekeepingCase:
    """The child was heard, in its words or by a drawing; or was not, for a reason that is not its age."""
    return gatekeeping_reaching.on_case(case_id, handlers.record_hearing, commands.RecordHearing, {"hearing": given})


@blueprint.post("/gatekeeping/<uuid:case_id>/parents")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(parts.ParentView)
@blueprint.response(201, http.Receipt)
def record_parent_view(given: Any, case_id: UUID) -> GatekeepingCase:
    """What one of the parents was told and said."""
    return gatekeeping_reaching.on_case(
        case_id, handlers.record_parent_view, commands.RecordParentView, {"view": given}
    )


@blueprint.post("/gatekeeping/<uuid:case_id>/assessment")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.AssessGatekeeping)
@blueprint.response(201, http.Receipt)
def assess_gatekeeping(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """The assessment is done by the caller, with what it finds."""
    return gatekeeping_reaching.on_case(case_id, handlers.assess_gatekeeping, commands.AssessGatekeeping, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/findings")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.RecordFinding)
@blueprint.response(201, http.Receipt)
def record_finding(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """Record one finding, each by itself."""
    return gatekeeping_reaching.on_case(case_id, handlers.record_finding, commands.RecordFinding, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/options")
@http.requires("placements.gatekeeping.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.RecordOptions)
@blueprint.response(201, http.Receipt)
def record_options(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """Which forms of care were considered, who was asked, what they answered."""
    return gatekeeping_reaching.on_case(case_id, handlers.record_options, commands.RecordOptions, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/panel")
@http.requires("placements.gatekeeping.recommend", audits="case_id", if_match=True)
@blueprint.arguments(schemas.ConvenePanel)
@blueprint.response(201, http.Receipt)
def convene_panel(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """Who sits on the panel; from then on the case is on their agenda."""
    return gatekeeping_reaching.on_case(case_id, handlers.convene_panel, commands.ConvenePanel, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/recommendation")
@http.requires("placements.gatekeeping.recommend", audits="case_id", if_match=True)
@blueprint.arguments(parts.PanelRecommendation)
@blueprint.response(201, http.Receipt)
def recommend_gatekeeping(given: Any, case_id: UUID) -> GatekeepingCase:
    """The panel recommends; the competent body decides."""
    said = {"recommendation": given}
    return gatekeeping_reaching.on_case(case_id, handlers.recommend_gatekeeping, commands.RecommendGatekeeping, said)


@blueprint.post("/gatekeeping/<uuid:case_id>/withdrawal")
@http.requires("placements.gatekeeping.recommend", audits="case_id", if_match=True)
@blueprint.arguments(schemas.WithdrawGatekeeping)
@blueprint.response(201, http.Receipt)
def withdraw_gatekeeping(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """The request is given up."""
    return gatekeeping_reaching.on_case(case_id, handlers.withdraw_gatekeeping, commands.WithdrawGatekeeping, given)


@blueprint.post("/gatekeeping/<uuid:case_id>/joining")
@http.requires("placements.gatekeeping.recommend", audits="case_id", if_match=True)
@blueprint.arguments(schemas.JoinGatekeeping)
@blueprint.response(201, http.Receipt)
def join_gatekeeping(given: dict[str, Any], case_id: UUID) -> GatekeepingCase:
    """Hear it together with the case of a brother or sister."""
    return gatekeeping_reaching.on_case(
        case_id, handlers.join_gatekeeping, commands.JoinGatekeeping, given, also=given["into"]
    )


BLUEPRINTS: tuple[http.Blueprint, ...] = (
    blueprint,
    gatekeeping_deciding.blueprint,
    gatekeeping_voluntary.blueprint,
    gatekeeping_samples.blueprint,
)
