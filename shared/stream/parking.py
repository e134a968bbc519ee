"""Events that could not be handled, and those held back behind them: the rest flows.

Belongs here: the rows of parked events as one transaction sees and writes them, under the lock of the stream's row. Not
here: which events are handled (batch), and what people do with parked ones (steering).

An event that failed blocks all ids that it touches, for every source: who touches one of them is parked behind it, and
blocks its own ids in turn. An event that waits for another source's fact holds back only what follows it in its own
source, since the fact that it waits for will touch the same ids.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared import envelope
from shared.envelope import Event
from shared.stream.incoming import Run
from shared.technical_tables import parked_event

MOST_FAILED = 50
"""More newly failed events of one source WITHIN this time stop the source: a bug, not a poison."""
WITHIN = timedelta(minutes=5)

Key = tuple[str, UUID, int]
"""Source, epoch and sequence of an event."""


class Kind(StrEnum):
    """Why an event is parked."""

    FAILED = "failed"
    BLOCKED = "blocked"
    WAITING = "waiting"
    UNDECODABLE = "undecodable"


@dataclass(slots=True)
class Entry:
    """One parked event, without its body."""

    source: str
    epoch: UUID
    sequence: int
    place: int
    kind: str
    touched: frozenset[UUID]
    waits_for: UUID | None

    @property
    def key(self) -> Key:
        """Which event it is."""
        return self.source, self.epoch, self.sequence


def key_of(event: Event) -> Key:
    """The key of an event."""
    return event.source, event.epoch, event.sequence


class Parking:
    """What a consumer has parked, in one transaction."""

    def __init__(self, connection: Connection, consumer: str, *, anything: bool) -> None:
        """Read what is parked, where `anything` is."""
        self._connection = connection
        self._consumer = consumer
        self._entries = list(_entries(connection, consumer)) if anything else []

    def __bool__(self) -> bool:
        return bool(self._entries)

    @property
    def entries(self) -> list[Entry]:
        """What is parked, in the order of arrival; what cannot be decoded is not among it."""
        return self._entries

    def blocks(self, touched: Collection[UUID], before: int | None = None) -> bool:
        """Tell whether any of these ids is blocked (by an event that was parked `before`)."""
        return any(
            entry.kind != Kind.WAITING and not entry.touched.isdisjoint(touched)
            for entry in self._entries
            if before is None or entry.place < before
        )

    def waits(self, source: str, touched: Collection[UUID], before: int | None = None) -> UUID | None:
        """The id that an earlier event of the same source waits for, where it touches any of these ids."""
        for entry in self._entries:
            if before is not None and entry.place >= before:
                continue
            if entry.waits_for and entry.source == source and not entry.touched.isdisjoint(touched):
                return entry.waits_for
        return None

    def awaiting(self, ids: Collection[UUID]) -> list[Entry]:
        """Those that wait for any of these ids, in the order of arrival."""
        return [entry for entry in self._entries if entry.waits_for in ids]

    def park(
        self, event: Event, touched: frozenset[UUID], kind: Kind, reason: str, waits_for: UUID | None = None
    ) -> None:
        """Set an event aside; one that is parked already (as after a source was read again) keeps its place."""
        values = {
            "kind": kind,
            "reason": reason,
            "touched": sorted(touched),
            "waits_for": waits_for,
            "body": envelope.encode_batch([event]),
            "attempts": 1 if kind is Kind.FAILED else 0,
        }
        row = {
            "consumer": self._consumer,
            "source": event.source,
            "epoch": event.epoch,
            "sequence": event.sequence,
            "last": event.sequence,
            "event_id": event.id,
            "type": event.type,
            "subject": event.subject,
        }
        statement = insert(parked_event).values(row | values)
        statement = statement.on_conflict_do_update(constraint=parked_event.primary_key, set_=values)
        place = self._connection.execute(statement.returning(parked_event.c.place)).scalar_one()
        self._entries = [entry for entry in self._entries if entry.key != key_of(event)]
        self._entries.append(Entry(*key_of(event), place, kind, touched, waits_for))
        self._entries.sort(key=lambda entry: entry.place)

    def change(self, entry: Entry, kind: Kind, reason: str, waits_for: UUID | None = None, *, tried: bool) -> None:
        """Say why a parked event still is; `tried` counts one attempt more."""
        entry.kind, entry.waits_for = kind, waits_for
        attempts = parked_event.c.attempts + (1 if tried else 0)
        values = {"kind": kind, "reason": reason, "waits_for": waits_for, "attempts": attempts}
        self._connection.execute(update(parked_event).where(*_is(self._consumer, entry.key)).values(values))

    def remove(self, entry: Entry) -> None:
        """It was handled, or dropped."""
        self._connection.execute(delete(parked_event).where(*_is(self._consumer, entry.key)))
        self._entries.remove(entry)

    def event(self, entry: Entry) -> Event:
        """The parked event itself."""
        query = select(parked_event.c.body).where(*_is(self._consumer, entry.key))
        return envelope.decode_batch(bytes(self._connection.execute(query).scalar_one()))[0]

    def too_many(self, source: str) -> bool:
        """Tell whether so many events of a source failed lately that something else must be wrong."""
        recent = parked_event.c.parked_at > func.now() - WITHIN
        query = select(func.count()).where(
            parked_event.c.consumer == self._consumer,
            parked_event.c.source == source,
            parked_event.c.kind == Kind.FAILED,
            recent,
        )
        return self._connection.execute(query).scalar_one() > MOST_FAILED

    def keep_raw(self, run: Run, reason: str) -> None:
        """Keep a message that cannot be decoded, as it came."""
        row = {
            "consumer": self._consumer,
            "source": run.source,
            "epoch": run.epoch,
            "sequence": run.first,
            "last": run.last,
        }
        values = {"kind": Kind.UNDECODABLE, "reason": reason, "touched": [], "body": run.body, "attempts": 2}
        statement = insert(parked_event).values(row | values)
        self._connection.execute(
            statement.on_conflict_do_update(constraint=parked_event.primary_key, set_={"body": run.body})
        )


def _entries(connection: Connection, consumer: str) -> Iterable[Entry]:
    columns = parked_event.c
    query = select(
        columns.source, columns.epoch, columns.sequence, columns.place, columns.kind, columns.touched, columns.waits_for
    ).where(columns.consumer == consumer, columns.kind != Kind.UNDECODABLE)
    for row in connection.execute(query.order_by(columns.place)):
        yield Entry(row.source, row.epoch, row.sequence, row.place, row.kind, frozenset(row.touched), row.waits_for)


def _is(consumer: str, key: Key) -> tuple[ColumnElement[bool], ...]:
    columns = parked_event.c
    source, epoch, sequence = key
    return columns.consumer == consumer, columns.source == source, columns.epoch == epoch, columns.sequence == sequence
