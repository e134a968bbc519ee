"""The routes about seals: asked by the adoption officer, made and opened by the sealing authority.

What is read of a seal is noted under the seal's id: the log of a child's page tells nothing of it.
"""

from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import sealing as commands
from services.registry.domain import sealing as domain
from services.registry.handlers import sealing as handlers
from services.registry.schemas import sealing as schemas
from services.registry.views import sealing as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("sealing", __name__, description="Records sealed after an adoption")


@blueprint.post("/seals")
@http.requires("registry.seal.ask")
@blueprint.arguments(schemas.AskSeal)
@blueprint.response(201, http.Receipt)
def ask_seal(given: dict[str, Any]) -> domain.Seal:
    """Ask that the record of an adopted child be sealed."""
    with http.transaction() as uow:
        reaching.child(uow.session, given["child"])
        return uow.execute(handlers.ask_seal, commands.AskSeal(id=new_id(), **given, **http.acting()))


@blueprint.get("/seals")
@http.requires("registry.seal.decide")
@blueprint.arguments(schemas.SealsQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Seal))
def list_seals(query: dict[str, Any]) -> dict[str, Any]:
    """Seals asked for, made or refused, without what they hold."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        rows = views.seals(session, query["status"], after[0] if after else None, query["limit"] + 1)
        http.audit_read(*(row["id"] for row in rows))
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


@blueprint.post("/seals/<uuid:seal_id>/sealing")
@http.requires("registry.seal.decide", audits="seal_id", if_match=True)
@blueprint.response(201, http.Receipt)
def seal_child(seal_id: UUID) -> domain.Seal:
    """Seal the record: it is absent from now on for everybody else."""
    with http.transaction() as uow:
        http.require_version(uow.seals.get(seal_id))
        return uow.execute(handlers.seal_child, commands.SealChild(id=seal_id, **http.acting()))


@blueprint.post("/seals/<uuid:seal_id>/refusal")
@http.requires("registry.seal.decide", audits="seal_id", if_match=True)
@blueprint.arguments(schemas.Refusal)
@blueprint.response(201, http.Receipt)
def refuse_seal(given: dict[str, Any], seal_id: UUID) -> domain.Seal:
    """Leave the record open."""
    with http.transaction() as uow:
        http.require_version(uow.seals.get(seal_id))
        return uow.execute(handlers.refuse_seal, commands.RefuseSeal(id=seal_id, **given, **http.acting()))


@blueprint.post("/seals/<uuid:seal_id>/links")
@http.requires("registry.seal.decide", audits="seal_id", if_match=True)
@blueprint.arguments(schemas.LinkSeal)
@blueprint.response(201, http.Receipt)
def link_seal(given: dict[str, Any], seal_id: UUID) -> domain.Seal:
    """Note in the seal under which new record the adopted person was met."""
    with http.transaction() as uow:
        http.require_version(uow.seals.get(seal_id))
        return uow.execute(handlers.link_seal, commands.LinkSeal(id=seal_id, **given, **http.acting()))


@blueprint.post("/seals/<uuid:seal_id>/openings")
@http.requires("registry.seal.open", audits="seal_id")
@blueprint.arguments(schemas.AskOpening)
@blueprint.response(201, http.Receipt)
def ask_opening(given: dict[str, Any], seal_id: UUID) -> domain.Opening:
    """Ask that a seal be opened, on a ground that its level allows."""
    with http.transaction() as uow:
        command = commands.AskOpening(id=new_id(), seal=seal_id, **given, **http.acting())
        return uow.execute(handlers.ask_opening, command)


@blueprint.get("/seals/<uuid:seal_id>/openings")
@http.requires("registry.seal.open", audits="seal_id")
@blueprint.response(200, schemas.Openings)
def list_openings(seal_id: UUID) -> dict[str, Any]:
    """Who asked when to open a seal, and what became of it."""
    with http.reading() as session:
        return {"items": views.openings(session, seal_id)}


@blueprint.post("/seal-openings/<uuid:opening_id>/approval")
@http.requires("registry.seal.open", audits="opening_id", if_match=True)
@blueprint.response(201, http.Receipt)
def approve_opening(opening_id: UUID) -> domain.Opening:
    """Open a seal for some minutes, as a second person."""
    with http.transaction() as uow:
        http.require_version(uow.openings.get(opening_id))
        return uow.execute(handlers.approve_opening, commands.ApproveOpening(id=opening_id, **http.acting()))


@blueprint.post("/seal-openings/<uuid:opening_id>/refusal")
@http.requires("registry.seal.open", audits="opening_id", if_match=True)
@blueprint.arguments(schemas.Refusal)
@blueprint.response(201, http.Receipt)
def refuse_opening(given: dict[str, Any], opening_id: UUID) -> domain.Opening:
    """Leave a seal closed."""
    with http.transaction() as uow:
        http.require_version(uow.openings.get(opening_id))
        command = commands.RefuseOpening(id=opening_id, **given, **http.acting())
        return uow.execute(handlers.refuse_opening, command)


@blueprint.get("/seal-openings/<uuid:opening_id>/record")
@http.requires("registry.seal.open", audits="opening_id")
@blueprint.response(200, schemas.OpenedSeal)
def read_opened(opening_id: UUID) -> dict[str, Any]:
    """What an opened seal holds, for the two persons, while the minutes last."""
    with http.transaction() as uow:
        acting = http.acting()
        opening = uow.openings.get(opening_id)
        opening.require_readable(acting["actor"], acting["at"])
        seal = uow.seals.get(opening.seal)
        child = uow.children.get(seal.child)
        http.audit_read(seal.id)
        return {**vars(seal), "identity": child.identity, "identifiers": child.identifiers}


@blueprint.get("/seal-tasks")
@http.requires("registry.seal.task")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Task))
def list_seal_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """Records registered, and searches made, that may mean a sealed record: for the adoption officer alone."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        rows = views.tasks(session, after[0] if after else None, query["limit"] + 1)
        http.audit_read(*(row["id"] for row in rows))
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


@blueprint.post("/seal-tasks/<uuid:task_id>/done")
@http.requires("registry.seal.task", audits="task_id", if_match=True)
@blueprint.response(201, http.Receipt)
def finish_seal_task(task_id: UUID) -> domain.Task:
    """A task was seen to."""
    with http.transaction() as uow:
        http.require_version(uow.seal_tasks.get(task_id))
        return uow.execute(handlers.finish_seal_task, commands.FinishSealTask(id=task_id, **http.acting()))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
