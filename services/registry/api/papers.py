"""The routes of a child's papers: the checklist of its personal file, identity work. Files: papers_attachments."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.api.papers_attachments import attachments
from services.registry.commands import papers as commands
from services.registry.domain.papers import ESCALATION, ChildDocument, IdentityWork
from services.registry.handlers import papers as handlers
from services.registry.schemas import papers as schemas
from services.registry.views import papers as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("papers", __name__, description="A child's papers")


@blueprint.get("/children/<uuid:child_id>/documents")
@http.requires("registry.papers.read", audits="child_id")
@blueprint.response(200, schemas.Checklist)
def read_checklist(child_id: UUID) -> dict[str, Any]:
    """The checklist of a child's personal file."""
    kinds = http.pack().codes("document_kind")
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.checklist(session, child_id, kinds)}


@blueprint.post("/children/<uuid:child_id>/documents")
@http.requires("registry.papers.record", audits="child_id")
@blueprint.arguments(schemas.StateDocument)
@blueprint.response(201, http.Receipt)
def state_document(given: dict[str, Any], child_id: UUID) -> ChildDocument:
    """Say how it stands with one paper: held, missing or applied for."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        command = commands.StateDocument(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.state_document, command)


@blueprint.get("/children/<uuid:child_id>/identity-work")
@http.requires("registry.papers.read", audits="child_id")
@blueprint.response(200, schemas.IdentityWorks)
def read_identity_work(child_id: UUID) -> dict[str, Any]:
    """What is being done to get the child its papers."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.works(session, child_id)}


@blueprint.post("/children/<uuid:child_id>/identity-work")
@http.requires("registry.papers.record", audits="child_id")
@blueprint.arguments(schemas.OpenIdentityWork)
@blueprint.response(201, http.Receipt)
def open_identity_work(given: dict[str, Any], child_id: UUID) -> IdentityWork:
    """Let somebody obtain a paper for the child."""
    acting = http.acting()
    given["owner"] = given["owner"] or acting["actor"]
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        command = commands.OpenIdentityWork(id=new_id(), child=child_id, **given, **acting)
        return uow.execute(handlers.open_identity_work, command)


@blueprint.post("/identity-work/<uuid:work_id>/owner")
@http.requires("registry.papers.record", audits="work_id", if_match=True)
@blueprint.arguments(schemas.HandIdentityWorkOn)
@blueprint.response(201, http.Receipt)
def hand_identity_work_on(given: dict[str, Any], work_id: UUID) -> IdentityWork:
    """Let another account see to it."""
    return _done(work_id, handlers.hand_identity_work_on, commands.HandIdentityWorkOn, given)


@blueprint.post("/identity-work/<uuid:work_id>/application")
@http.requires("registry.papers.record", audits="work_id", if_match=True)
@blueprint.arguments(schemas.Application)
@blueprint.response(201, http.Receipt)
def record_application(given: dict[str, Any], work_id: UUID) -> IdentityWork:
    """Record that the paper was applied for."""
    return _done(work_id, handlers.record_application, commands.RecordApplication, given)


@blueprint.post("/identity-work/<uuid:work_id>/obtained")
@http.requires("registry.papers.record", audits="work_id", if_match=True)
@blueprint.arguments(schemas.PaperObtained)
@blueprint.response(201, http.Receipt)
def record_paper_obtained(given: dict[str, Any], work_id: UUID) -> IdentityWork:
    """Record that the paper is there."""
    return _done(work_id, handlers.record_paper_obtained, commands.RecordPaperObtained, given)


@blueprint.post("/identity-work/<uuid:work_id>/refusal")
@http.requires("registry.papers.record", audits="work_id", if_match=True)
@blueprint.arguments(schemas.InWords)
@blueprint.response(201, http.Receipt)
def record_paper_refused(given: dict[str, Any], work_id: UUID) -> IdentityWork:
    """Record that the office has refused."""
    return _done(work_id, handlers.record_paper_refused, commands.RecordPaperRefused, given)


@blueprint.post("/identity-work/<uuid:work_id>/dropping")
@http.requires("registry.papers.record", audits="work_id", if_match=True)
@blueprint.arguments(schemas.InWords)
@blueprint.response(201, http.Receipt)
def drop_identity_work(given: dict[str, Any], work_id: UUID) -> IdentityWork:
    """Record that the paper is not needed."""
    return _done(work_id, handlers.drop_identity_work, commands.DropIdentityWork, given)


@blueprint.get("/alarms/overdue-identity-work")
@http.requires("registry.papers.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.OverdueWork))
def read_overdue_identity_work(query: dict[str, Any]) -> dict[str, Any]:
    """Papers not obtained in time, the longest overdue first."""
    after = http.decode_cursor(query["cursor"], date, UUID)
    limit = query["limit"]
    with http.reading() as session:
        found = views.overdue(session, http.reach(), http.acting()["today"], after=after, limit=limit + 1)
        shown = http.page(found, limit, key=lambda row: (row["due"], row["id"]))
        shown["items"] = [row | {"escalation": ESCALATION} for row in reaching.within(shown["items"], key="child")]
        http.audit_read(*(row["child"] for row in shown["items"]))
        return shown


def _done(work_id: UUID, handler: Any, command: Any, given: dict[str, Any]) -> Any:
    """One command about identity work for a child within reach, which is as the caller has seen it."""
    with http.transaction() as uow:
        child = views.child_of_work(uow.session, work_id)
        if child is None:
            raise http.OutOfScope("No identity work with this id.", field="work")
        reaching.child(uow.session, child)
        http.require_version(uow.works.get(work_id))
        return uow.execute(handler, command(id=work_id, **given, **http.acting()))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint, attachments)
