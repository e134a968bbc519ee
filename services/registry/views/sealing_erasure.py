"""Read-only queries about erasures."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import children
from services.registry.store import sealing_erasure as store
from services.registry.store.mapping import subject_key
from shared import protection, queries


def erasure(session: Session, id_: UUID) -> dict[str, Any]:
    """One request to erase a record, with its words while they are kept. Raises NotFound."""
    row = queries.one(session, select(store.erasure).where(store.erasure.c.id == id_), "erasure")
    [opened] = protection.opened(session, store.erasure, [row])
    return {"reason": None, "refused_because": None} | opened


def erasures(session: Session, status: str | None, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Requests to erase records, the oldest first, without their words."""
    kept = store.erasure.c
    query = select(*(each for each in kept if each.name != "sealed")).order_by(kept.id).limit(limit)
    if status is not None:
        query = query.where(kept.status == status)
    if after is not None:
        query = query.where(kept.id > after)
    return queries.rows(session, query)


def recorded(session: Session, id_: UUID) -> bool:
    """Whether there is a record of this child."""
    return session.scalar(select(children.child.c.id).where(children.child.c.id == id_)) is not None


def present(session: Session, ids: list[UUID]) -> set[UUID]:
    """Those of these children of whom a row or a key is there."""
    child = children.child
    found = set(session.scalars(select(child.c.id).where(child.c.id.in_(ids))))
    return found | set(session.scalars(select(subject_key.c.subject).where(subject_key.c.subject.in_(ids))))
