"""Advisory locks of PostgreSQL: one process at a time does what a name says. Not here: engines and sessions (db)."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from shared.errors import Unavailable

_HELD = text(
    "select exists (select from pg_locks where locktype = 'advisory' and granted and classid = 0 and objid = :n"
    " and database = (select oid from pg_database where datname = current_database()))"
)


def lock_number(name: str) -> int:
    """The advisory lock number of a name."""
    return zlib.crc32(name.encode())


@contextmanager
def advisory_lock(connection: Connection, name: str) -> Iterator[None]:
    """Hold a session advisory lock: one process at a time does what `name` says. Raises Unavailable after 5 s.

    The connection commits each statement by itself: one idle in a transaction would be ended after 10 s, lock and all.
    """
    try:
        connection.execute(text("select pg_advisory_lock(:n)"), {"n": lock_number(name)})
    except OperationalError:
        raise Unavailable(f"Another process holds the lock: {name}.", remedy="Try again when it is done.") from None
    try:
        yield
    finally:
        connection.execute(text("select pg_advisory_unlock(:n)"), {"n": lock_number(name)})


def is_held(connection: Connection, name: str) -> bool:
    """Whether somebody holds that lock in this database just now."""
    return bool(connection.scalar(_HELD, {"n": lock_number(name)}))
