"""Which records are of one child: those that gave way to another stay as they are, and what stands under them counts.

Not here: merging and undoing (joining). A merge has one step: what others gave way to gives way to nothing.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, case, or_, select
from sqlalchemy.orm import Session

from services.registry.store.children import child
from shared import row_security


def records_of(session: Session, children: Iterable[UUID]) -> dict[UUID, UUID]:
    """The records of these children, each with the child asked for; also those that lie out of the caller's reach."""
    asked = set(children)
    query = select(child.c.id, child.c.merged_into).where(child.c.merged_into.in_(asked))
    with row_security.seeing_all(session):
        return {each: each for each in asked} | {row[0]: row[1] for row in session.execute(query)}


def standing_for(session: Session, record: UUID) -> UUID:
    """The child that a record stands for now: the record it gave way to, or itself."""
    with row_security.seeing_all(session):
        return session.scalar(select(child.c.merged_into).where(child.c.id == record)) or record


def stands_for(record: FromClause) -> ColumnElement[UUID]:
    """The child that a record stands for, in a query that joins it.

    A case and no coalesce: PostgreSQL takes a coalesce for something that may leak a row, and would look at every child
    before the wall of row-level security instead of going to the one by its key.
    """
    own = record.c
    return case((own.merged_into.is_(None), own.id), else_=own.merged_into)


def of_same(column: ColumnElement[Any], id_: ColumnElement[Any]) -> ColumnElement[bool]:
    """A column names the child of `id_`, or a record that gave way to it."""
    twin = child.alias()
    return or_(column == id_, column.in_(select(twin.c.id).where(twin.c.merged_into == id_).correlate_except(twin)))
