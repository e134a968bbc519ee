"""Read-only queries about alarms of unusual reading."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from services.registry.domain.guarding_reading import AlarmStatus
from services.registry.store import guarding_reading as store
from shared import protection, queries


def alarms(
    session: Session, statuses: Collection[AlarmStatus], after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """The alarms about unusual reading, newest day first, with what was said of them."""
    alarm = store.reading_alarm.c
    query: Select[Any] = select(store.reading_alarm).order_by(alarm.day.desc(), alarm.id.desc()).limit(limit)
    if statuses:
        query = query.where(alarm.status.in_(statuses))
    if after is not None:
        query = query.where(tuple_(alarm.day, alarm.id) < after)
    return protection.opened(session, store.reading_alarm, queries.rows(session, query), subject="id")
