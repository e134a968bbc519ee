"""What was consumed, run by run: so that events that a restored source no longer knows can be named exactly.

One row for each source and epoch of a transaction, written in it; its key refuses a second one. Rows are kept for
KEPT: a source restored from an older backup than that has orphans that cannot be listed any more.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby

from sqlalchemy import Connection, delete, func, text

from shared.envelope import Event
from shared.technical_tables import applied_run

KEPT = timedelta(days=40)

_NOTE = text(
    """
    INSERT INTO applied_run (consumer, source, epoch, first, last, ids, types, subjects)
    VALUES (:consumer, :source, :epoch, :first, :last, CAST(:ids AS uuid[]), CAST(:types AS text[]),
            CAST(:subjects AS uuid[]))
    """
)


def note(connection: Connection, consumer: str, events: Sequence[Event]) -> None:
    """Write down the events of one transaction, each source's in their order.

    As array literals in text: psycopg2 would quote a thousand ids one by one. Ids and types hold nothing to quote.
    """
    ordered = sorted(events, key=lambda event: event.source)
    for (source, epoch), found in groupby(ordered, key=lambda event: (event.source, event.epoch)):
        run = list(found)
        row = {
            "consumer": consumer,
            "source": source,
            "epoch": str(epoch),
            "first": run[0].sequence,
            "last": run[-1].sequence,
            "ids": _array(event.id.hex for event in run),
            "types": _array(event.type for event in run),
            "subjects": _array(event.subject.hex for event in run),
        }
        connection.execute(_NOTE, row)


def forget_old(connection: Connection, consumer: str) -> int:
    """Delete what is older than KEPT; returns how many rows."""
    old = applied_run.c.applied_at < func.now() - KEPT
    return connection.execute(delete(applied_run).where(applied_run.c.consumer == consumer, old)).rowcount


def _array(texts: Iterable[str]) -> str:
    return "{" + ",".join(texts) + "}"
