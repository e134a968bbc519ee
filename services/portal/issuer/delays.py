"""A growing delay after wrong tries, per account and per address, kept in the database: all processes share it.

An account counts from the moment of a try, so that a hundred at once are a hundred; what is right takes the count back.
Names that no account has are counted alike, and only hashes are kept. Not here: how a try is judged (accounts).
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.portal.issuer.tables import delay

FREE = {"account": 3, "address": 30}
"""So many wrong tries cost nothing: an office shares one address."""
LONGEST = timedelta(minutes=5)
FORGOTTEN = timedelta(hours=24)


def wait(failures: int, of: str) -> timedelta:
    """How long after the last of `failures` nothing is tried: 2 s, 4 s, 8 s and so on, five minutes at most."""
    over = failures - FREE[of]
    return timedelta(0) if over < 0 else min(timedelta(seconds=2.0 ** min(over + 1, 20)), LONGEST)


def left(connection: Connection, of: str, hash_: bytes, now: datetime) -> timedelta:
    """How long it is still to wait. The row is made and locked until the transaction ends: tries come one by one."""
    none = insert(delay).values(of=of, hash=hash_, failures=0, failed_at=now)
    connection.execute(none.on_conflict_do_nothing())
    query = select(delay.c.failures, delay.c.failed_at).where(delay.c.of == of, delay.c.hash == hash_)
    found = connection.execute(query.with_for_update()).one()
    if found.failures == 0 or now - found.failed_at > FORGOTTEN:
        return timedelta(0)
    return max(found.failed_at + wait(found.failures, of) - now, timedelta(0))


def count(connection: Connection, of: str, hash_: bytes, now: datetime) -> None:
    """One more try; what is long forgotten is thrown away on the way, but for rows that others hold."""
    old = select(delay.c.of, delay.c.hash).where(delay.c.failed_at < now - FORGOTTEN).limit(100)
    connection.execute(delete(delay).where(tuple_(delay.c.of, delay.c.hash).in_(old.with_for_update(skip_locked=True))))
    one = insert(delay).values(of=of, hash=hash_, failures=1, failed_at=now)
    connection.execute(
        one.on_conflict_do_update(
            index_elements=["of", "hash"], set_={"failures": delay.c.failures + 1, "failed_at": now}
        )
    )


def forget(connection: Connection, of: str, hash_: bytes) -> None:
    """It was right: the count begins anew."""
    connection.execute(delete(delay).where(delay.c.of == of, delay.c.hash == hash_))
