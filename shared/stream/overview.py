"""How the streams of a service stand, for people to read: by source, and what is parked. Not here: any act (steering).

Nothing of an event's data is read, only where it stands, its type and its ids.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, text

from shared.technical_tables import parked_event

_SOURCES = text(
    """
    SELECT watermark.consumer, watermark.source, watermark.epoch, watermark.sequence, watermark.head,
           watermark.state, watermark.reason, watermark.stopped_at, watermark.requested_at,
           stream.reason AS consumer_reason, coalesce(stream_attempt.attempts, 0) AS attempts,
           parked.failed, parked.blocked, parked.waiting, parked.undecodable, blocked.ids AS blocked_ids
    FROM watermark
    JOIN stream USING (consumer)
    LEFT JOIN stream_attempt USING (consumer, source, sequence)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE kind = 'failed') AS failed,
               count(*) FILTER (WHERE kind = 'blocked') AS blocked,
               count(*) FILTER (WHERE kind = 'waiting') AS waiting,
               count(*) FILTER (WHERE kind = 'undecodable') AS undecodable
        FROM parked_event
        WHERE parked_event.consumer = watermark.consumer AND parked_event.source = watermark.source
    ) AS parked
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT id) AS ids
        FROM parked_event CROSS JOIN unnest(touched) AS id
        WHERE parked_event.consumer = watermark.consumer AND parked_event.source = watermark.source
              AND kind IN ('failed', 'blocked')
    ) AS blocked
    ORDER BY watermark.consumer, watermark.source
    """
)


@dataclass(frozen=True)
class SourceState:
    """Where one consumer stands with one source. `head` is the highest place that it has heard of.

    `attempts`: how often what comes next was begun without an end. `blocked_ids`: whose events are held back.
    `consumer_reason`: why the consumer as a whole has stopped, None while it runs.
    """

    consumer: str
    source: str
    epoch: UUID | None
    sequence: int
    head: int
    state: str
    reason: str | None
    stopped_at: datetime | None
    requested_at: datetime | None
    consumer_reason: str | None
    attempts: int
    failed: int
    blocked: int
    waiting: int
    undecodable: int
    blocked_ids: int


@dataclass(frozen=True)
class ParkedEvent:
    """One parked event, or message that cannot be decoded (then without id, type and subject): never its data."""

    place: int
    consumer: str
    source: str
    epoch: UUID
    sequence: int
    last: int
    kind: str
    reason: str
    event_id: UUID | None
    type: str | None
    subject: UUID | None
    waits_for: UUID | None
    attempts: int
    parked_at: datetime


def sources(connection: Connection) -> list[SourceState]:
    """Every consumer of the database with each of its sources; the shadow of a rebuild is one of its own."""
    return [SourceState(**row) for row in connection.execute(_SOURCES).mappings()]


def parked(
    connection: Connection, limit: int | None = None, *, after: int = 0, consumer: str | None = None
) -> list[ParkedEvent]:
    """What is parked (for one consumer), in the order of arrival, behind the place `after`."""
    columns = parked_event.c
    query = select(*_PARKED).where(columns.place > after).order_by(columns.place).limit(limit)
    if consumer is not None:
        query = query.where(columns.consumer == consumer)
    return [ParkedEvent(**row) for row in connection.execute(query).mappings()]


_PARKED = [parked_event.c[name] for name in ParkedEvent.__dataclass_fields__]
