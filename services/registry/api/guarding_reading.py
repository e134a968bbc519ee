"""The routes about alarms of unusual reading."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.commands import guarding_reading as commands
from services.registry.domain import guarding_reading as domain
from services.registry.handlers import guarding_reading as handlers
from services.registry.schemas import guarding_reading as schemas
from services.registry.views import guarding_reading as views
from shared import http

alarms = http.Blueprint("reading-alarms", __name__, description="Accounts that read unusually many records")


@alarms.get("/reading-alarms")
@http.requires("registry.reading_alarm.read")
@alarms.arguments(schemas.AlarmQuery, location="query")
@alarms.response(200, http.page_schema(schemas.ReadingAlarm))
def read_alarms(query: dict[str, Any]) -> dict[str, Any]:
    """The alarms about unusual reading, newest first."""
    after = http.decode_cursor(query["cursor"], date, UUID)
    with http.reading() as session:
        statuses = [query["status"]] if query["status"] else []
        rows = views.alarms(session, statuses, (after[0], after[1]) if after else None, query["limit"] + 1)
        return http.page(rows, query["limit"], key=lambda row: (row["day"], row["id"]))


@alarms.post("/reading-alarms/<uuid:alarm_id>/explanation")
@http.requires("registry.reading_alarm.answer")
@alarms.arguments(schemas.AnswerReadingAlarm)
@alarms.response(201, http.Receipt)
def answer_alarm(given: dict[str, Any], alarm_id: UUID) -> domain.ReadingAlarm:
    """Say what the unusual reading was; never of the own account."""
    with http.transaction() as uow:
        command = commands.AnswerReadingAlarm(
            id=alarm_id,
            misuse=given["verdict"] == domain.AlarmStatus.MISUSE,
            words=given["words"],
            **http.acting(),
        )
        return uow.execute(handlers.answer_reading_alarm, command)


BLUEPRINTS: tuple[http.Blueprint, ...] = (alarms,)
