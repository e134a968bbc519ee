"""The routes about a child's relationships, siblings, and the map of its family.

Changes of relationships wait for each other before anything else is locked. Not here: persons (families_people) and
households (families_households).
"""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry import domain as children
from services.registry.api import families_households, families_map, families_people, families_reaching, reaching
from services.registry.commands import children as child_commands
from services.registry.commands import families as commands
from services.registry.domain import families as domain
from services.registry.handlers import families as handlers
from services.registry.schemas import families as schemas
from services.registry.views import families as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("families", __name__, description="Who belongs to a child")


@blueprint.get("/children/<uuid:child_id>/relationships")
@http.requires("registry.family.read", audits="child_id")
@blueprint.response(200, schemas.Relationships)
def read_relationships(child_id: UUID) -> dict[str, Any]:
    """What is recorded of a child with others, from either side, ended and withdrawn too; of those within reach."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": _within(session, child_id)}


@blueprint.post("/children/<uuid:child_id>/relationships")
@http.requires("registry.relationship.record", audits="child_id")
@blueprint.arguments(schemas.RecordRelationship)
@blueprint.response(201, http.Receipt)
def record_relationship(given: dict[str, Any], child_id: UUID) -> domain.Relationship:
    """Record what another child or a person is to the child; siblings that follow from it are noted on both sides."""
    with http.transaction() as uow:
        reaching.child(uow.session, child_id)
        if given["other"] != child_id:
            families_reaching.party(uow.session, given["other"], given["other_kind"])
        command = commands.RecordRelationship(id=new_id(), child=child_id, **given, **http.acting())
        made: domain.Relationship = uow.execute(handlers.record_relationship, command)
        _note(uow, "RecordRelationship", made)
        return made


@blueprint.post("/relationships/<uuid:relationship_id>/ending")
@http.requires("registry.relationship.record", audits="relationship_id", if_match=True)
@blueprint.arguments(schemas.EndRelationship)
@blueprint.response(201, http.Receipt)
def end_relationship(given: dict[str, Any], relationship_id: UUID) -> domain.Relationship:
    """Say until when a relationship held."""
    with http.transaction() as uow:
        _reach(uow, relationship_id)
        command = commands.EndRelationship(id=relationship_id, **given, **http.acting())
        ended: domain.Relationship = uow.execute(handlers.end_relationship, command)
        _note(uow, "EndRelationship", ended)
        return ended


@blueprint.post("/relationships/<uuid:relationship_id>/withdrawal")
@http.requires("registry.relationship.record", audits="relationship_id", if_match=True)
@blueprint.arguments(schemas.WithdrawRelationship)
@blueprint.response(201, http.Receipt)
def withdraw_relationship(given: dict[str, Any], relationship_id: UUID) -> domain.Relationship:
    """Mark a relationship as entered in error; it is kept, and nothing follows from it."""
    with http.transaction() as uow:
        _reach(uow, relationship_id)
        command = commands.WithdrawRelationship(id=relationship_id, **given, **http.acting())
        withdrawn: domain.Relationship = uow.execute(handlers.withdraw_relationship, command)
        _note(uow, "WithdrawRelationship", withdrawn)
        return withdrawn


@blueprint.get("/children/<uuid:child_id>/siblings")
@http.requires("registry.siblings.read", audits="child_id")
@blueprint.response(200, schemas.SiblingList)
def read_siblings(child_id: UUID) -> dict[str, Any]:
    """A child's siblings: those that follow from its parents and those declared, of those within reach."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": reaching.within(views.siblings(session, child_id, http.acting()["today"]))}


@blueprint.post("/children/<uuid:child_id>/siblings")
@http.requires("registry.siblings.link", audits="child_id", if_match=True)
@blueprint.arguments(schemas.Siblings)
@blueprint.response(201, http.Receipt)
def link_siblings(given: dict[str, Any], child_id: UUID) -> children.Child:
    """Declare that children are siblings of each other."""
    with http.transaction() as uow:
        _reach_all(uow, child_id, given["siblings"])
        command = child_commands.LinkSiblings(id=child_id, **given, **http.acting())
        linked: children.Child = uow.execute(handlers.link_siblings, command)
        return linked


@blueprint.post("/children/<uuid:child_id>/siblings/unlinking")
@http.requires("registry.siblings.link", audits="child_id", if_match=True)
@blueprint.arguments(schemas.Siblings)
@blueprint.response(201, http.Receipt)
def unlink_siblings(given: dict[str, Any], child_id: UUID) -> children.Child:
    """Take back sibling links that were declared in error; what follows from parents stays."""
    with http.transaction() as uow:
        _reach_all(uow, child_id, given["siblings"])
        command = child_commands.UnlinkSiblings(id=child_id, **given, **http.acting())
        unlinked: children.Child = uow.execute(handlers.unlink_siblings, command)
        return unlinked


@blueprint.get("/children/<uuid:child_id>/family")
@http.requires("registry.family.read", audits="child_id")
@blueprint.response(200, schemas.FamilyMap)
def read_family(child_id: UUID) -> dict[str, Any]:
    """The map of a child's family: parents, own children, siblings, kin, others, households; of those within reach."""
    with http.reading() as session:
        reaching.child(session, child_id)
        relatives = [row for row in _within(session, child_id) if row["status"] != domain.RelationshipStatus.WITHDRAWN]
        found = families_map.drawn(session, child_id, relatives)
        http.audit_read(child_id, *families_map.people_named(found))
        return found


def _within(session: Session, child_id: UUID) -> list[dict[str, Any]]:
    """The relationships of the child whose other side is within reach."""
    turned = [
        row | ({"whom": row["other"], "whom_kind": row["other_kind"]} if row["child"] == child_id else _back(row))
        for row in views.relationships(session, child_id)
    ]
    return families_reaching.parties(session, turned, key="whom", kind="whom_kind")


def _back(row: dict[str, Any]) -> dict[str, Any]:
    return {"whom": row["child"], "whom_kind": domain.Party.CHILD}


def _reach(uow: Any, relationship_id: UUID) -> None:
    """Both sides of the relationship are within reach, and it is as the caller has seen it."""
    seen = views.relationship(uow.session, relationship_id)
    reaching.child(uow.session, seen["child"])
    families_reaching.party(uow.session, seen["other"], seen["other_kind"])
    uow.relationships.alone()
    http.require_version(uow.relationships.get(relationship_id))


def _reach_all(uow: Any, child_id: UUID, siblings: tuple[UUID, ...]) -> None:
    """The child and every sibling lie within reach. Locked in the order of their ids."""
    reaching.all_within(uow, {child_id, *siblings})
    uow.relationships.alone()
    uow.children.expect(sorted({child_id, *siblings}))
    reaching.locked_child(uow, child_id)


def _note(uow: Any, action: str, relationship: domain.Relationship) -> None:
    """The access log of each child concerned says it too."""
    uow.note(action, subject=relationship.child)
    if relationship.other_kind is domain.Party.CHILD:
        uow.note(action, subject=relationship.other)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint, families_people.blueprint, families_households.blueprint)
