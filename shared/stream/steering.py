"""What people do with a stream that cannot go on by itself: retry or drop what is parked, resume a source, orphans.

Belongs here: each act, in transactions that begin with the lock of the consumer's `stream` row, so that it may run
beside the consumer. Not here: the commands that call it, and audit (their callers').
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Row, Table, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.errors import Conflict, NotFound
from shared.stream import failures, watermark
from shared.stream.applier import Applier
from shared.stream.batch import Batches
from shared.stream.incoming import Point
from shared.stream.parking import Key, Kind, Parking
from shared.technical_tables import (
    applied_run,
    dropped_event,
    event_epoch,
    event_log,
    orphan_event,
    parked_event,
    stream_attempt,
)


class RecordTooShort(Conflict):
    """The record of what was applied does not reach back to the last event that both sides know."""

    code = "record-too-short"
    title = "The record of applied events does not reach back far enough"


@dataclass(frozen=True)
class Parked:
    """One parked event, or message that cannot be decoded (then without id, type and subject)."""

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
    touched: tuple[UUID, ...]
    waits_for: UUID | None
    attempts: int
    parked_at: datetime
    body: bytes


@dataclass(frozen=True)
class Retried:
    """What a retry did: how many were handled, refused again (reason by key), and are still held back."""

    handled: int
    refused: dict[Key, str]
    held_back: int


@dataclass(frozen=True)
class Orphan:
    """An event that was applied here and that its source no longer knows."""

    source: str
    epoch: UUID
    sequence: int
    event_id: UUID
    type: str
    subject: UUID
    applied_at: datetime


def parked(connection: Connection, consumer: str) -> list[Parked]:
    """What is parked, in the order of arrival."""
    columns = parked_event.c
    rows = connection.execute(select(parked_event).where(columns.consumer == consumer).order_by(columns.place))
    return [_parked(row) for row in rows]


def retry(applier: Applier, consumer: str, key: Key | None = None) -> Retried:
    """Handle again what failed or stands behind it, in the order of arrival, each in a transaction of its own.

    With `key` that event alone; raises NotFound. One that stands behind another that is still parked stays.
    Raises what passes by itself (database, lock), and leaves the rest as it is then.
    """
    with applier.transaction() as work:
        watermark.lock(work.connection, consumer)
        entries = Parking(work.connection, consumer, anything=True).entries
    keys = [entry.key for entry in entries if key in (None, entry.key)]
    if key is not None and not keys:
        raise NotFound("Nothing is parked at this place.", field="sequence")
    handled, refused, held_back = 0, {}, 0
    for each in keys:
        try:
            done = _retry_one(applier, consumer, each)
        except Exception as error:
            if failures.passes(error):
                raise
            refused[each] = failures.reason(error)
            _note_refusal(applier, consumer, each, refused[each])
        else:
            handled, held_back = handled + done, held_back + (not done)
    return Retried(handled, refused, held_back)


def drop(connection: Connection, consumer: str, key: Key, *, by: str, reason: str) -> Parked:
    """Give a parked event up; remembered, so that a rebuild leaves it out too.

    Raises NotFound; Conflict for a message that cannot be decoded, since its events are not passed over.
    """
    watermark.lock(connection, consumer)
    decodable = parked_event.c.kind != Kind.UNDECODABLE
    ours = parked_event.c.consumer == consumer, *_at(parked_event, key)
    row = connection.execute(delete(parked_event).where(*ours, decodable).returning(parked_event)).one_or_none()
    if row is None:
        if connection.execute(select(parked_event.c.kind).where(*ours)).scalar() is not None:
            raise Conflict("Its source stands before this message.", field="sequence", remedy="kinward stream resume")
        raise NotFound("Nothing is parked at this place.", field="sequence")
    source, epoch, sequence = key
    values = {"consumer": consumer, "source": source, "epoch": epoch, "sequence": sequence, "event_id": row.event_id}
    statement = insert(dropped_event).values(**values, dropped_by=by, reason=reason)
    connection.execute(statement.on_conflict_do_nothing())
    return _parked(row)


def resume(connection: Connection, consumer: str, source: str) -> str:
    """Let a source go on that had stopped; what could not be decoded is asked for anew. Returns why it had stopped.

    Raises NotFound (not consumed), Conflict (it runs, or has forked).
    """
    mark = _mark(connection, consumer, source)
    if mark.stopped is None:
        raise Conflict("This source has not stopped.", field="source")
    if mark.stopped == "forked":
        raise Conflict(
            "The source tells another history.",
            field="source",
            rule="forked",
            remedy="Reporting is built anew, the others are resolved. First: kinward orphans list",
        )
    ours = parked_event.c.consumer == consumer, parked_event.c.source == source
    connection.execute(delete(parked_event).where(*ours, parked_event.c.kind == Kind.UNDECODABLE))
    watermark.save(connection, consumer, replace(mark, stopped=None))
    return mark.stopped


def orphans(connection: Connection, source_connection: Connection, consumer: str, source: str) -> list[Orphan]:
    """Events applied here that the source no longer knows, in the order they were applied.

    Raises NotFound (not consumed), RecordTooShort.
    """
    return _diverged(connection, source_connection, consumer, _mark(connection, consumer, source))[0]


def lost(connection: Connection, source_connection: Connection, consumer: str, source: str) -> int:
    """How many orphans there are, without the lock: for who only looks, in a read-only transaction.

    None of a source that was never consumed. Raises RecordTooShort.
    """
    mark = watermark.read(connection, consumer).get(source)
    return 0 if mark is None else len(_diverged(connection, source_connection, consumer, mark)[0])


def resolve_orphans(
    connection: Connection, source_connection: Connection, consumer: str, source: str, *, by: str
) -> list[Orphan]:
    """Keep the list of orphans for good and go on from the last event that both know; what they did here stays.

    Raises NotFound (not consumed), Conflict (not forked), RecordTooShort.
    """
    mark = _mark(connection, consumer, source)
    if mark.stopped != "forked":
        raise Conflict("This source has not forked.", field="source", rule="forked")
    found, common = _diverged(connection, source_connection, consumer, mark)
    for orphan in found:
        row = {**vars(orphan), "consumer": consumer, "resolved_by": by}
        connection.execute(insert(orphan_event).values(row).on_conflict_do_nothing())
        key = (orphan.source, orphan.epoch, orphan.sequence)
        connection.execute(delete(parked_event).where(parked_event.c.consumer == consumer, *_at(parked_event, key)))
    _cut_record(connection, consumer, source, found)
    ours = stream_attempt.c.consumer == consumer, stream_attempt.c.source == source
    connection.execute(delete(stream_attempt).where(*ours))
    moved = watermark.Mark(source, common.epoch, common.sequence, common.event_id, common.sequence)
    watermark.save(connection, consumer, moved)
    return found


def _retry_one(applier: Applier, consumer: str, key: Key) -> bool:
    """Handle one parked event, and what waits for its ids; False if it stays behind another."""
    batches = Batches(applier, consumer, consumer)
    with applier.transaction() as work:
        watermark.lock(work.connection, consumer)
        parking = Parking(work.connection, consumer, anything=True)
        entry = next((each for each in parking.entries if each.key == key), None)
        if entry is None:
            return False
        if parking.blocks(entry.touched, entry.place):
            return False
        if behind := parking.waits(entry.source, entry.touched, entry.place):
            # No longer blocked, or the very fact that is waited for would be held back behind it.
            parking.change(entry, Kind.WAITING, "waits", behind, tried=False)
            return False
        return batches.run_parked(work, parking, entry)


def _note_refusal(applier: Applier, consumer: str, key: Key, reason: str) -> None:
    with applier.transaction() as work:
        watermark.lock(work.connection, consumer)
        parking = Parking(work.connection, consumer, anything=True)
        for entry in parking.entries:
            if entry.key == key:
                parking.change(entry, Kind.FAILED, reason, tried=True)


def _mark(connection: Connection, consumer: str, source: str) -> watermark.Mark:
    """The watermark, under the lock. Raises NotFound."""
    try:
        return watermark.lock(connection, consumer).marks[source]
    except KeyError:
        raise NotFound("This consumer does not listen to that source.", field="source") from None


def _diverged(
    connection: Connection, source_connection: Connection, consumer: str, mark: watermark.Mark
) -> tuple[list[Orphan], Point]:
    """What was applied and the source does not know, and the last point that both know."""
    found: list[Orphan] = []
    columns = applied_run.c
    rows = connection.execute(
        select(applied_run)
        .where(columns.consumer == consumer, columns.source == mark.source)
        .order_by(columns.place.desc())
    )
    oldest: Row[tuple[object, ...]] | None = None
    for row in rows:
        oldest = row
        known = _known(source_connection, row.epoch, row.first, row.last)
        for place in range(row.last - row.first, -1, -1):
            sequence, event_id = row.first + place, row.ids[place]
            if known.get(sequence) == event_id:
                return found[::-1], Point(row.epoch, sequence, event_id)
            orphan = Orphan(
                mark.source, row.epoch, sequence, event_id, row.types[place], row.subjects[place], row.applied_at
            )
            found.append(orphan)
    if oldest is not None and not (oldest.first == 1 and _is_first_epoch(source_connection, oldest.epoch)):
        raise RecordTooShort(remedy="Restore this service's database from a backup older than the source's.")
    return found[::-1], Point(None, 0, None)


def _known(source_connection: Connection, epoch: UUID, first: int, last: int) -> dict[int, UUID]:
    columns = event_log.c
    query = select(columns.sequence, columns.id).where(columns.epoch == epoch, columns.sequence.between(first, last))
    return {row.sequence: row.id for row in source_connection.execute(query)}


def _is_first_epoch(source_connection: Connection, epoch: UUID) -> bool:
    """Tell whether nothing can lie before this epoch: it has no parent, or the source has never heard of it."""
    query = select(event_epoch.c.parent_epoch).where(event_epoch.c.epoch == epoch)
    return source_connection.execute(query).scalar() is None


def _cut_record(connection: Connection, consumer: str, source: str, found: Sequence[Orphan]) -> None:
    """Take the orphans out of the record of what was applied; they are kept as orphans."""
    columns = applied_run.c
    first: dict[UUID, int] = {}
    for orphan in found:
        first.setdefault(orphan.epoch, orphan.sequence)
    for epoch, sequence in first.items():
        ours = columns.consumer == consumer, columns.source == source, columns.epoch == epoch
        connection.execute(delete(applied_run).where(*ours, columns.first >= sequence))
        kept = sequence - columns.first
        arrays = {name: func.trim_array(columns[name], cast(columns.last - sequence + 1, Integer)) for name in _ARRAYS}
        connection.execute(
            update(applied_run).where(*ours, columns.last >= sequence, kept > 0).values(last=sequence - 1, **arrays)
        )


_ARRAYS = ("ids", "types", "subjects")


def _at(table: Table, key: Key) -> tuple[ColumnElement[bool], ...]:
    source, epoch, sequence = key
    columns = table.c
    return columns.source == source, columns.epoch == epoch, columns.sequence == sequence


def _parked(row: Row[tuple[object, ...]]) -> Parked:
    values = row._mapping
    fields = {name: values[name] for name in Parked.__dataclass_fields__}
    return Parked(**{**fields, "touched": tuple(row.touched), "body": bytes(row.body)})
