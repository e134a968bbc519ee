"""How far a consumer has come in each source: the rule that makes nothing lost and nothing twice.

Belongs here: the comparison of a run of events with the watermark (pure), and the watermark's rows. Not here: taking
messages, applying events, asking for what is missing.

The rows are read and written in the transaction that applies the events, under the lock of the consumer's `stream` row.
Without that lock two consumers, one of them believed dead, read the same watermark and both apply the next event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.envelope import Event
from shared.errors import Conflict
from shared.stream.incoming import Run
from shared.technical_tables import stream, watermark


class EpochChanged(Conflict):
    """The source has begun a new epoch, as after a restore from backup: the stream cannot go on by itself."""

    code = "epoch-changed"
    title = "The source has begun a new epoch"


class Forked(Conflict):
    """The source names another event than the one applied here at the same place."""

    code = "forked"
    title = "The source tells another history"


_MARK = (
    watermark.c.source,
    watermark.c.epoch,
    watermark.c.sequence,
    watermark.c.event_id,
    watermark.c.head,
)


@dataclass(slots=True)
class Mark:
    """The last event applied of one source, and the highest place known to exist. No epoch before the first event."""

    source: str
    epoch: UUID | None = None
    sequence: int = 0
    event_id: UUID | None = None
    head: int = 0


class Place(Enum):
    """Where a run stands, seen from the watermark."""

    KNOWN = "known"
    NEXT = "next"
    AHEAD = "ahead"


@dataclass(slots=True)
class Judgement:
    """What a handful of runs brings: events to apply in order; what was skipped; who is ahead."""

    fresh: list[Event]
    skipped: dict[str, int]
    gaps: dict[str, int]


def place(mark: Mark, run: Run) -> Place:
    """Compare a run with the watermark; raises EpochChanged or Forked where they are not of one history."""
    if mark.epoch is not None and run.epoch != mark.epoch:
        raise EpochChanged(f"{mark.source} has begun a new epoch")
    if run.last <= mark.sequence:
        return Place.KNOWN
    if run.first > mark.sequence + 1:
        return Place.AHEAD
    if run.first == mark.sequence + 1 and run.previous_id != mark.event_id:
        raise Forked(f"{mark.source} tells another history")
    return Place.NEXT


def judge(marks: dict[str, Mark], runs: Iterable[Run]) -> Judgement:
    """Sort runs, in the order they came, into what to apply, what is known and what is ahead; moves `marks`."""
    judgement = Judgement([], {}, {})
    for run in runs:
        mark = marks[run.source]
        where = place(mark, run)
        mark.head = max(mark.head, run.last)
        if where is Place.KNOWN:
            judgement.skipped[run.source] = judgement.skipped.get(run.source, 0) + run.count
        elif where is Place.AHEAD:
            judgement.gaps[run.source] = judgement.gaps.get(run.source, 0) + 1
        else:
            fresh = run.events()[mark.sequence + 1 - run.first :]
            judgement.fresh += fresh
            mark.epoch, mark.sequence, mark.event_id = run.epoch, fresh[-1].sequence, fresh[-1].id
    return judgement


def ensure(connection: Connection, consumer: str, sources: Sequence[str]) -> None:
    """Make sure that the consumer's rows exist."""
    connection.execute(insert(stream).values(consumer=consumer, state="running").on_conflict_do_nothing())
    for source in sources:
        row = {"consumer": consumer, "source": source, "sequence": 0, "head": 0}
        connection.execute(insert(watermark).values(row).on_conflict_do_nothing())


def lock(connection: Connection, consumer: str) -> dict[str, Mark]:
    """Lock the consumer until the transaction ends and read its watermarks; must be the transaction's first statement.

    Two statements: under READ COMMITTED the second sees what whoever held the lock before has committed.
    """
    connection.execute(select(stream.c.consumer).where(stream.c.consumer == consumer).with_for_update()).one()
    rows = connection.execute(select(*_MARK).where(watermark.c.consumer == consumer))
    return {row.source: Mark(*row) for row in rows}


def save(connection: Connection, consumer: str, mark: Mark) -> None:
    """Write one watermark, in the transaction that applied its events."""
    connection.execute(
        watermark.update()
        .where(watermark.c.consumer == consumer, watermark.c.source == mark.source)
        .values(epoch=mark.epoch, sequence=mark.sequence, event_id=mark.event_id, head=mark.head)
    )


def note_request(connection: Connection, consumer: str, source: str) -> Mark:
    """Note that a catch-up is asked for now; returns the watermark to ask from."""
    row = connection.execute(
        watermark.update()
        .where(watermark.c.consumer == consumer, watermark.c.source == source)
        .values(requested_at=func.now())
        .returning(*_MARK)
    ).one()
    return Mark(*row)


def set_state(connection: Connection, consumer: str, reason: str | None) -> None:
    """Note that the consumer has stopped, and why; or with None that it runs."""
    connection.execute(
        stream.update()
        .where(stream.c.consumer == consumer)
        .values(state="running" if reason is None else "stopped", reason=reason)
    )
