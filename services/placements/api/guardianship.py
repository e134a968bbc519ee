"""The routes of the supervision of guardians: reports, visits, the child's property, lists of what is due."""

from typing import Any
from uuid import UUID

from services.placements.api import lists, reaching
from services.placements.commands import guardianship as commands
from services.placements.domain.guardianship import Guardianship
from services.placements.handlers import guardianship as handlers
from services.placements.schemas import guardianship as schemas
from services.placements.views import guardianship as views
from shared import http

blueprint = http.Blueprint("guardianship", __name__, description="Supervision of guardians")


@blueprint.get("/children/<uuid:child_id>/guardianships")
@http.requires("placements.guardianship.read", audits="child_id")
@blueprint.response(200, schemas.GuardiansOfChild)
def read_guardianships(child_id: UUID) -> dict[str, Any]:
    """A child's guardianships, with what was reported; and since when nobody is guardian, where that is so."""
    with http.reading() as session:
        found = views.of_child(session, child_id)
        http.require_scope(http.by_area(found["area"] or next((each["area"] for each in found["items"]), None)))
        return found


@blueprint.get("/guardianships/<uuid:guardianship_id>")
@http.requires("placements.guardianship.read", audits="guardianship_id")
@blueprint.response(200, schemas.Guardianship)
def read_guardianship(guardianship_id: UUID) -> dict[str, Any]:
    """One supervised guardianship."""
    with http.reading() as session:
        found = views.one(session, guardianship_id)
        http.require_scope(http.by_area(found["area"]))
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found


@blueprint.post("/guardianships/<uuid:guardianship_id>/reports")
@http.requires("placements.guardianship.supervise", audits="guardianship_id", if_match=True)
@blueprint.arguments(schemas.ReceiveGuardianReport)
@blueprint.response(201, http.Receipt)
def receive_guardian_report(given: dict[str, Any], guardianship_id: UUID) -> Guardianship:
    """Take in what a guardian reported, or what a visit found."""
    asked = (handlers.receive_guardian_report, commands.ReceiveGuardianReport, given)
    made: Guardianship = reaching.on_record("guardianships", guardianship_id, *asked)
    return made


@blueprint.get("/guardian-reports-due")
@http.requires("placements.guardianship.read")
@blueprint.arguments(schemas.GuardianshipQuery, location="query")
@blueprint.response(200, schemas.GuardianshipPage)
def list_guardian_reports_due(query: dict[str, Any]) -> dict[str, Any]:
    """Guardians whose report is due, the longest due first; by today unless a day is named."""
    until = query["until"] or http.acting()["today"]
    return lists.within_reach(query, views.reports_due, until, by=lambda row: (row["report_due"], row["id"]))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
