"""Read-only queries about the glass broken in an emergency, and what accounts are told."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from services.registry.domain import Status
from services.registry.domain.guarding_glass import GlassStatus
from services.registry.store import children as children_store
from services.registry.store import guarding_glass as store
from shared import protection, queries
from shared.ids import read_reference

HIDDEN = (Status.SEALED, Status.ERASED)
"""Records that answer like none."""


def glass_of(account: str, child: ColumnElement[UUID], at: datetime) -> ColumnElement[UUID | None]:
    """The glass by which a child is open to an account at an instant, for a query that asks more; null: none."""
    glass = store.glass.c
    return (
        select(glass.id)
        .where(glass.account == account, glass.child == child, glass.status == GlassStatus.OPEN)
        .where(glass.at <= at, glass.until > at, child.not_in(_kin_of(account)))
        .limit(1)
        .correlate_except(store.glass)
        .scalar_subquery()
    )


def open_glass(session: Session, account: str, child_id: UUID, at: datetime) -> UUID | None:
    """The glass by which a child is open to an account at an instant. None for the sealed, the erased and own kin."""
    child = children_store.child.c
    query = select(glass_of(account, child.id, at)).where(child.id == child_id, child.status.not_in(HIDDEN))
    return session.scalar(query)


def opening(session: Session, account: str, child_id: UUID | None, reference: str | None) -> dict[str, Any] | None:
    """Id and area of the child to open, by id or reference: of a merged record, the one that stands for it.

    None where the glass opens nothing: absent, sealed, erased, or kin. Raises Invalid for a reference that is none.
    """
    named, child = children_store.child.alias("named"), children_store.child.c
    wanted = named.c.id == child_id if reference is None else named.c.number == read_reference(reference)[1]
    standing = select(func.coalesce(named.c.merged_into, named.c.id)).where(wanted).scalar_subquery()
    query = select(child.id, child.area).where(
        child.id == standing,
        child.status.not_in(HIDDEN),
        child.id.not_in(_kin_of(account)),
    )
    found = queries.rows(session, query)
    return found[0] if found else None


def glasses(
    session: Session,
    account: str,
    *,
    officer: bool,
    statuses: Collection[GlassStatus],
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The emergency accesses that an account was told of (an officer: all), newest first, with their words."""
    glass, child = store.glass.c, children_store.child.c
    query: Select[Any] = (
        select(store.glass)
        .join(children_store.child, child.id == glass.child)
        .where(child.status.not_in(HIDDEN), glass.child.not_in(_kin_of(account)))
        .order_by(glass.at.desc(), glass.id.desc())
        .limit(limit)
    )
    if not officer:
        query = query.where(or_(glass.told_one == account, glass.told_two == account))
    if statuses:
        query = query.where(glass.status.in_(statuses))
    if after is not None:
        query = query.where(tuple_(glass.at, glass.id) < after)
    return protection.opened(session, store.glass, queries.rows(session, query))


def notices(
    session: Session, account: str, *, unread: bool, after: tuple[Any, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """What an account was told, newest first."""
    notice = store.notice.c
    query: Select[Any] = select(store.notice).where(notice.account == account)
    if unread:
        query = query.where(notice.read_at.is_(None))
    if after is not None:
        query = query.where(tuple_(notice.at, notice.id) < after)
    return queries.rows(session, query.order_by(notice.at.desc(), notice.id.desc()).limit(limit))


def _kin_of(account: str) -> Select[Any]:
    """The children that an account is kept from: looked up once a statement."""
    return select(func.kin_children(account).column_valued("kin"))
