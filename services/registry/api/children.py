"""The routes about the child itself."""

from typing import Any
from uuid import UUID

from services.registry import commands, domain, handlers
from services.registry.api import matching, reaching
from services.registry.law import PackIdentity
from services.registry.schemas import children as schemas
from services.registry.schemas import matching as matching_schemas
from services.registry.views import children as views
from services.registry.views import guarding_access
from shared import http
from shared.errors import Invalid
from shared.ids import new_id, read_reference

blueprint = http.Blueprint("children", __name__, description="Who a child is")


@blueprint.post("/children")
@http.requires("registry.child.register")
@blueprint.arguments(schemas.RegisterChild)
@blueprint.response(201, http.Receipt)
@blueprint.alt_response(409, schema=matching_schemas.SameChildProblem, content_type=http.PROBLEM)
def register_child(given: dict[str, Any]) -> domain.Child:
    """Register a child. Where a record is likely of the same child, what is said of it stands in `compared`."""
    reaching.area(given["identity"].area)
    with matching.telling_candidates(), http.transaction() as uow:
        given["compared"] = matching.compared(uow.session, given["compared"])
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
    """The child of a short reference; those who carry exactly this identifier, are like what is known, have these ids.

    A mistyped reference is told apart by its check character. What is out of reach is not opened; of a likely record
    of the same child it is told where it is.
    """
    with http.reading() as session:
        if given["likeness"] is not None:
            return matching.search(session, given["likeness"])
        within = [row["id"] for row in reaching.within(_sought(session, given))]
        http.audit_read(*(within or [None]))
        items = [reaching.visible("child", child) | {"match": None} for child in views.children(session, within)]
        return {"items": items, "elsewhere": [], "terms": None, "crowded": None, "weights": None}


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


@blueprint.post("/children/<uuid:child_id>/death")
@http.requires("registry.death.record", audits="child_id", if_match=True)
@blueprint.arguments(schemas.Death)
@blueprint.response(201, http.Receipt)
def record_death(death: domain.Death, child_id: UUID) -> domain.Child:
    """Record that a child is dead. From then on the record is corrected, and amended for days before alone."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        return uow.execute(handlers.record_death, commands.RecordDeath(id=child_id, death=death, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/death/retraction")
@http.requires("registry.death.retract", audits="child_id", if_match=True)
@blueprint.response(201, http.Receipt)
def retract_death(child_id: UUID) -> domain.Child:
    """Take back a death that was recorded in error; what was recorded is kept among the revisions."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        return uow.execute(handlers.retract_death, commands.RetractDeath(id=child_id, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/revisions")
@http.requires("registry.revisions.read", audits="child_id")
@blueprint.response(200, schemas.Revisions)
def read_revisions(child_id: UUID) -> dict[str, Any]:
    """What the record of a child said before each amendment, correction and retraction."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": [reaching.visible("child", row) for row in views.revisions(session, child_id)]}


@blueprint.get("/children/<uuid:child_id>/access-log")
@http.requires("registry.access_log.read", audits="child_id")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.Access))
def read_access_log(query: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Who read or changed a child's record or what belongs to it, or was kept from it, newest first; in words too."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        reaching.child(session, child_id)
        roles = http.pack().roles
        rows = guarding_access.access_log(session, child_id, roles, after[0] if after else None, query["limit"] + 1)
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


def _sought(session: Any, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The ids that a search means, within reach or not. Raises Invalid for a mistyped reference."""
    if given["children"] is not None:
        return [{"id": child_id} for child_id in dict.fromkeys(given["children"])]
    if given["reference"] is not None:
        prefix, number = read_reference(given["reference"])
        if prefix != views.REFERENCE:
            raise Invalid("A child's reference begins with CH.", field="reference", rule="reference-form")
        return views.referred(session, number)
    asked = domain.Identifier(given["kind"], given["issuer"] or "", given["value"])
    rule = PackIdentity(http.pack()).number_rule(asked.kind)
    return views.holding(session, domain.number_as_written(asked, rule), any_issuer=given["issuer"] is None)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
