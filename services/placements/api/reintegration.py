"""The routes of the way home: preparation, trial, return, looks at the child at home, and lists of what is due."""

from typing import Any
from uuid import UUID

from services.placements.api import lists, reaching
from services.placements.commands import reintegration as commands
from services.placements.domain.reintegration import Reintegration
from services.placements.handlers import reintegration as handlers
from services.placements.schemas import placements as placement_schemas
from services.placements.schemas import reintegration as schemas
from services.placements.views import reintegration as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("reintegration", __name__, description="The way home")


@blueprint.get("/children/<uuid:child_id>/reintegrations")
@http.requires("placements.reintegration.read", audits="child_id")
@blueprint.response(200, schemas.Reintegrations)
def read_reintegrations(child_id: UUID) -> dict[str, Any]:
    """A child's ways home, with what is still to be settled, and what looks at it found."""
    with http.reading() as session:
        found = views.of_child(session, child_id)
        within = [way for way in found if http.in_scope(http.by_area(way["area"]))]
        if found and not within:
            http.require_scope(http.by_area(found[0]["area"]))
        return {"items": within}


@blueprint.post("/children/<uuid:child_id>/reintegrations")
@http.requires("placements.reintegration.prepare", audits="child_id")
@blueprint.arguments(schemas.PrepareReturn)
@blueprint.response(201, http.Receipt)
def start_reintegration(given: dict[str, Any], child_id: UUID) -> Reintegration:
    """Begin to prepare a child in care to go home."""
    with http.transaction() as uow:
        child = uow.whereabouts.of(child_id)
        area = child.active.area if child.active else child.known.area
        http.require_scope(http.by_area(area))
        command = commands.StartReintegration(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.start_reintegration, command)


@blueprint.get("/reintegrations/<uuid:reintegration_id>")
@http.requires("placements.reintegration.read", audits="reintegration_id")
@blueprint.response(200, schemas.Reintegration)
def read_reintegration(reintegration_id: UUID) -> dict[str, Any]:
    """One way home."""
    with http.reading() as session:
        found = views.one(session, reintegration_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.post("/reintegrations/<uuid:reintegration_id>/preparation")
@http.requires("placements.reintegration.prepare", audits="reintegration_id", if_match=True)
@blueprint.arguments(schemas.PrepareReturn)
@blueprint.response(201, http.Receipt)
def prepare_return(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """State how it stands with what must be settled before the child goes home."""
    return _done(handlers.prepare_return, commands.PrepareReturn, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/trial")
@http.requires("placements.reintegration.decide", audits="reintegration_id", if_match=True)
@blueprint.arguments(schemas.BeginTrial)
@blueprint.response(201, http.Receipt)
def begin_trial(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Let the child live at home on trial; refused where it is not prepared, or planned for too long."""
    return _done(handlers.begin_trial, commands.BeginTrial, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/trial/stop")
@http.requires("placements.reintegration.follow_up", audits="reintegration_id", if_match=True)
@blueprint.arguments(placement_schemas.OnDay)
@blueprint.response(201, http.Receipt)
def stop_trial(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Tell that the child came back to its place in care."""
    return _done(handlers.stop_trial, commands.StopTrial, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/return")
@http.requires("placements.reintegration.decide", audits="reintegration_id", if_match=True)
@blueprint.arguments(placement_schemas.OnDay)
@blueprint.response(201, http.Receipt)
def return_child(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Let the child be home full time: its placement ends; refused where it is not prepared."""
    return _done(handlers.return_child, commands.ReturnChild, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/follow-ups")
@http.requires("placements.reintegration.follow_up", audits="reintegration_id", if_match=True)
@blueprint.arguments(schemas.FollowUpReturn)
@blueprint.response(201, http.Receipt)
def follow_up_return(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Tell what a look at the child at home found."""
    return _done(handlers.follow_up_return, commands.FollowUpReturn, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/breakdown")
@http.requires("placements.reintegration.follow_up", audits="reintegration_id", if_match=True)
@blueprint.arguments(schemas.RecordBreakdown)
@blueprint.response(201, http.Receipt)
def record_breakdown(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Tell that the child is at home no more; that it came into care again is noticed without this."""
    return _done(handlers.record_breakdown, commands.RecordBreakdown, reintegration_id, given)


@blueprint.post("/reintegrations/<uuid:reintegration_id>/end")
@http.requires("placements.reintegration.follow_up", audits="reintegration_id", if_match=True)
@blueprint.arguments(schemas.EndReintegration)
@blueprint.response(201, http.Receipt)
def end_reintegration(given: dict[str, Any], reintegration_id: UUID) -> Reintegration:
    """Tell that it is over otherwise: the family moved abroad, or there will be no return."""
    return _done(handlers.end_reintegration, commands.EndReintegration, reintegration_id, given)


@blueprint.get("/reintegrations")
@http.requires("placements.reintegration.read")
@blueprint.arguments(schemas.ReintegrationQuery, location="query")
@blueprint.response(200, schemas.ReintegrationPage)
def list_reintegrations(query: dict[str, Any]) -> dict[str, Any]:
    """Ways home within reach that are not over, the oldest first."""
    return lists.within_reach(query, views.going_on, query["state"], by=lambda row: (row["id"],), types=(UUID,))


@blueprint.get("/follow-ups")
@http.requires("placements.reintegration.read")
@blueprint.arguments(schemas.FollowUpQuery, location="query")
@blueprint.response(200, schemas.FollowUpPage)
def list_follow_ups(query: dict[str, Any]) -> dict[str, Any]:
    """Looks at returned children within reach that are due, the longest due first; by today unless a day is named."""
    today = http.acting()["today"]
    due = (views.follow_ups_due, query["until"] or today)
    found = lists.within_reach(query, *due, by=lambda row: (row["due"], row["id"]))
    return found | {"items": [row | {"overdue": row["due"] < today} for row in found["items"]]}


def _done(handler: Any, command: Any, reintegration_id: UUID, given: dict[str, Any]) -> Reintegration:
    made: Reintegration = reaching.on_record("reintegrations", reintegration_id, handler, command, given)
    return made


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
