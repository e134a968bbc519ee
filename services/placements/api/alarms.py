"""The routes about alarms and the rota."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.placements.api import lists
from services.placements.commands import alarms as commands
from services.placements.domain import alarms as domain
from services.placements.domain import rota
from services.placements.handlers import alarms as handlers
from services.placements.schemas import alarms as schemas
from services.placements.views import alarms as views
from shared import http
from shared.errors import NotFound
from shared.ids import new_id

blueprint = http.Blueprint("alarms", __name__, description="What somebody must see to, and who is on the rota")


@blueprint.get("/alarms")
@http.requires("placements.alarm.read")
@blueprint.arguments(schemas.AlarmQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Alarm))
def list_alarms(query: dict[str, Any]) -> dict[str, Any]:
    """Alarms within reach and the own ones, the most urgent first."""
    acting = http.acting()
    asked = {name: query[name] for name in ("own", "kind", "rule", "settled")}
    asked |= {"areas": lists.areas(query), "due_before": acting["at"] if query["overdue"] else None}
    return lists.of_children(
        query,
        lambda session, after, limit: views.alarms(
            session, http.reach(), account=acting["actor"], after=after, limit=limit, **asked
        ),
        by=lambda row: (row["due"], row["id"]),
        types=(datetime, UUID),
    )


@blueprint.get("/alarms/<uuid:alarm_id>")
@http.requires("placements.alarm.read", audits="alarm_id")
@blueprint.response(200, schemas.Alarm)
def read_alarm(alarm_id: UUID) -> dict[str, Any]:
    """One alarm."""
    with http.reading() as session:
        found = views.one(session, alarm_id)
        _require_reach(found["area"], found["owner"])
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.post("/alarms/<uuid:alarm_id>/acknowledgement")
@http.requires("placements.alarm.acknowledge", audits="alarm_id", if_match=True)
@blueprint.arguments(schemas.AcknowledgeAlarm)
@blueprint.response(201, http.Receipt)
def acknowledge_alarm(_given: dict[str, Any], alarm_id: UUID) -> domain.Alarm:
    """Say that one sees to it; it stays on the list until it is seen to."""
    with http.transaction() as uow:
        found = uow.alarms.get(alarm_id)
        _require_reach(found.area, found.owner)
        http.require_version(found)
        return uow.execute(handlers.acknowledge_alarm, commands.AcknowledgeAlarm(id=alarm_id, **http.acting()))


@blueprint.get("/rota")
@http.requires("placements.rota.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Duty))
def list_rota(query: dict[str, Any]) -> dict[str, Any]:
    """Who is on the rota, now or later."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        rows = views.duties(
            session, http.reach(), http.acting()["today"], after[0] if after else None, query["limit"] + 1
        )
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


@blueprint.post("/rota")
@http.requires("placements.rota.set")
@blueprint.arguments(schemas.AssignDuty)
@blueprint.response(201, http.Receipt)
def assign_duty(given: dict[str, Any]) -> rota.Duty:
    """Put an account on the rota of a role; without an area: of the whole deployment."""
    http.require_scope(http.by_area(given["area"]))
    with http.transaction() as uow:
        return uow.execute(handlers.assign_duty, commands.AssignDuty(id=new_id(), **given, **http.acting()))


@blueprint.post("/rota/<uuid:duty_id>/ending")
@http.requires("placements.rota.set", audits="duty_id", if_match=True)
@blueprint.arguments(schemas.EndDuty)
@blueprint.response(201, http.Receipt)
def end_duty(given: dict[str, Any], duty_id: UUID) -> rota.Duty:
    """Take an account off the rota from a day on."""
    with http.transaction() as uow:
        duty = uow.rota.get(duty_id)
        http.require_scope(http.by_area(duty.area))
        http.require_version(duty)
        return uow.execute(handlers.end_duty, commands.EndDuty(id=duty_id, **given, **http.acting()))


def _require_reach(area: str | None, owner: str | None) -> None:
    """An alarm is seen by its owner, and by those who reach its area. Raises NotFound."""
    if owner != http.acting()["actor"] and not http.in_scope(http.by_area(area)):
        raise NotFound("No alarm with this id.", field="id")


BLUEPRINTS = (blueprint,)
