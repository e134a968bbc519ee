"""How often an event was begun without an end: how one that kills the process is found and set aside.

A batch that may have killed a process before (given again by the broker, or the first of a process) is counted, in a
transaction of its own, before it is applied. From the third time its events go one by one, each counted before it is
begun; one that ended the process three times alone is not begun again.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from shared.stream.watermark import Mark
from shared.technical_tables import stream_attempt

SINGLY_FROM = 3
"""The attempt from which events go one by one."""

MOST = 3
"""How often an event may end the process, alone."""


def begin(connection: Connection, consumer: str, marks: Iterable[Mark]) -> bool:
    """Count a batch that begins at these watermarks; True if its events must go one by one."""
    singly = False
    for mark in marks:
        attempts, alone = _before(connection, consumer, mark)
        singly = singly or alone or attempts + 1 >= SINGLY_FROM
        if not alone:
            _write(connection, consumer, mark, attempts + 1, singly=False)
    return singly


def begin_one(connection: Connection, consumer: str, mark: Mark) -> bool:
    """Count the event behind this watermark, which goes alone; False if it ended the process too often already."""
    attempts, alone = _before(connection, consumer, mark)
    if alone and attempts >= MOST:
        return False
    _write(connection, consumer, mark, attempts + 1 if alone else 1, singly=True)
    return True


def survived(connection: Connection, consumer: str) -> None:
    """Forget what is counted: whatever went wrong, the process did not end of it."""
    connection.execute(delete(stream_attempt).where(stream_attempt.c.consumer == consumer))


def _before(connection: Connection, consumer: str, mark: Mark) -> tuple[int, bool]:
    """Attempts at this very watermark so far, and whether they were at one event alone."""
    query = select(stream_attempt.c.attempts, stream_attempt.c.singly).where(
        stream_attempt.c.consumer == consumer,
        stream_attempt.c.source == mark.source,
        stream_attempt.c.sequence == mark.sequence,
    )
    row = connection.execute(query).one_or_none()
    return (0, False) if row is None else (row.attempts, row.singly)


def _write(connection: Connection, consumer: str, mark: Mark, attempts: int, *, singly: bool) -> None:
    values = {"sequence": mark.sequence, "attempts": attempts, "singly": singly}
    statement = insert(stream_attempt).values(consumer=consumer, source=mark.source, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["consumer", "source"], set_=values))
