"""How far a consumer has come in each source: the watermark's rows, and the lock that makes them tell the truth.

Not here: comparing messages with the watermark (judgement), applying events (batch).

The rows are read and written in the transaction that applies the events, under the lock of the consumer's `stream` row.
Without that lock two consumers, one of them believed dead, read the same watermark and both apply the next event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.stream.incoming import Point
from shared.technical_tables import dropped_event, parked_event, stream, watermark

_MARK = (
    watermark.c.source,
    watermark.c.epoch,
    watermark.c.sequence,
    watermark.c.event_id,
    watermark.c.head,
    watermark.c.reason,
)


@dataclass(slots=True)
class Mark:
    """The last event applied of one source, and the highest place known to exist. No epoch before the first event.

    `stopped` is why nothing of the source is applied any more; None while it runs.
    """

    source: str
    epoch: UUID | None = None
    sequence: int = 0
    event_id: UUID | None = None
    head: int = 0
    stopped: str | None = None

    @property
    def point(self) -> Point:
        """The point in the source's history."""
        return Point(self.epoch, self.sequence, self.event_id)


@dataclass(frozen=True, slots=True)
class Held:
    """What is read under the lock: the marks by source, and whether anything is parked or was dropped by a person."""

    marks: dict[str, Mark]
    parked: bool
    dropped: bool


def ensure(connection: Connection, consumer: str, sources: Sequence[str]) -> None:
    """Make sure that the consumer's rows exist."""
    connection.execute(insert(stream).values(consumer=consumer, state="running").on_conflict_do_nothing())
    for source in sources:
        row = {"consumer": consumer, "source": source, "sequence": 0, "head": 0, "state": "running"}
        connection.execute(insert(watermark).values(row).on_conflict_do_nothing())


_LOCK = select(stream.c.consumer).with_for_update()


def lock(connection: Connection, consumer: str, service: str | None = None) -> Held:
    """Lock the consumer until the transaction ends and read its watermarks; must be the transaction's first statement.

    Two statements: under READ COMMITTED the second sees what whoever held the lock before has committed.
    """
    connection.execute(_LOCK.where(stream.c.consumer == consumer)).one()
    parked = exists().where(parked_event.c.consumer == consumer)
    dropped = exists().where(dropped_event.c.consumer == (service or consumer))
    query = select(*_MARK, parked, dropped).where(watermark.c.consumer == consumer)
    rows = connection.execute(query).all()
    return Held({row[0]: Mark(*row[:6]) for row in rows}, any(row[6] for row in rows), any(row[7] for row in rows))


def read(connection: Connection, consumer: str) -> dict[str, Mark]:
    """The watermarks as they are now, without the lock."""
    rows = connection.execute(select(*_MARK).where(watermark.c.consumer == consumer))
    return {row.source: Mark(*row) for row in rows}


def save(connection: Connection, consumer: str, mark: Mark) -> None:
    """Write one watermark, in the transaction that applied its events."""
    connection.execute(
        update(watermark)
        .where(watermark.c.consumer == consumer, watermark.c.source == mark.source)
        .values(
            epoch=mark.epoch,
            sequence=mark.sequence,
            event_id=mark.event_id,
            head=mark.head,
            state="running" if mark.stopped is None else "stopped",
            reason=mark.stopped,
            stopped_at=None if mark.stopped is None else func.coalesce(watermark.c.stopped_at, func.now()),
        )
    )


def note_request(connection: Connection, consumer: str, source: str) -> Mark:
    """Note that a catch-up is asked for now, unless the source is stopped; returns the watermark to ask from."""
    asked = case((watermark.c.state == "running", func.now()), else_=watermark.c.requested_at)
    row = connection.execute(
        update(watermark)
        .where(watermark.c.consumer == consumer, watermark.c.source == source)
        .values(requested_at=asked)
        .returning(*_MARK)
    ).one()
    return Mark(*row)


def set_state(connection: Connection, consumer: str, reason: str | None) -> None:
    """Note that the consumer has stopped, and why; or with None that it runs."""
    connection.execute(
        update(stream)
        .where(stream.c.consumer == consumer)
        .values(state="running" if reason is None else "stopped", reason=reason)
    )
