"""Read-only queries about two records of one child made one, and undone."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import children as children_store
from services.registry.store import joining as store
from shared import protection, queries

_SHOWN = ("id", "version", "merged", "status", "ground", "chosen", "by", "at", "undone_by", "undone_at")


def ids_of(session: Session, child: UUID) -> list[UUID]:
    """The ids whose facts are read together with those of a child: its own first, then those merged into it."""
    merged = children_store.child.c
    query = select(merged.id).where(merged.merged_into == child, merged.status == "merged").order_by(merged.id)
    return [child, *session.scalars(query)]


def merges(session: Session, child: UUID) -> list[dict[str, Any]]:
    """The merges into the record of a child, those undone too, in their order; without what either was before."""
    query = select(store.joining).where(store.joining.c.kept == child).order_by(store.joining.c.place)
    rows = protection.opened(session, store.joining, queries.rows(session, query), subject="kept")
    return [{name: row[name] for name in (*_SHOWN, "reason", "undone_because")} for row in rows]
