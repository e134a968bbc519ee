"""Read-only queries about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from services.registry.store import children as children_store
from services.registry.store import guarding as store
from services.registry.views.guarding_glass import HIDDEN, glass_of, open_glass
from shared import protection, queries
from shared.reach import Reach

__all__ = ["area", "block", "blocked", "blocks", "glass_of", "is_blocked", "open_glass"]


def is_blocked(account: str, child: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether an account is kept from a child (as kin, or named in an incident), for a query that asks more.

    The children are looked up once a statement, however many rows it has.
    """
    kin = func.kin_children(account).column_valued("kin")
    return child.in_(select(kin))


def blocked(session: Session, account: str, child_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the children that an account is kept from: as kin of it or of a sibling, or named in an incident."""
    child = children_store.child.c.id
    return set(session.scalars(select(child).where(child.in_(set(child_ids)), is_blocked(account, child))))


def area(session: Session, account: str, child_id: UUID) -> str | None:
    """The area of a child that an account is not kept from; None of one that is sealed, erased or not there."""
    child = children_store.child.c
    query = select(child.area).where(child.id == child_id, child.status.not_in(HIDDEN), ~is_blocked(account, child.id))
    return session.scalar(query)


def blocks(
    session: Session, account: str, reach: Reach, after: tuple[Any, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """Who is kept from the children within `reach` that `account` is not kept from itself, newest first."""
    block, child = store.kin_block.c, children_store.child.c
    query: Select[Any] = (
        select(store.kin_block)
        .join(children_store.child, child.id == block.child)
        .where(reach.over(child.area), child.status.not_in(HIDDEN), ~is_blocked(account, child.id))
        .order_by(block.at.desc(), block.id.desc())
        .limit(limit)
    )
    if after is not None:
        at, id_ = after
        query = query.where((block.at < at) | ((block.at == at) & (block.id < id_)))
    nothing = {"relation": None, "words": ""}
    return [nothing | row for row in protection.opened(session, store.kin_block, queries.rows(session, query))]


def block(session: Session, id_: UUID) -> dict[str, Any]:
    """Whom a block keeps from which child, without what is sealed. Raises NotFound."""
    own = store.kin_block.c
    query = select(own.id, own.account, own.child, own.ground, own.set_by, own.status).where(own.id == id_)
    return queries.one(session, query, "block")
