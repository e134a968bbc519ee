"""One relay at a time, woken when something was written: an advisory lock and LISTEN on one connection of its own.

The lock only saves work: should two hold it for a moment, consumers get messages twice and skip them.
"""

import select
from typing import Any

from sqlalchemy import Engine

from shared import db
from shared.event_log.log import CHANNEL


class Election:
    """A database connection outside the pool that holds the relay's lock for as long as it lives."""

    def __init__(self, engine: Engine) -> None:
        unpooled = db.make_unpooled_engine(engine.url.render_as_string(hide_password=False))
        raw: Any = unpooled.raw_connection()
        raw.detach()
        self._connection = raw.dbapi_connection
        self._connection.autocommit = True
        self.won = False

    def stand(self) -> bool:
        """Try to become the active relay; True if we are."""
        if not self.won:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [db.lock_number("relay")])
                self.won = bool(cursor.fetchone()[0])
                if self.won:
                    cursor.execute(f"LISTEN {CHANNEL}")
        return self.won

    def woken(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for a commit that wrote events; raises psycopg2.Error once the lock is lost.

        By select.select, which is green where the process is monkey-patched, while libpq's own waiting is not.
        """
        readable, _, _ = select.select([self._connection], [], [], timeout)
        if readable:
            self._connection.poll()
        woken = bool(self._connection.notifies)
        self._connection.notifies.clear()
        return woken

    def close(self) -> None:
        """Give up the lock."""
        self._connection.close()
