"""Parked events of subjects who were erased: their bodies go, and rebuilds leave them out.

Belongs here: what of a consumer's parking lot speaks of such a subject. Not here: erasing anything else.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, text

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
