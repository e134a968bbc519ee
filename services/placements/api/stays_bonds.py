"""The routes about bonds of brothers and sisters, and their contact where they live apart."""

from typing import Any
from uuid import UUID

from services.placements.api import reaching
from services.placements.commands import stays as commands
from services.placements.handlers import stays as handlers
from services.placements.schemas import stays as schemas
from services.placements.views import stays as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("bonds", __name__, description="Bonds of brothers and sisters")


@blueprint.post("/children/<uuid:child_id>/bonds")
@http.requires("placements.bond.record", audits="child_id", if_match=True)
@blueprint.arguments(schemas.RecordBond)
@blueprint.response(201, http.Receipt)
def record_bond(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Whether a child has a bond with a brother or sister; taking it away waits for a second signature."""
    return _on_child(handlers.record_bond, commands.RecordBond(id=new_id(), child=child_id, **given, **http.acting()))


@blueprint.post("/bonds/<uuid:bond_id>/signature")
@http.requires("placements.bond.sign", audits="bond_id", if_match=True)
@blueprint.arguments(schemas.SignBond)
@blueprint.response(201, http.Receipt)
def sign_bond(_given: dict[str, Any], bond_id: UUID) -> dict[str, Any]:
    """The second signature, by another person."""
    return _on_child(handlers.sign_bond, commands.SignBond(id=bond_id, **http.acting()))


@blueprint.post("/bonds/<uuid:bond_id>/contact-plan")
@http.requires("placements.bond.record", audits="bond_id", if_match=True)
@blueprint.arguments(schemas.PlanContact)
@blueprint.response(201, http.Receipt)
def plan_contact(given: dict[str, Any], bond_id: UUID) -> dict[str, Any]:
    """Contact of brothers and sisters who live apart, and until when the next is."""
    return _on_child(handlers.plan_contact, commands.PlanContact(id=bond_id, **given, **http.acting()))


@blueprint.post("/bonds/<uuid:bond_id>/contacts")
@http.requires("placements.bond.record", audits="bond_id", if_match=True)
@blueprint.arguments(schemas.HaveContact)
@blueprint.response(201, http.Receipt)
def have_contact(given: dict[str, Any], bond_id: UUID) -> dict[str, Any]:
    """They met, or spoke."""
    return _on_child(handlers.have_contact, commands.HaveContact(id=bond_id, **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/bonds")
@http.requires("placements.bond.read", audits="child_id")
@blueprint.response(200, schemas.ChildBonds)
def read_bonds(child_id: UUID) -> dict[str, Any]:
    """What was found of a child and its brothers and sisters."""
    with http.reading() as session:
        known = reaching.child(session, child_id)
        http.etag(known["version"])
        return {"version": known["version"], "items": views.bonds_of(session, child_id)}


def _on_child(handler: Any, command: Any) -> dict[str, Any]:
    """Act on a child of whom a stay, or who itself, is within reach, as the caller has seen its whereabouts."""
    with http.transaction() as uow:
        child_id = getattr(command, "child", None) or uow.stays.of_bond(command.id)
        child = uow.whereabouts.of(child_id)
        reaching.require_any(child.known.area, [(each.area, each.provider) for each in child.placements])
        http.audit_read(child_id)
        http.require_version(child)
        return reaching.receipt(command.id, uow.execute(handler, command))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
