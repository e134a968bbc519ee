"""Read-only queries about parents' agreements to care, and about cases looked at again."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from services.placements.domain.gatekeeping_voluntary import Agreed
from services.placements.store.gatekeeping_voluntary import gatekeeping_sample, voluntary_agreement
from services.placements.views import records
from shared import protection, queries
from shared.reach import Reach


def agreements(session: Session, child: UUID) -> list[dict[str, Any]]:
    """The agreements about a child, the newest first, those of records merged into its own among them."""
    own, ids = voluntary_agreement.c, records.with_merged(session, child)
    query = _seen(select(voluntary_agreement), voluntary_agreement).where(own.child.in_(ids)).order_by(own.id.desc())
    rows = protection.opened(session, voluntary_agreement, queries.rows(session, query))
    return [row | {"agreed_by": msgspec.convert(row["agreed_by"], tuple[Agreed, ...])} for row in rows]


def place_of_agreement(session: Session, id_: UUID) -> tuple[UUID, str]:
    """The child and the area of an agreement. Raises NotFound, also for a child whose record is sealed."""
    return _place(session, voluntary_agreement, id_, "agreement")


def place_of_sample(session: Session, id_: UUID) -> tuple[UUID, str]:
    """The child and the area of a drawn case. Raises NotFound, also for a child whose record is sealed."""
    return _place(session, gatekeeping_sample, id_, "sample")


def samples(session: Session, reach: Reach, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The drawn cases within reach, with what was found."""
    own = gatekeeping_sample.c
    query = _seen(select(gatekeeping_sample), gatekeeping_sample).where(reach.over(own.area))
    if after is not None:
        query = query.where(own.id > after)
    return protection.opened(session, gatekeeping_sample, queries.rows(session, query.order_by(own.id).limit(limit)))


def _place(session: Session, table: Table, id_: UUID, what: str) -> tuple[UUID, str]:
    query = _seen(select(table.c.child, table.c.area), table).where(table.c.id == id_)
    found = queries.one(session, query, what)
    return found["child"], found["area"]


def _seen(query: Select[Any], table: Table) -> Select[Any]:
    return query.where(~records.sealed(table.c.child))
