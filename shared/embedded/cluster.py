"""One PostgreSQL data directory and its server process: create, start, stop, find again after a crash.

Callers hold a lock around create, start and stop (server.py does); nothing here knows of other users of the server.
Not here: which programs, which account, which settings.
"""

import logging
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg2
from psycopg2 import errors, sql
from sqlalchemy.engine import URL

from shared.embedded import postmaster
from shared.embedded.account import Account, make_server_folder, private_parent
from shared.errors import ConfigurationError, Unavailable

ROLE = "kinward"
_SOCKET_FILE = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes: sun_path of Linux less its end mark
_PATIENCE = 120.0  # seconds for a start; recovery after a crash on a slow disk takes its time
_log = logging.getLogger(__name__)


class _Identity(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True)
class Cluster:
    """A data directory in `folder`, run by `programs` as `account` (None: ourselves). Local socket only.

    Everything below `folder` is the account's, and root writes nothing there itself.
    """

    folder: Path
    programs: Path
    account: Account | None = None
    initdb: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    def create(self) -> None:
        """Make the data directory where there is none; ConfigurationError if it is of another major version."""
        make_server_folder(self.folder, self.account)
        if self.data.exists():
            self._check_version()
            return
        fresh = self.folder / "data.new"
        if fresh.exists():  # left by a creation that was cut off
            shutil.rmtree(fresh)
        options = ["--encoding=UTF8", "--auth=trust", f"--username={ROLE}", "--data-checksums", *self.initdb]
        status, output = self._run("initdb", "-D", str(fresh), *options)
        if status != 0:
            raise Unavailable(f"PostgreSQL could not create {self.data}: {output}")
        fresh.rename(self.data)

    def start(self) -> None:
        """Start the server, or find it running, and return when it takes connections; Unavailable if it does not."""
        if self._settled() is not None:
            return
        socket_folder = self._socket_folder()
        options = {**self.settings, "listen_addresses": "", "unix_socket_directories": str(socket_folder)}
        given = shlex.join([part for name, value in options.items() for part in ("-c", f"{name}={value}")])
        self._clear_stale_notes(socket_folder)
        deadline = time.monotonic() + _PATIENCE
        while True:
            status, output = self._run("pg_ctl", "start", "-w", "-t", str(int(_PATIENCE)), "-o", given)
            if status == 0:
                return
            # The workers of a killed server hold its shared memory until they notice, which takes moments.
            if "still in use" not in output or time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start on {self.data} (its log is in {self.data}/log): {output}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server if it runs: sessions are ended, and what they had not committed is rolled back."""
        found = postmaster.running(self.data)
        if found is None:
            return
        for mode, patience in (("fast", 60), ("immediate", 20)):
            status, output = self._run("pg_ctl", "stop", "-w", "-t", str(patience), "-m", mode)
            if status == 0 or postmaster.running(self.data) is None:
                if found.socket_folder not in (None, self.folder) and self._is_private(found.socket_folder):
                    shutil.rmtree(found.socket_folder, ignore_errors=True)
                return
            _log.warning("PostgreSQL on %s did not stop (%s): %s", self.data, mode, output)
        raise Unavailable(f"PostgreSQL on {self.data} does not stop.")

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database of the running server; Unavailable if it does not run."""
        query = {"host": str(self._live_socket_folder())}
        return URL.create("postgresql+psycopg2", ROLE, database=database, query=query).render_as_string(False)

    def create_database(self, name: str, template: str = "template0") -> bool:
        """Create a database, empty or as a `template` that nobody uses; False if there is one of that name already."""
        if self._execute("SELECT FROM pg_database WHERE datname = %s", name):
            return False
        try:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            self._execute(made)
        except (errors.DuplicateDatabase, errors.UniqueViolation):  # the latter: two at the same moment
            return False
        return True

    def drop_database(self, name: str) -> None:
        """Drop a database and end the sessions that still use it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: str | sql.Composable, *values: str) -> int:
        """Run one statement in autocommit; the number of rows it found."""
        try:
            connection = psycopg2.connect(host=str(self._live_socket_folder()), user=ROLE, dbname="postgres")
        except psycopg2.OperationalError as error:
            raise Unavailable(f"PostgreSQL on {self.data} takes no connection: {error}") from None
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.rowcount
        finally:
            connection.close()

    def _live_socket_folder(self) -> Path:
        found = postmaster.running(self.data)
        if found is None or found.socket_folder is None:
            raise Unavailable(f"PostgreSQL on {self.data} is not running.")
        return found.socket_folder

    def _settled(self) -> postmaster.Postmaster | None:
        """The server once it is ready, or None once it is gone; it may be starting or stopping when a parent died."""
        deadline = time.monotonic() + _PATIENCE
        while (found := postmaster.running(self.data)) is not None and found.status != "ready":
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL on {self.data} has been {found.status!r} for {_PATIENCE:.0f} seconds.")
            time.sleep(0.05)
        return found

    def _clear_stale_notes(self, socket_folder: Path) -> None:
        """Remove the process numbers that a killed server left, in its data and beside its socket.

        PostgreSQL only asks whether such a process lives, and would refuse to start where it is another by now, as
        after a container's restart, or a zombie nobody collects. Its other guard, the shared memory segment named after
        the data directory, stays in force.
        """
        if postmaster.running(self.data) is None:
            for note in (self.data / "postmaster.pid", socket_folder / f"{_SOCKET_FILE}.lock"):
                note.unlink(missing_ok=True)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        _, output = self._run("postgres", "--version")
        need = re.search(r"\(PostgreSQL\) (\d+)", output)
        if need is None or have != need[1]:
            raise ConfigurationError(
                f"The data in {self.data} was written by PostgreSQL {have}, the programs here are: {output}.",
                rule="postgresql-major-version",
                remedy=f"Dump the databases with PostgreSQL {have} and restore them into a new home.",
            )

    def _socket_folder(self) -> Path:
        """The cluster's own folder, or a short one in the temporary directory where its path would be too long."""
        if len(os.fsencode(self.folder / _SOCKET_FILE)) <= _SOCKET_PATH_LIMIT:
            return self.folder
        stale = postmaster.recorded(self.data)
        if stale is not None and stale.socket_folder is not None and self._is_private(stale.socket_folder):
            return stale.socket_folder  # that of a killed server is used again, so that none pile up
        for place in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 (mkdtemp makes its own 0700 folder there)
            if private_parent(Path(place), self.account) is None and len(os.fsencode(place)) <= 64:
                short = Path(tempfile.mkdtemp(prefix="kinward-", dir=place))
                make_server_folder(short, self.account)
                return short
        raise ConfigurationError(
            f"No folder is short enough for the socket of {self.data}.",
            rule="socket-path-length",
            remedy="Choose a shorter KINWARD_HOME, or a shorter TMPDIR.",
        )

    def _is_private(self, folder: Path | None) -> bool:
        if folder is None or folder.is_symlink() or not folder.is_dir():
            return False
        entry = folder.stat()
        return entry.st_uid == (self.account.uid if self.account else os.geteuid()) and entry.st_mode & 0o077 == 0

    def _run(self, program: str, *arguments: str) -> tuple[int, str]:
        """Run a program as the account; its exit status and the end of its output.

        The output goes to a file: a server keeps what it inherits open, and a pipe would never end.
        """
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGDATA": str(self.data)}
        with tempfile.TemporaryFile() as output:
            process = subprocess.run(
                [str(self.programs / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                umask=0o077,
                **self._identity(),
            )
            output.seek(max(0, output.seek(0, os.SEEK_END) - 2000))
            return process.returncode, output.read().decode("utf-8", "replace").strip()

    def _identity(self) -> _Identity:
        if self.account is None:
            return {"user": None, "group": None, "extra_groups": None}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": sorted(self.account.groups)}
