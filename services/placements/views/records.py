"""Whose records views show: none of a child whose record is sealed; of a child those merged into its own as well."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from services.placements.store import tables
from shared import queries

_known = tables.whereabouts.c


def known(session: Session, child: UUID) -> dict[str, Any]:
    """What is known of a child itself. Raises NotFound for a child never named, or sealed."""
    query = select(tables.whereabouts).where(_known.child == child, _known.sealed.is_(False))
    return queries.one(session, query, "child")


def with_merged(session: Session, child: UUID) -> list[UUID]:
    """A child and those whose records were merged into its own."""
    merged = select(_known.child).where(_known.merged_into == child, _known.sealed.is_(False))
    return [child, *session.scalars(merged)]


def sealed(child: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a child's record is sealed: then it is shown to nobody, and on no list."""
    own = tables.whereabouts.alias("its_record").c
    return exists().where(own.child == child, own.sealed)
