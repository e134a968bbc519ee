"""Subjects who were erased: what their own events say goes, and what is parked of them, which rebuilds leave out.

Belongs here: what a service's log and parking lot hold of such a subject. Not here: its tables.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select, text

from shared import event_log, technical_tables

_FORGET = text(
    """
    WITH gone AS (
        DELETE FROM parked_event
        WHERE consumer = :consumer AND subject = ANY(CAST(:subjects AS uuid[])) AND kind <> 'undecodable'
          AND NOT type = ANY(CAST(:keeping AS text[]))
        RETURNING consumer, source, epoch, sequence, event_id
    )
    INSERT INTO dropped_event (consumer, source, epoch, sequence, event_id, dropped_at, dropped_by, reason)
    SELECT consumer, source, epoch, sequence, event_id, now(), 'erasure', 'erased' FROM gone
    ON CONFLICT DO NOTHING
    """
)


def forget(connection: Connection, consumer: str, subjects: Collection[UUID], keeping: Collection[str] = ()) -> None:
    """Drop the parked events of these subjects, but for those of the types `keeping`, in the caller's transaction."""
    values = {"consumer": consumer, "subjects": [str(id_) for id_ in subjects], "keeping": list(keeping)}
    connection.execute(_FORGET, values)


def blank(connection: Connection, subjects: Collection[UUID]) -> None:
    """Take out what the service's own events say of these subjects; their places in the log stay."""
    events = technical_tables.event_log.c
    told = select(events.id).where(events.subject.in_(subjects), events.data.is_not(None))
    event_log.erase(connection, list(connection.execute(told).scalars()))
