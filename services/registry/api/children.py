"""The routes about the child itself."""

from typing import Any
from uuid import UUID

from services.registry import commands, domain, handlers
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
    http.require_scope(http.by_area(given["identity"].area))
    with http.transaction() as uow:
        return uow.execute(handlers.register_child, commands.RegisterChild(id=new_id(), **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>")
@http.requires("registry.child.read", audits="child_id")
@blueprint.response(200, schemas.Child)
def read_child(child_id: UUID) -> dict[str, Any]:
    """Everything registry holds on one child."""
    with http.reading() as session:
        child = views.child(session, child_id)
        http.require_scope(http.by_area(child["area"]))
        http.etag(child["version"])
        return child


@blueprint.post("/children/search")
@http.requires("registry.child.search", safe=True)
@blueprint.arguments(schemas.SearchChildren)
@blueprint.response(200, schemas.Children)
def search_children(given: dict[str, Any]) -> dict[str, Any]:
    """The children who carry exactly this identifier, of those within reach."""
    with http.reading() as session:
        found = views.children_holding(session, given["kind"], given["value"], given["issuer"])
        within = [child for child in found if http.in_scope(http.by_area(child["area"]))]
        http.audit_read(*(child["id"] for child in within))
        return {"items": within}


@blueprint.post("/children/<uuid:child_id>/amendments")
@http.requires("registry.child.amend", audits="child_id", if_match=True)
@blueprint.arguments(schemas.AmendChild)
@blueprint.response(201, http.Receipt)
def amend_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Record a change in the child's life, true from a day."""
    with http.transaction() as uow:
        _reach(uow, child_id, given["identity"].area)
        return uow.execute(handlers.amend_child, commands.AmendChild(id=child_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/corrections")
@http.requires("registry.child.amend", audits="child_id", if_match=True)
@blueprint.arguments(schemas.CorrectChild)
@blueprint.response(201, http.Receipt)
def correct_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Put right what the record had wrong from the beginning."""
    with http.transaction() as uow:
        _reach(uow, child_id, given["identity"].area)
        return uow.execute(handlers.correct_child, commands.CorrectChild(id=child_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/withdrawal")
@http.requires("registry.child.withdraw", audits="child_id", if_match=True)
@blueprint.arguments(schemas.WithdrawChild)
@blueprint.response(201, http.Receipt)
def withdraw_child(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Mark an entry as made in error; it is kept, and counted nowhere."""
    with http.transaction() as uow:
        _reach(uow, child_id)
        return uow.execute(handlers.withdraw_child, commands.WithdrawChild(id=child_id, **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/siblings")
@http.requires("registry.siblings.read", audits="child_id")
@blueprint.response(200, schemas.SiblingList)
def read_siblings(child_id: UUID) -> dict[str, Any]:
    """The siblings noted for a child, of those within reach."""
    with http.reading() as session:
        http.require_scope(http.by_area(views.child(session, child_id)["area"]))
        found = views.siblings(session, child_id)
        return {"items": [each for each in found if http.in_scope(http.by_area(each["area"]))]}


@blueprint.post("/children/<uuid:child_id>/siblings")
@http.requires("registry.siblings.link", audits="child_id", if_match=True)
@blueprint.arguments(schemas.Siblings)
@blueprint.response(201, http.Receipt)
def link_siblings(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Note that children are siblings of each other."""
    with http.transaction() as uow:
        _reach_all(uow, child_id, given["siblings"])
        return uow.execute(handlers.link_siblings, commands.LinkSiblings(id=child_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/siblings/unlinking")
@http.requires("registry.siblings.link", audits="child_id", if_match=True)
@blueprint.arguments(schemas.Siblings)
@blueprint.response(201, http.Receipt)
def unlink_siblings(given: dict[str, Any], child_id: UUID) -> domain.Child:
    """Take back sibling links that were an error."""
    with http.transaction() as uow:
        _reach_all(uow, child_id, given["siblings"])
        return uow.execute(handlers.unlink_siblings, commands.UnlinkSiblings(id=child_id, **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/access-log")
@http.requires("registry.access_log.read", audits="child_id")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Access))
def read_access_log(query: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Who read or changed a child's record, or was kept from it, newest first."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        http.require_scope(http.by_area(views.child(session, child_id)["area"]))
        rows = audit.read(session, query["limit"] + 1, before=after[0] if after else None, subject=child_id)
        return http.page(rows, query["limit"], key=lambda row: (row.id,))


def _reach(uow: Any, child_id: UUID, new_area: str | None = None) -> None:
    """The child lies within reach, before and after, and is as the caller has seen it."""
    child = uow.children.get(child_id)
    http.require_scope(http.by_area(child.identity.area))
    if new_area is not None:
        http.require_scope(http.by_area(new_area))
    http.require_version(child)


def _reach_all(uow: Any, child_id: UUID, siblings: tuple[UUID, ...]) -> None:
    """The child and every sibling lie within reach. Locked in the order of their ids."""
    uow.children.expect(sorted({child_id, *siblings}))
    for sibling in siblings:
        http.require_scope(http.by_area(uow.children.get(sibling).identity.area))
    _reach(uow, child_id)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
