"""The routes about the child itself."""

from typing import Any
from uuid import UUID

from services.registry import commands, domain, handlers
from services.registry.api import reaching
from services.registry.schemas import children as schemas
from services.registry.views import children as views
from shared import audit, http
from shared.ids import new_id

blueprint = http.Blueprint("children", __name__, description="Who a child is")


@blueprint.post("/children")
@http.requires("registry.child.register")
@blueprint.arguments(schemas.RegisterChild)
@blueprint.response(201, http.Receipt)
def register_child(given: dict[str, Any]) -> domain.Child:
    """Register a child."""
    reaching.area(given["identity"].area)
    with http.transaction() as uow:
        return uow.execute(handlers.register_child, commands.RegisterChild(id=new_id(), **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>")
@http.requires("registry.child.read", audits="child_id")
@blueprint.response(200, schemas.Child)
def read_child(child_id: UUID) -> dict[str, Any]:
    """Everything registry holds on one child."""
    with http.reading() as session:
        http.etag(reaching.child(session, child_id)["version"])
        return reaching.visible("child", views.child(session, child_id))


@blueprint.post("/children/search")
@http.requires("registry.child.search", safe=True)
@blueprint.arguments(schemas.SearchChildren)
@blueprint.response(200, schemas.Children)
def search_children(given: dict[str, Any]) -> dict[str, Any]:
    """The children who carry exactly this identifier, of those within reach."""
    with http.reading() as session:
        found = views.children_holding(session, given["kind"], given["value"], given["issuer"])
        within = reaching.within(found)
        http.audit_read(*([child["id"] for child in within] or [None]))
        return {"items": [reaching.visible("child", child) for child in within]}


@blueprint.post("/children/<uuid:child_id>/amendments")
@http.requires("registry.child.amend", audits="child_id", if_match=True)
@blueprint.arguments(schemas.AmendChild)
@blueprint.response(201, http.Receipt)
def amend_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Record a change in the child's life, true from a day."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        reaching.area(given["identity"].area)
        return uow.execute(handlers.amend_child, commands.AmendChild(id=child_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/corrections")
@http.requires("registry.child.amend", audits="child_id", if_match=True)
@blueprint.arguments(schemas.CorrectChild)
@blueprint.response(201, http.Receipt)
def correct_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Put right what the record had wrong from the beginning."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        reaching.area(given["identity"].area)
        return uow.execute(handlers.correct_child, commands.CorrectChild(id=child_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/withdrawal")
@http.requires("registry.child.withdraw", audits="child_id", if_match=True)
@blueprint.arguments(schemas.WithdrawChild)
@blueprint.response(201, http.Receipt)
def withdraw_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Mark an entry as made in error; it is kept, and counted nowhere."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        return uow.execute(handlers.withdraw_child, commands.WithdrawChild(id=child_id, **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/access-log")
@http.requires("registry.access_log.read", audits="child_id")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Access))
def read_access_log(query: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Who read or changed a child's record, or was kept from it, newest first."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        reaching.child(session, child_id)
        rows = audit.read(session, query["limit"] + 1, before=after[0] if after else None, subject=child_id)
        return http.page(rows, query["limit"], key=lambda row: (row.id,))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
