"""A second consumer beside the live one, which takes its place once it has come as far: the stream's half of a rebuild.

The shadow has its own queue, watermarks, parked events and record of what was applied, and asks every source from its
beginning. Belongs here: how far it is, and the change of places, in one transaction under the lock of the live `stream`
row. Not here: what the events are projected into, and when a rebuild is asked for (the service).
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, select, text, update

from shared import broker
from shared.broker import Broker
from shared.stream import steering, watermark
from shared.stream.applier import Applier
from shared.stream.consumer import Consumer
from shared.stream.gauges import Gauges
from shared.stream.watermark import Mark
from shared.technical_tables import applied_run, dropped_event, parked_event, stream, stream_attempt
from shared.technical_tables import watermark as marks

BY_REBUILD = "rebuild"
"""Who has resolved the orphans that a rebuild leaves behind."""


def shadow_of(service: str) -> str:
    """The name of the consumer beside the live one."""
    return f"{service}-shadow"


class Shadow:
    """The consumer beside the live one. Used by one thread."""

    def __init__(
        self, engine: Engine, broker: Broker, deployment: str, service: str, *, sources: Sequence[str], applier: Applier
    ) -> None:
        self._broker = broker
        self._name = shadow_of(service)
        self._service = service
        self._applier = applier
        self._cleared = False
        self._asked: set[str] = set()
        self._consumer = Consumer(
            engine, broker, deployment, service, sources=sources, applier=applier, name=self._name
        )

    @property
    def level(self) -> bool:
        """Whether it has read every source's log to its end."""
        return self._consumer.level

    def turn(self, wait: float) -> int:
        """One turn of the consumer: see Consumer.turn."""
        return self._consumer.turn(wait)

    def close(self) -> None:
        """Close the channel."""
        self._consumer.close()

    def stopped(self, connection: Connection) -> dict[str, str]:
        """The sources that it has stopped, and why."""
        found = watermark.read(connection, self._name)
        return {mark.source: mark.stopped for mark in found.values() if mark.stopped is not None}

    def is_far_enough(self, connection: Connection) -> bool:
        """Whether it has all that the live consumer has, whose `stream` row the caller has locked."""
        return self.level and covers(watermark.read(connection, self._name), watermark.read(connection, self._service))

    def clear(self) -> None:
        """Give up what a person has dropped since the shadow parked it, and handle what stands behind it."""
        if not self._cleared:
            with self._applier.transaction() as work:
                watermark.lock(work.connection, self._name)
                work.connection.execute(delete(parked_event).where(*self._dropped()))
            steering.retry(self._applier, self._name)
            self._cleared = True

    def is_clear(self, connection: Connection) -> bool:
        """Whether nothing is parked that was dropped; where something is, `clear` has to be called again.

        Nothing more is dropped as long as the caller holds the live consumer's `stream` row.
        """
        self._cleared = connection.execute(select(exists().where(*self._dropped()))).scalar_one() is False
        return self._cleared

    def has_asked_since(self, connection: Connection) -> bool:
        """Whether it has asked its sources since the live consumer stopped any; where not, it asks, and is not level.

        What stopped the live consumer may lie ahead of the shadow as well: a history that it does not know of yet.
        """
        stopped = {mark.source for mark in watermark.read(connection, self._service).values() if mark.stopped}
        asked, self._asked = stopped <= self._asked, self._asked | stopped
        if not asked:
            self._consumer.close()
        return asked

    def _dropped(self) -> tuple[ColumnElement[bool], ...]:
        ours, theirs = parked_event.c, dropped_event.c
        same = ours.source == theirs.source, ours.epoch == theirs.epoch, ours.sequence == theirs.sequence
        return ours.consumer == self._name, exists().where(theirs.consumer == self._service, *same)

    def lock(self, connection: Connection) -> None:
        """Keep it, in whatever process, from applying anything until the transaction ends."""
        watermark.lock(connection, self._name)

    def take_place(self, connection: Connection) -> None:
        """Give the live consumer the shadow's watermarks, parked events and record; the shadow has nothing then.

        In the transaction that makes live what the shadow has projected; the caller holds both locks.
        """
        names = {"live": self._service, "shadow": self._name, "by": BY_REBUILD}
        for statement in (_KEEP_ORPHANS, _MOVE_MARKS):
            connection.execute(statement, names)
        for table in (parked_event, applied_run):
            connection.execute(delete(table).where(table.c.consumer == self._service))
            connection.execute(update(table).where(table.c.consumer == self._name).values(consumer=self._service))
        connection.execute(delete(stream_attempt).where(stream_attempt.c.consumer == self._service))
        forget(connection, self._service)


def covers(shadow: Mapping[str, Mark], live: Mapping[str, Mark]) -> bool:
    """Whether the shadow has every event that the live consumer has.

    Of a source that the live consumer has stopped nothing is asked: it may hold events that the source's history no
    longer knows. Otherwise both go through the same epochs, and in another one the shadow waits.
    """
    return all(
        mark.epoch is None
        or mark.stopped is not None
        or (mark.epoch == shadow[source].epoch and mark.sequence <= shadow[source].sequence)
        for source, mark in live.items()
    )


def forget(connection: Connection, service: str) -> None:
    """Delete all that the database knows of the service's shadow: before a rebuild, and after it."""
    name = shadow_of(service)
    connection.execute(select(stream.c.consumer).where(stream.c.consumer == name).with_for_update())
    for table in (parked_event, applied_run, stream_attempt, marks, stream):
        connection.execute(delete(table).where(table.c.consumer == name))


def remove_queue(using: Broker, service: str) -> None:
    """Delete the shadow's queue: nobody empties it once the shadow is gone. Raises BrokerUnavailable."""
    connection = using.connect(shadow_of(service))
    try:
        connection.delete(broker.inbox_queue(shadow_of(service)).name)
    finally:
        connection.close()
    Gauges(shadow_of(service), {}).forget()


_MOVE_MARKS = text(
    """
    UPDATE watermark SET
        epoch = shadow.epoch, sequence = shadow.sequence, event_id = shadow.event_id,
        head = CASE WHEN watermark.epoch = shadow.epoch THEN greatest(watermark.head, shadow.head) ELSE shadow.head END,
        requested_at = NULL, state = 'running', reason = NULL, stopped_at = NULL
    FROM watermark AS shadow
    WHERE watermark.consumer = :live AND shadow.consumer = :shadow AND shadow.source = watermark.source
    """
)

_KEEP_ORPHANS = text(
    """
    WITH told AS (
        SELECT run.consumer, run.source, run.epoch, run.first + told.place - 1 AS sequence, told.id, told.type,
               told.subject, run.applied_at
        FROM watermark JOIN applied_run AS run
          ON run.source = watermark.source AND run.consumer IN (:live, :shadow)
        CROSS JOIN unnest(run.ids, run.types, run.subjects) WITH ORDINALITY AS told (id, type, subject, place)
        WHERE watermark.consumer = :live AND watermark.reason = 'forked'
    )
    INSERT INTO orphan_event (consumer, source, epoch, sequence, event_id, type, subject, applied_at, resolved_by)
    SELECT :live, source, epoch, sequence, id, type, subject, applied_at, :by
    FROM told AS ours
    WHERE consumer = :live AND NOT EXISTS (
        SELECT FROM told AS theirs
        WHERE theirs.consumer = :shadow AND theirs.source = ours.source AND theirs.epoch = ours.epoch
          AND theirs.sequence = ours.sequence AND theirs.id = ours.id
    )
    ON CONFLICT DO NOTHING
    """
)
"""What the live consumer had applied of a forked source, and the source's present history does not hold."""
