"""The bundled server of one deployment, shared by its `serve` process and the commands beside it.

The last user out stops it; a user that dies counts as gone, and the next one finds the server running or recovers it.
Not here: how a server is started and stopped (cluster.py).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.embedded import postmaster
from shared.embedded.account import make_home, refuse_private_place, server_account
from shared.embedded.cluster import Cluster
from shared.embedded.lock import FileLock
from shared.embedded.programs import reachable_programs
from shared.errors import Conflict, Invalid

SETTINGS: Mapping[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    # An error's text may quote what a statement said, a person's name too: the server's log holds its own life only.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] %d ",
    # A week of logs, a file a weekday, each begun anew.
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}
# PostgreSQL's own C.UTF-8 sorts by code point and knows every script's letters, whatever the machine has installed.
INITDB = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions")
_DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


class EmbeddedPostgres:
    """`with EmbeddedPostgres(home) as server:` has the deployment's server running, started here or before.

    `exclusive` is for `serve`: a second one on the same home is refused (Conflict), commands may still attach.
    `settings` override PostgreSQL's where this process is the one that starts it.
    Errors: ConfigurationError (folder or programs not usable), Conflict, Unavailable (it does not start).
    """

    def __init__(self, home: Path, *, exclusive: bool = False, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.resolve()
        self._exclusive = exclusive
        self._settings = {**SETTINGS, **(settings or {})}
        self._cluster: Cluster | None = None
        self._serving = FileLock(self.home / ".serve.lock")
        self._users = FileLock(self.home / ".postgresql-users.lock")

    def start(self) -> None:
        """Start the server, or attach to it; return when it takes connections."""
        account = server_account()
        refuse_private_place(self.home, account)
        make_home(self.home)
        if self._exclusive:
            self._claim()
        try:
            with self._control():
                programs = reachable_programs(self.home, account)
                self._cluster = Cluster(self.home / "postgresql", programs, account, INITDB, self._settings)
                self._users.lock(shared=True)
                self._cluster.create()
                self._cluster.start()
        except BaseException:
            self._leave()
            raise

    def stop(self) -> None:
        """Leave the server; stop it if nobody else uses it."""
        try:
            if self._cluster is not None:
                with self._control():
                    if self._users.try_lock():
                        self._cluster.stop()
        finally:
            self._leave()

    def revive(self) -> bool:
        """Start the server again if it died under us; whether that was so. Unavailable if it does not start."""
        if running(self.home):
            return False
        with self._control():
            self._running().start()
        return True

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database: explicit psycopg2, over the local socket."""
        return self._running().url(database)

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there. Names are lower-case letters, digits and underscores."""
        if not _DATABASE_NAME.fullmatch(name):
            raise Invalid(f"{name!r} is no name for a database.", field="database", rule="lower-case-identifier")
        self._running().create_database(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> Cluster:
        assert self._cluster is not None, "start() comes first"
        return self._cluster

    def _control(self) -> FileLock:
        """Held by whoever is just starting or stopping the server."""
        return FileLock(self.home / ".postgresql-control.lock")

    def _claim(self) -> None:
        if not self._serving.try_lock():
            self._serving.release()
            raise Conflict(
                f"The deployment in {self.home} is already being served by process {self._serving.signature() or '?'}.",
                rule="one-serve-process",
                remedy="Stop that process first; commands can work beside it.",
            )
        self._serving.sign()

    def _leave(self) -> None:
        self._cluster = None
        self._users.release()
        self._serving.release()


def running(home: Path) -> bool:
    """Whether the bundled server of this home runs. Nothing is created or started."""
    return postmaster.running(home.resolve() / "postgresql" / "data") is not None
