"""The routes about legal measures, guardians and their reports."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.api import legal_consents, reaching
from services.registry.commands import legal as commands
from services.registry.domain import legal as domain
from services.registry.handlers import legal as handlers
from services.registry.schemas import legal as schemas
from services.registry.views import legal as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("legal", __name__, description="What courts and bodies decided about a child")


@blueprint.post("/children/<uuid:child_id>/measures")
@http.requires("registry.legal.record", audits="child_id")
@blueprint.arguments(schemas.RecordMeasure)
@blueprint.response(201, http.Receipt)
def record_measure(given: dict[str, Any], child_id: UUID) -> domain.LegalMeasure:
    """Record a measure that a court or body decided."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        http.audit_read(child_id)
        command = commands.RecordMeasure(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.record_measure, command)


@blueprint.get("/children/<uuid:child_id>/measures")
@http.requires("registry.legal.read", audits="child_id")
@blueprint.response(200, schemas.Measures)
def read_measures(child_id: UUID) -> dict[str, Any]:
    """The legal measures about a child, those in force first."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.shown_measures(views.file(session, child_id))}


@blueprint.post("/measures/<uuid:measure_id>/corrections")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.CorrectMeasure)
@blueprint.response(201, http.Receipt)
def correct_measure(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """Put right what the record of a measure had wrong from the beginning."""
    return _on_one(handlers.correct_measure, commands.CorrectMeasure(id=measure_id, **given, **http.acting()))


@blueprint.post("/measures/<uuid:measure_id>/ending")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.EndMeasure)
@blueprint.response(201, http.Receipt)
def end_measure(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """A measure was lifted."""
    return _on_one(handlers.end_measure, commands.EndMeasure(id=measure_id, **given, **http.acting()))


@blueprint.post("/measures/<uuid:measure_id>/withdrawal")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.WithdrawMeasure)
@blueprint.response(201, http.Receipt)
def withdraw_measure(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """Mark a measure as entered in error; it is kept, without effect."""
    return _on_one(handlers.withdraw_measure, commands.WithdrawMeasure(id=measure_id, **given, **http.acting()))


@blueprint.post("/measures/<uuid:measure_id>/appeal")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.AppealMeasure)
@blueprint.response(201, http.Receipt)
def appeal_measure(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """Someone appealed against a measure."""
    return _on_one(handlers.appeal_measure, commands.AppealMeasure(id=measure_id, **given, **http.acting()))


@blueprint.post("/measures/<uuid:measure_id>/appeal/decision")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.DecideAppeal)
@blueprint.response(201, http.Receipt)
def decide_appeal(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """The appeal was decided."""
    return _on_one(handlers.decide_appeal, commands.DecideAppeal(id=measure_id, **given, **http.acting()))


@blueprint.post("/measures/<uuid:measure_id>/reports")
@http.requires("registry.legal.record", audits="measure_id", if_match=True)
@blueprint.arguments(schemas.TakeReport)
@blueprint.response(201, http.Receipt)
def take_guardian_report(given: dict[str, Any], measure_id: UUID) -> domain.LegalMeasure:
    """A guardian's report came."""
    command = commands.TakeGuardianReport(id=measure_id, **given, **http.acting())
    return _on_one(handlers.take_guardian_report, command)


@blueprint.get("/children/<uuid:child_id>/capacity")
@http.requires("registry.legal.read", audits="child_id")
@blueprint.response(200, schemas.Capacity)
def read_capacity(child_id: UUID) -> dict[str, Any]:
    """Who may consent to what for a child today, and why."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return views.capacity(session, child_id, http.pack(), http.acting()["today"])


@blueprint.get("/alarms/unrepresented-children")
@http.requires("registry.legal.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, schemas.UnrepresentedPage)
def list_unrepresented_children(query: dict[str, Any]) -> dict[str, Any]:
    """Children in care without a known legal representative, within reach, the longest so first."""
    found = _listed(views.unrepresented, query, key=lambda row: (row["since"], row["id"]), child="id")
    http.audit_read(*(row["id"] for row in found["items"]))
    return found


@blueprint.get("/alarms/guardian-reports")
@http.requires("registry.legal.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, schemas.ReportsDuePage)
def list_reports_due(query: dict[str, Any]) -> dict[str, Any]:
    """Guardians' reports that are due and did not come, within reach, the longest due first."""
    found = _listed(views.reports_due, query, key=lambda row: (row["report_due"], row["id"]), child="child")
    http.audit_read(*(row["child"] for row in found["items"]))
    return found


def _listed(view: Any, query: dict[str, Any], *, key: Callable[[Any], tuple[date, UUID]], child: str) -> dict[str, Any]:
    """A page of an alarm list, without the children whom the person may not see."""
    with http.reading() as session:
        after = http.decode_cursor(query["cursor"], date, UUID)
        pack, today = http.pack(), http.acting()["today"]
        rows = view(session, http.reach(), after, query["limit"] + 1, pack, today)
        found = http.page(rows, query["limit"], key=key)
        return found | {"items": reaching.within(found["items"], key=child)}


def _on_one(handler: Any, command: Any) -> domain.LegalMeasure:
    """Act on a measure whose child is within reach, as the caller has seen the measure."""
    with http.transaction() as uow:
        child_id = views.child_of_measure(uow.session, command.id)
        http.audit_read(child_id)
        reaching.child(uow.session, child_id)
        http.require_version(uow.legal.of(child_id).measure(command.id))
        made: domain.LegalMeasure = uow.execute(handler, command)
        return made


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint, *legal_consents.BLUEPRINTS)
