"""Read-only queries about seals, their openings and the adoption officer's tasks."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registry.store import sealing_seals as store
from shared import protection, queries


def seals(session: Session, status: str | None, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Seals asked for, made or refused, without what they hold."""
    kept = store.seal.c
    query = select(*(each for each in kept if each.name != "sealed")).order_by(kept.id).limit(limit)
    if status is not None:
        query = query.where(kept.status == status)
    return queries.rows(session, _after(query, kept.id, after))


def openings(session: Session, seal: UUID) -> list[dict[str, Any]]:
    """Who asked when to open a seal, and what became of it."""
    kept = store.seal_opening.c
    query = select(*(each for each in kept if each.name != "sealed")).where(kept.seal == seal).order_by(kept.id)
    return queries.rows(session, query)


def tasks(session: Session, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The adoption officer's tasks that are not done, opened."""
    kept = store.seal_task.c
    query = select(store.seal_task).where(kept.done_by.is_(None)).order_by(kept.id).limit(limit)
    return protection.opened(
        session, store.seal_task, queries.rows(session, _after(query, kept.id, after)), subject="id"
    )


def _after(query: Select[Any], column: Any, after: UUID | None) -> Select[Any]:
    return query if after is None else query.where(column > after)
