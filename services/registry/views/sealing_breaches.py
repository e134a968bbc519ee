"""Read-only queries about breaches of personal data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import sealing_breaches as store
from shared import protection, queries


def notices(session: Session, overdue_at: datetime | None, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The register, in the order of noting; of those overdue at an instant alone where one is given."""
    kept = store.breach_notice.c
    query = select(store.breach_notice).order_by(kept.id).limit(limit)
    if overdue_at is not None:
        query = query.where(kept.status == "open", kept.due_at < overdue_at)
    if after is not None:
        query = query.where(kept.id > after)
    return protection.opened(session, store.breach_notice, queries.rows(session, query), subject="id")
