"""The routes about decisions behind imported stays by area, and about whereabouts conflicts."""

from typing import Any

from services.placements.api import lists
from services.placements.commands import stays as commands
from services.placements.domain.legacy import LegacyPlan
from services.placements.handlers import stays_legacy as handlers
from services.placements.schemas import stays as schemas
from services.placements.views import stays as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("legacy", __name__, description="Decisions behind imported stays")


@blueprint.post("/legacy/plans")
@http.requires("placements.legacy.plan")
@blueprint.arguments(schemas.SetLegacyPlan)
@blueprint.response(201, http.Receipt)
def set_legacy_plan(given: dict[str, Any]) -> LegacyPlan:
    """Say which share of the decisions behind imported stays of an area is to be found until when."""
    http.require_scope(http.BelongsTo(area=given["area"]))
    command = commands.SetLegacyPlan(id=new_id(), area=given["area"], steps=tuple(given["steps"]), **http.acting())
    with http.transaction() as uow:
        made: LegacyPlan = uow.execute(handlers.set_legacy_plan, command)
        return made


@blueprint.get("/legacy")
@http.requires("placements.breach.read")
@blueprint.arguments(schemas.LegacyQuery, location="query")
@blueprint.response(200, schemas.LegacyProgress)
def read_legacy(query: dict[str, Any]) -> dict[str, Any]:
    """How far the areas within reach are with the decisions behind imported stays."""
    with http.reading() as session:
        return {"items": views.legacy_progress(session, http.reach(), lists.areas(query), http.acting()["today"])}


@blueprint.get("/alarms/whereabouts-conflicts")
@http.requires("placements.breach.read")
@blueprint.arguments(schemas.AreaQuery, location="query")
@blueprint.response(200, schemas.ConflictPage)
def list_conflicts(query: dict[str, Any]) -> dict[str, Any]:
    """Children whom two places claim, with both claims, the oldest first; counted in the one until people settle it."""
    found = lists.within_reach(query, views.conflicts, by=lambda row: (row["from_"], row["id"]))
    return found | {"items": [_shown(row) for row in found["items"]]}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A conflict without the place that lies out of reach: that there is one is told, not which."""
    hidden = [
        side for side in ("", "counted_") if not http.in_scope(http.by_area(row[side + "area"], row[side + "provider"]))
    ]
    return row | {
        f"{side}{name}": None for side in hidden for name in ("area", "provider", "care_form" if not side else "form")
    }


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
