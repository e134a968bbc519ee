"""The routes about removals and notices: children taken at night, who is to be told by when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.placements.api import lists, reaching
from services.placements.commands import decisions as commands
from services.placements.domain import Stay, Whereabouts, codes, decisions_notices
from services.placements.handlers import decisions as handlers
from services.placements.schemas import decisions as schemas
from services.placements.views import decisions as views
from shared import clock, http
from shared.ids import new_id

blueprint = http.Blueprint("notices", __name__, description="Children taken at once, and who is told of decisions")


@blueprint.post("/emergencies")
@http.requires("placements.placement.record")
@blueprint.arguments(schemas.RecordEmergencies)
@blueprint.response(201, schemas.RecordedEmergencies)
def record_emergencies(given: dict[str, Any]) -> dict[str, Any]:
    """Record that children were taken at once and where they were brought; no rule refuses it, all or none."""
    arrived_at = given["arrived_at"] or given["taken_at"]
    day = clock.day_in(http.service().zone, arrived_at)
    stay = Stay(**given["stay"], from_=day, kind=codes.EMERGENCY)
    http.require_scope(http.by_area(stay.area, stay.provider))
    items = []
    with http.transaction() as uow:
        for child_id in sorted(set(given["children"])):
            former = uow.whereabouts.of(child_id).active
            if former:
                http.require_scope(http.by_area(former.area, former.provider))
            http.audit_read(child_id)
            command = commands.RecordEmergency(
                id=new_id(), child=child_id, placement=new_id(), stay=stay, arrived_at=arrived_at, **_taken(given),
                **http.acting(),
            )  # fmt: skip
            items.append(_shown(uow.execute(handlers.record_emergency, command), command))
        return {"items": items}


@blueprint.get("/notices")
@http.requires("placements.decision.read")
@blueprint.arguments(schemas.NoticeQuery, location="query")
@blueprint.response(200, schemas.NoticePage)
def list_open_notices(query: dict[str, Any]) -> dict[str, Any]:
    """Who is still to be told of decisions and removals, within reach, the most urgent first."""
    return lists.within_reach(query, views.open_notices, by=lambda row: (row["due"], row["id"]), types=(datetime, UUID))


@blueprint.post("/notices/<uuid:notice_id>/sent")
@http.requires("placements.notice.send", audits="notice_id")
@blueprint.arguments(schemas.SendNotice)
@blueprint.response(201, http.Receipt)
def send_notice(given: dict[str, Any], notice_id: UUID) -> dict[str, Any]:
    """Somebody was told, or it is written down why not."""
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.decisions.child_of_notice(notice_id))
        http.require_scope(http.by_area(decisions_notices.find(child, notice_id).area))
        command = commands.SendNotice(id=notice_id, **given, **http.acting())
        return reaching.receipt(notice_id, uow.execute(handlers.send_notice, command))


def _taken(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("taken_by", "situation", "taken_from", "taken_at")}


def _shown(child: Whereabouts, command: commands.RecordEmergency) -> dict[str, Any]:
    return {
        "child": child.id,
        "version": child.version,
        "emergency": command.id,
        "placement": command.placement,
        "state": child.placement(command.placement).state,
        "breaches": [each for each in child.breaches if each.is_open and each.placement == command.placement],
        "notices": [each for each in child.notices if each.about == command.id],
    }


BLUEPRINTS = (blueprint,)
