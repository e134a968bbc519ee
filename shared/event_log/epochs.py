"""Epochs: a log whose database came back from a backup goes on under a new name, and names the history it follows.

After a restore the log lacks its newest events, and what is written next would bear their numbers. So numbering begins
at 1 again in a new epoch that names its parent: the last event that is still there. Consumers compare that with what
they have applied, and go on, or stop where they have seen events that the log has lost.

A restore is noticed by the cluster's identifier (another cluster) or its timeline (recovery to a point in time, a
promoted standby). A dump read back into the same cluster and a plain copy of its files show neither, and are told by
`kinward restored`; where that is forgotten, consumers still find other ids at the places they know.

Belongs here: noticing, beginning, and the chain of epochs. Not here: what consumers make of it (stream).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from shared import ids
from shared.event_log import log
from shared.technical_tables import event_epoch, event_head

Reason = Literal["cluster", "restored"]

_MOVED = text(
    """
    SELECT (event_head.system_identifier, event_head.timeline_id) IS DISTINCT FROM
           (cluster.system_identifier, cluster.timeline_id)
    FROM event_head CROSS JOIN cluster_identity() AS cluster
    """
)

_CONTINUE = text(
    """
    WITH continued AS (
        UPDATE event_head SET epoch = :epoch, sequence = 0, published = 0,
               system_identifier = cluster.system_identifier, timeline_id = cluster.timeline_id
        FROM cluster_identity() AS cluster
    )
    SELECT pg_notify(:channel, '')
    """
)

_CHAIN = text(
    """
    WITH RECURSIVE chain AS (
        SELECT 0 AS depth, event_epoch.* FROM event_epoch JOIN event_head USING (epoch)
        UNION ALL
        SELECT chain.depth + 1, parent.* FROM chain JOIN event_epoch AS parent ON parent.epoch = chain.parent_epoch
    )
    SELECT epoch, parent_epoch, parent_sequence, parent_id FROM chain ORDER BY depth DESC
    """
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the event `id` stands: a place that both ends of a stream can compare."""

    epoch: UUID
    sequence: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of a log, and the last event before it; no parent where nothing was written before."""

    id: UUID
    parent: Place | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """An epoch that was just begun, and how many events of the log were written and not published at that moment."""

    epoch: Epoch
    ordinal: int
    reason: Reason
    unpublished: int


def chain(connection: Connection) -> list[Epoch]:
    """The current epoch and those it follows, oldest first. Each but the current one has events."""
    return [Epoch(row.epoch, _place(row)) for row in connection.execute(_CHAIN)]


def ends(chain: Sequence[Epoch], head: int) -> list[tuple[UUID, int]]:
    """Each epoch of a chain with its last place: where the next one begins; of the current one `head`."""
    last = [epoch.parent.sequence for epoch in chain[1:] if epoch.parent is not None]
    return [(epoch.id, end) for epoch, end in zip(chain, [*last, head], strict=True)]


def begin(connection: Connection, reason: Reason) -> Begun:
    """Begin a new epoch at once. Whoever appends waits for the commit, and then writes into the new epoch."""
    _lock(connection)
    return _begin(connection, reason)


def begin_if_restored(connection: Connection) -> Begun | None:
    """Begin a new epoch if this is another cluster, or another timeline, than the one the log was written in.

    Compared again under the head's lock: of two relays that notice at once only one begins an epoch.
    """
    if not connection.scalar(_MOVED):
        return None
    _lock(connection)
    return _begin(connection, "cluster") if connection.scalar(_MOVED) else None


def _lock(connection: Connection) -> None:
    """Lock the head; what is read of it by later statements is what whoever held it before has committed."""
    connection.execute(select(event_head.c.one).with_for_update())


def _begin(connection: Connection, reason: Reason) -> Begun:
    head = log.head(connection)
    before = connection.execute(select(event_epoch).where(event_epoch.c.epoch == head.epoch)).one()
    parent = _place(before)
    if head.sequence:
        last = log.id_at(connection, head.epoch, head.sequence)
        parent = Place(head.epoch, head.sequence, cast(UUID, last))
    epoch, ordinal = Epoch(ids.new_id(), parent), before.ordinal + 1
    follows = {} if parent is None else {f"parent_{name}": value for name, value in asdict(parent).items()}
    connection.execute(event_epoch.insert().values(epoch=epoch.id, ordinal=ordinal, reason=reason, **follows))
    connection.execute(_CONTINUE, {"epoch": epoch.id, "channel": log.CHANNEL})
    return Begun(epoch, ordinal, reason, head.sequence - head.published)


def _place(row: Row[Any]) -> Place | None:
    """An epoch without events is nobody's parent: who follows it follows what it follows."""
    return None if row.parent_epoch is None else Place(row.parent_epoch, row.parent_sequence, row.parent_id)
