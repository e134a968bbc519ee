"""The routes about two records of one child made one, and undone."""

from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import joining as commands
from services.registry.domain import joining as domain
from services.registry.handlers import joining as handlers
from services.registry.schemas import joining as schemas
from services.registry.views import joining as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("joining", __name__, description="Two records of one child made one, and undone")


@blueprint.post("/children/<uuid:child_id>/merges")
@http.requires("registry.child.merge", audits="child_id", if_match=True)
@blueprint.arguments(schemas.MergeChildren)
@blueprint.response(201, http.Receipt)
def merge_children(given: dict[str, Any], child_id: UUID) -> domain.Joining:
    """Merge another record of the same child into this one, which stays; by a person's decision."""
    with http.transaction() as uow:
        reaching.child(uow.session, given["merged"])
        uow.relationships.alone()
        uow.children.expect((child_id, given["merged"]))
        reaching.locked_child(uow, child_id)
        command = commands.MergeChildren(id=new_id(), kept=child_id, **given, **http.acting())
        return uow.execute(handlers.merge_children, command)


@blueprint.get("/children/<uuid:child_id>/merges")
@http.requires("registry.child.merge", audits="child_id")
@blueprint.response(200, schemas.Merges)
def read_merges(child_id: UUID) -> dict[str, Any]:
    """The merges into the record of a child, those undone too; and from which record each fact came."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.merges(session, child_id), "origins": views.origins(session, child_id)}


@blueprint.post("/children/<uuid:child_id>/merges/<uuid:merge_id>/undoing")
@http.requires("registry.child.merge", audits="child_id", if_match=True)
@blueprint.arguments(schemas.UnmergeChildren)
@blueprint.response(201, http.Receipt)
def unmerge_children(given: dict[str, Any], child_id: UUID, merge_id: UUID) -> domain.Joining:
    """Undo a merge: both records get back what they had; what came after stays with this one."""
    with http.transaction() as uow:
        merged = [each["merged"] for each in views.merges(uow.session, child_id) if each["id"] == merge_id]
        reaching.all_within(uow, (child_id, *merged))
        uow.relationships.alone()
        uow.children.expect((child_id, *merged))
        reaching.locked_child(uow, child_id)
        command = commands.UnmergeChildren(id=merge_id, kept=child_id, **given, **http.acting())
        return uow.execute(handlers.unmerge_children, command)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
