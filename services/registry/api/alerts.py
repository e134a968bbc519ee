"""The routes of missing children."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import alerts as commands
from services.registry.domain import alerts as domain
from services.registry.domain.alerts_comparing import Pair
from services.registry.domain.alerts_facts import ESCALATION
from services.registry.handlers import alerts as handlers
from services.registry.schemas import alerts as schemas
from services.registry.views import alerts as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("alerts", __name__, description="Missing children")


@blueprint.post("/alerts")
@http.requires("registry.alert.raise")
@blueprint.arguments(schemas.RaiseAlert)
@blueprint.response(201, http.Receipt)
def raise_alert(given: dict[str, Any]) -> domain.Alert:
    """Say that a child is missing, registered or not."""
    acting = http.acting()
    given["owner"] = given["owner"] or acting["actor"]
    with http.transaction() as uow:
        if given["child"] is None:
            reaching.area(given["area"])
        else:
            reaching.locked_child(uow, given["child"])
        return uow.execute(handlers.raise_alert, commands.RaiseAlert(id=new_id(), **given, **acting))


@blueprint.get("/alerts")
@http.requires("registry.alert.read")
@blueprint.arguments(schemas.AlertQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.ListedAlert))
def read_alerts(query: dict[str, Any]) -> dict[str, Any]:
    """Alerts within reach, newest first."""
    after = http.decode_cursor(query["cursor"], UUID)
    limit = query["limit"]
    with http.reading() as session:
        found = views.alerts(
            session,
            http.reach(),
            after=after[0] if after else None,
            limit=limit + 1,
            stage=query["stage"],
            of=query["child"],
        )
        shown = _seen(http.page(found, limit, key=lambda row: (row["id"],)))
        http.audit_read(*_subjects(shown))
        return shown


@blueprint.get("/alerts/<uuid:alert_id>")
@http.requires("registry.alert.read", audits="alert_id")
@blueprint.response(200, schemas.Alert)
def read_alert(alert_id: UUID) -> dict[str, Any]:
    """Everything held of one alert."""
    with http.reading() as session:
        _within(session, alert_id)
        shown = views.one(session, alert_id)
        http.audit_read(shown["child"] or alert_id)
        http.etag(shown["version"])
        return shown


@blueprint.post("/alerts/<uuid:alert_id>/description")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.DescribeMissingChild)
@blueprint.response(201, http.Receipt)
def describe_missing_child(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Say anew whom to look for."""
    return _done(alert_id, handlers.describe_missing_child, commands.DescribeMissingChild, given)


@blueprint.post("/alerts/<uuid:alert_id>/owner")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.HandAlertOn)
@blueprint.response(201, http.Receipt)
def hand_alert_on(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Let another account answer for the alert."""
    return _done(alert_id, handlers.hand_alert_on, commands.HandAlertOn, given)


@blueprint.post("/alerts/<uuid:alert_id>/police-told")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Told)
@blueprint.response(201, http.Receipt)
def record_police_told(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that the police were told."""
    return _done(alert_id, handlers.record_police_told, commands.RecordPoliceTold, given)


@blueprint.post("/alerts/<uuid:alert_id>/agency-told")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Told)
@blueprint.response(201, http.Receipt)
def record_agency_told(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that the agency for missing children was told."""
    return _done(alert_id, handlers.record_agency_told, commands.RecordAgencyTold, given)


@blueprint.post("/alerts/<uuid:alert_id>/investigation")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Told)
@blueprint.response(201, http.Receipt)
def record_investigation(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that an investigation is open."""
    return _done(alert_id, handlers.record_investigation, commands.RecordInvestigation, given)


@blueprint.post("/alerts/<uuid:alert_id>/police-holding")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Holding)
@blueprint.response(201, http.Receipt)
def record_police_holding(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that police hold the child, and until when they did."""
    return _done(alert_id, handlers.record_police_holding, commands.RecordPoliceHolding, given)


@blueprint.post("/alerts/<uuid:alert_id>/finding")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Finding)
@blueprint.response(201, http.Receipt)
def record_finding(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that the child was found."""
    return _done(alert_id, handlers.record_finding, commands.RecordFinding, given)


@blueprint.post("/alerts/<uuid:alert_id>/finding/withdrawal")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.Nothing)
@blueprint.response(201, http.Receipt)
def take_back_finding(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record that the child was not found after all: the search goes on."""
    return _done(alert_id, handlers.take_back_finding, commands.TakeBackFinding, given)


@blueprint.post("/alerts/<uuid:alert_id>/handover")
@http.requires("registry.alert.hand_over", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.HandOver)
@blueprint.response(201, http.Receipt)
def hand_over_child(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Hand a found child over, its safety assessed."""
    return _done(alert_id, handlers.hand_over_child, commands.HandOverChild, given)


@blueprint.post("/alerts/<uuid:alert_id>/closing")
@http.requires("registry.alert.record", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.CloseAlert)
@blueprint.response(201, http.Receipt)
def close_alert(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """End the search otherwise than by finding."""
    return _done(alert_id, handlers.close_alert, commands.CloseAlert, given)


@blueprint.post("/alerts/<uuid:alert_id>/broadcasts")
@http.requires("registry.alert.broadcast", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.BroadcastAlert)
@blueprint.response(201, http.Receipt)
def broadcast_alert(given: dict[str, Any], alert_id: UUID) -> domain.Alert:
    """Record to whom photograph and clothing were sent: nothing else is."""
    return _done(alert_id, handlers.broadcast_alert, commands.BroadcastAlert, given)


@blueprint.post("/alerts/<uuid:alert_id>/broadcasts/<uuid:broadcast_id>/withdrawal")
@http.requires("registry.alert.broadcast", audits="alert_id", if_match=True)
@blueprint.arguments(schemas.WithdrawBroadcast)
@blueprint.response(201, http.Receipt)
def withdraw_broadcast(given: dict[str, Any], alert_id: UUID, broadcast_id: UUID) -> domain.Alert:
    """Record that one recipient has taken the message back."""
    given["broadcast"] = broadcast_id
    return _done(alert_id, handlers.withdraw_broadcast, commands.WithdrawBroadcast, given)


@blueprint.get("/alerts/candidates")
@http.requires("registry.alert.compare")
@blueprint.arguments(schemas.PairQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.PairOfChildren))
def read_pairs(query: dict[str, Any]) -> dict[str, Any]:
    """Found children that may be missing ones, and wait for somebody's decision."""
    after = http.decode_cursor(query["cursor"], UUID)
    limit = query["limit"]
    with http.reading() as session:
        found = views.pairs(
            session, http.reach(), after=after[0] if after else None, limit=limit + 1, decided=query["decided"]
        )
        shown = http.page(found, limit, key=lambda row: (row["id"],))
        within = reaching.within(shown["items"], key="child")
        shown["items"] = [row for row in within if _sees(session, row["missing"], row["area"])]
        http.audit_read(*(row["child"] for row in shown["items"]), *(row["alert"] for row in shown["items"]))
        return shown


@blueprint.post("/alerts/candidates/<uuid:pair_id>/decision")
@http.requires("registry.alert.compare", audits="pair_id", if_match=True)
@blueprint.arguments(schemas.DecidePair)
@blueprint.response(201, http.Receipt)
def decide_pair(given: dict[str, Any], pair_id: UUID) -> Pair:
    """Say whether a found child is the missing one."""
    with http.transaction() as uow:
        known = views.pair(uow.session, pair_id)
        if known is None:
            raise http.OutOfScope("No pair with this id.", field="pair")
        reaching.child(uow.session, known["child"])
        _within(uow.session, known["alert"])
        http.require_version(uow.pairs.get(pair_id))
        return uow.execute(handlers.decide_pair, commands.DecidePair(id=pair_id, **given, **http.acting()))


@blueprint.get("/alarms/overdue-alerts")
@http.requires("registry.alert.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.OverdueStep))
def read_overdue_alerts(query: dict[str, Any]) -> dict[str, Any]:
    """Steps not taken in time, the longest overdue first."""
    after = http.decode_cursor(query["cursor"], datetime, UUID)
    limit = query["limit"]
    with http.reading() as session:
        found = views.overdue(session, http.reach(), http.context().at, after=after, limit=limit + 1)
        rows = [row | {"escalation": ESCALATION} for row in found]
        shown = _seen(http.page(rows, limit, key=lambda row: (row["due_at"], row["id"])))
        http.audit_read(*_subjects(shown))
        return shown


def _done(alert_id: UUID, handler: Any, command: Any, given: dict[str, Any]) -> Any:
    """One command about an alert within reach, which is as the caller has seen it."""
    with http.transaction() as uow:
        _within(uow.session, alert_id)
        http.require_version(uow.alerts.get(alert_id))
        return uow.execute(handler, command(id=alert_id, **given, **http.acting()))


def _within(session: Any, alert_id: UUID) -> None:
    """The alert lies within reach: its child does, or its area where nobody has registered the child."""
    place = views.place(session, alert_id)
    if place is None:
        raise http.OutOfScope("No alert with this id.", field="alert")
    if place["child"] is None:
        reaching.area(place["area"])
    else:
        reaching.child(session, place["child"])


def _sees(session: Any, child: UUID | None, area: str) -> bool:
    if child is None:
        return http.in_scope(http.by_area(area))
    return bool(reaching.within([{"id": child}]))


def _seen(page: dict[str, Any]) -> dict[str, Any]:
    """The page without children that the person may not see."""
    registered = [row for row in page["items"] if row["child"] is not None]
    seen = {row["child"] for row in reaching.within(registered, key="child")}
    page["items"] = [row for row in page["items"] if row["child"] is None or row["child"] in seen]
    return page


def _subjects(page: dict[str, Any]) -> list[UUID]:
    """Whose reading is noted: the child's, or that of the alert of a child nobody has registered."""
    return [row["child"] or row["id"] for row in page["items"]]


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
