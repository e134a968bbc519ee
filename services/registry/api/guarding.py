"""The routes about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.api import guarding_glass, guarding_reading, reaching
from services.registry.commands import guarding as commands
from services.registry.domain import guarding as domain
from services.registry.handlers import guarding as handlers
from services.registry.schemas import guarding as schemas
from services.registry.views import guarding as views
from shared import http
from shared.auth import Scope
from shared.auth.principal import EVERYWHERE
from shared.ids import new_id

LIFT = "registry.kin_block.lift"

blocks = http.Blueprint("blocks", __name__, description="Who is kept from a child's record whatever the roles grant")


@blocks.post("/kin-declarations")
@http.requires("registry.kin.declare")
@blocks.arguments(schemas.DeclareKin)
@blocks.response(201, http.Receipt)
def declare_kin(given: dict[str, Any]) -> domain.KinBlock:
    """Say that one is kin to a child: from now on the record is closed to one."""
    with http.transaction() as uow:
        reaching.child(uow.session, given["child"])
        return uow.execute(handlers.declare_kin, commands.DeclareKin(id=new_id(), **given, **http.acting()))


@blocks.post("/kin-blocks")
@http.requires("registry.kin_block.set")
@blocks.arguments(schemas.BlockAccount)
@blocks.response(201, http.Receipt)
def block_account(given: dict[str, Any]) -> domain.KinBlock:
    """Keep someone of the staff from a child's record: as kin, or as named in an incident. Holds at once."""
    with http.transaction() as uow:
        _area(uow.session, given["child"])
        return uow.execute(handlers.block_account, commands.BlockAccount(id=new_id(), **given, **http.acting()))


@blocks.get("/kin-blocks")
@http.requires("registry.kin_block.read")
@blocks.arguments(http.PageQuery, location="query")
@blocks.response(200, http.page_schema(schemas.Block))
def read_blocks(query: dict[str, Any]) -> dict[str, Any]:
    """Who is kept from which child, of the children within reach, newest first."""
    after = http.decode_cursor(query["cursor"], datetime, UUID)
    with http.reading() as session:
        rows = views.blocks(session, http.principal().subject, http.reach(), after, query["limit"] + 1)
        found = http.page(rows, query["limit"], key=lambda row: (row["at"], row["id"]))
        http.audit_read(*(row["child"] for row in found["items"]))
        return found


@blocks.post("/kin-blocks/<uuid:block_id>/lifting")
@http.requires(LIFT)
@blocks.arguments(schemas.LiftBlock)
@blocks.response(201, http.Receipt)
def lift_block(given: dict[str, Any], block_id: UUID) -> domain.KinBlock:
    """Let an account see a child again: by the data-protection officer, or a supervisor of the level above."""
    with http.transaction() as uow:
        area = _area(uow.session, views.block(uow.session, block_id)["child"])
        command = commands.LiftBlock(
            id=block_id, **given, officer=_is_officer(LIFT), level_up=_is_above(area), **http.acting()
        )
        return uow.execute(handlers.lift_block, command)


def _area(session: Session, child: UUID) -> str:
    """The area of a child, for who guards its record without reading it. Raises OutOfScope, for the own kin too."""
    area = views.area(session, http.principal().subject, child)
    if area is None:
        raise http.OutOfScope(reaching.NO_SUCH_CHILD, field="child")
    http.require_scope(http.by_area(area))
    return area


def _is_officer(permission: str) -> bool:
    """Whether a role with the permission reaches the whole deployment: the data-protection officer's does."""
    return Scope.DEPLOYMENT in http.service().policy.scopes(http.principal(), permission)


def _is_above(area: str) -> bool:
    """Whether one of the person's areas contains this one and more."""
    tree, own = http.service().areas, http.principal().areas
    return EVERYWHERE in own or any(each != area and tree.contains(each, area) for each in own)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blocks, *guarding_glass.BLUEPRINTS, *guarding_reading.BLUEPRINTS)
