"""The event log: what a service has published, numbered in commit order, never changed.

Belongs here: appending, reading, and the head. Not here: sending the events on (relay), and what is in them.

Numbering. A serial id is taken when a row is inserted but seen when its transaction commits: a reader that has seen 7
may still miss 6. Here the number is taken under the lock of the one head row, as the last statement before COMMIT:
whoever comes later waits, so numbers are given in commit order and a rolled back transaction leaves no hole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from shared import envelope, telemetry
from shared.envelope import Event
from shared.technical_tables import event_head, event_log

CHANNEL = "event_log"

_APPEND = text(
    """
    WITH head AS (
        UPDATE event_head SET sequence = sequence + :count RETURNING epoch, sequence
    ), written AS (
        INSERT INTO event_log
            (epoch, sequence, id, type, subject, time, data, subject_version, correlation_id, causation_id)
        SELECT head.epoch, head.sequence - :count + entry.place, entry.id, entry.type, entry.subject, entry.time,
               entry.data::jsonb, entry.subject_version, entry.correlation_id, entry.causation_id
        FROM head CROSS JOIN unnest(
            CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:subjects AS uuid[]), CAST(:times AS timestamptz[]),
            CAST(:data AS text[]), CAST(:versions AS integer[]), CAST(:correlations AS uuid[]),
            CAST(:causations AS uuid[])
        ) WITH ORDINALITY AS entry
            (id, type, subject, time, data, subject_version, correlation_id, causation_id, place)
    )
    SELECT head.epoch, head.sequence, pg_notify(:channel, '') FROM head
    """
)

_READ_TEXT = text(
    """
    SELECT sequence, id::text, type, subject::text, subject_version,
           to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
           correlation_id::text, causation_id::text, data::text
    FROM event_log WHERE epoch = :epoch AND sequence > :after AND sequence <= :until
    ORDER BY sequence LIMIT :limit
    """
)


# One look by the primary key; as a join the planner, where nobody has analysed the tables yet, reads the whole log.
_AGE = text(
    """
    SELECT extract(epoch FROM clock_timestamp() - (
        SELECT time FROM event_log WHERE epoch = head.epoch AND sequence = head.published + 1))
    FROM event_head AS head
    """
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that has no place in the log yet."""

    id: UUID
    type: str
    subject: UUID
    time: datetime
    data: Mapping[str, Any]
    subject_version: int
    correlation_id: UUID
    causation_id: UUID | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log goes and how far it is published, in the current epoch."""

    epoch: UUID
    sequence: int
    published: int


@dataclass(frozen=True, slots=True)
class Written:
    """One event of the log as the text of a CloudEvent, with its place."""

    sequence: int
    id: str
    text: str


def append(connection: Connection, entries: Sequence[NewEvent]) -> int:
    """Number and insert events; must be the last statement before COMMIT. Returns the new head's sequence.

    Holds the head's row lock until the transaction ends, and wakes the relay when it commits.
    """
    if not entries:
        return head(connection).sequence
    causes = [None if entry.causation_id is None else str(entry.causation_id) for entry in entries]
    row = connection.execute(
        _APPEND,
        {
            "count": len(entries),
            "ids": [str(entry.id) for entry in entries],
            "types": [entry.type for entry in entries],
            "subjects": [str(entry.subject) for entry in entries],
            "times": [entry.time for entry in entries],
            "data": [envelope.data_text(entry.data) for entry in entries],
            "versions": [entry.subject_version for entry in entries],
            "correlations": [str(entry.correlation_id) for entry in entries],
            "causations": causes,
            "channel": CHANNEL,
        },
    ).one()
    return int(row.sequence)


def head(connection: Connection) -> Head:
    """The one row of event_head."""
    row = connection.execute(select(event_head)).one()
    return Head(row.epoch, row.sequence, row.published)


def read(connection: Connection, after: int, limit: int, *, source: str) -> list[Event]:
    """Events of the current epoch with a sequence above `after`, in order, at most `limit`; `source` is their URN."""
    current = select(event_head.c.epoch).scalar_subquery()
    rows = connection.execute(
        select(event_log)
        .where(event_log.c.epoch == current, event_log.c.sequence > after)
        .order_by(event_log.c.sequence)
        .limit(limit)
    )
    return [Event(source=source, **row) for row in rows.mappings()]


def read_text(connection: Connection, epoch: UUID, after: int, limit: int, *, source: str, until: int) -> list[Written]:
    """As `read`, up to `until`, as CloudEvents text: what the relay sends, without parsing what PostgreSQL wrote."""
    rows = connection.execute(_READ_TEXT, {"epoch": epoch, "after": after, "limit": limit, "until": until})
    name = str(epoch)
    if telemetry.on():
        return [_traced(source, name, *row) for row in rows]
    return [Written(sequence, id, envelope.assemble(source, name, sequence, id, *rest)) for sequence, id, *rest in rows]


def _traced(source: str, epoch: str, sequence: int, id: str, *rest: Any) -> Written:
    """As the others, with CloudEvents' extension for distributed tracing."""
    parts: list[Any] = [source, epoch, sequence, id, *rest, telemetry.traceparent_of(rest[4], id)]
    return Written(sequence, id, envelope.assemble(*parts))


def id_at(connection: Connection, epoch: UUID, sequence: int) -> UUID | None:
    """The id of the event at that place; None where there is none (the log's beginning)."""
    return connection.execute(
        select(event_log.c.id).where(event_log.c.epoch == epoch, event_log.c.sequence == sequence)
    ).scalar()


def oldest_unpublished_age(connection: Connection) -> float:
    """Seconds since the oldest event that is not published yet; 0 where all are."""
    age = connection.execute(_AGE).scalar()
    return 0.0 if age is None else max(float(age), 0.0)


def mark_published(connection: Connection, epoch: UUID, sequence: int) -> None:
    """Note that everything up to `sequence` was taken over by the broker; never moves back."""
    connection.execute(
        event_head.update()
        .where(event_head.c.epoch == epoch, event_head.c.published < sequence)
        .values(published=sequence)
    )
