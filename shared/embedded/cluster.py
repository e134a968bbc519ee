"""One PostgreSQL data directory and its server process: create, start, stop, find again after a crash.

Callers hold a lock around create, start and stop (server.py does); nothing here knows of other users of the server.
Not here: which programs, which account, which settings.
"""

import logging
import os
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
class Postmaster:
    """What a server writes into postmaster.pid about itself."""

    pid: int
    socket_folder: Path | None
    status: str


@dataclass(frozen=True)
class Cluster:
    """A data directory below `folder`, run by `programs` as `account` (None: ourselves). Local socket only."""

    folder: Path
    programs: Path
    account: Account | None = None
    initdb: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def create(self) -> None:
        """Make the data directory where there is none; ConfigurationError if it is of another major version."""
        make_server_folder(self.folder, self.account)
        if self.data.exists():
            self._check_version()
            return
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)  # left by a creation that was cut off
        options = ["--encoding=UTF8", "--auth=trust", f"--username={ROLE}", "--data-checksums", *self.initdb]
        status, output = self._run("initdb", "-D", str(fresh), *options)
        if status != 0:
            raise Unavailable(f"PostgreSQL could not create {self.data}: {output}")
        fresh.rename(self.data)

    def start(self) -> None:
        """Start the server, or find it running, and return when it takes connections; Unavailable if it does not."""
        if self._settled() is not None:
            return
        self._clear_foreign_pid()
        options = {**self.settings, "listen_addresses": "", "unix_socket_directories": str(self._new_socket_folder())}
        given = shlex.join([part for name, value in options.items() for part in ("-c", f"{name}={value}")])
        deadline = time.monotonic() + _PATIENCE
        while True:
            status, output = self._run("pg_ctl", "start", "-w", "-t", str(int(_PATIENCE)), "-o", given)
            if status == 0:
                return
            # The workers of a killed server hold its shared memory until they notice, which takes moments.
            if "still in use" not in output or time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start on {self.data}: {output}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server if it runs: sessions are ended, and what they had not committed is rolled back."""
        if self.postmaster() is None:
            return
        for mode, patience in (("fast", 60), ("immediate", 20)):
            status, output = self._run("pg_ctl", "stop", "-w", "-t", str(patience), "-m", mode)
            if status == 0 or self.postmaster() is None:
                return
            _log.warning("PostgreSQL on %s did not stop (%s): %s", self.data, mode, output)
        raise Unavailable(f"PostgreSQL on {self.data} does not stop.")

    def postmaster(self) -> Postmaster | None:
        """The running server of this data directory, or None; a stale postmaster.pid is seen through."""
        found = self._recorded()
        return found if found is not None and self._is_ours(found.pid) else None

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database of the running server; Unavailable if it does not run."""
        found = self.postmaster()
        if found is None or found.socket_folder is None:
            raise Unavailable(f"PostgreSQL on {self.data} is not running.")
        query = {"host": str(found.socket_folder)}
        return URL.create("postgresql+psycopg2", ROLE, database=database, query=query).render_as_string(False)

    def create_database(self, name: str) -> bool:
        """Create an empty database; False if there is one of that name already."""
        if self._execute("SELECT FROM pg_database WHERE datname = %s", name):
            return False
        try:
            self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except (errors.DuplicateDatabase, errors.UniqueViolation):  # the latter: two at the same moment
            return False
        return True

    def drop_database(self, name: str) -> None:
        """Drop a database and end the sessions that still use it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: str | sql.Composable, *values: str) -> int:
        """Run one statement in autocommit; the number of rows it found."""
        found = self.postmaster()
        if found is None:
            raise Unavailable(f"PostgreSQL on {self.data} is not running.")
        connection = psycopg2.connect(host=str(found.socket_folder), user=ROLE, dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.rowcount
        finally:
            connection.close()

    def _settled(self) -> Postmaster | None:
        """The server once it is ready, or None once it is gone; it may be starting or stopping when a parent died."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self.postmaster()) is not None and found.status != "ready":
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL on {self.data} has been {found.status!r} for {_PATIENCE:.0f} seconds.")
            time.sleep(0.05)
        return found

    def _recorded(self) -> Postmaster | None:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        if not lines or not lines[0].strip().isdigit():
            return None
        lines += [""] * (8 - len(lines))
        socket_folder = Path(lines[4]) if lines[4] else None
        return Postmaster(int(lines[0]), socket_folder, lines[7].strip() or "starting")

    def _is_ours(self, pid: int) -> bool:
        """Whether the process is a server on this data directory: a number in a file may be another's by now."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        if not Path("/proc/self").exists():
            return True
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            return state != "Z" and Path(f"/proc/{pid}/cwd").samefile(self.data)
        except OSError:
            return False

    def _clear_foreign_pid(self) -> None:
        """Remove a postmaster.pid whose number now belongs to something else, as after a container's restart.

        PostgreSQL itself only asks whether such a process lives, and would refuse to start. Its second guard, the
        shared memory segment named after the data directory, stays in force.
        """
        if self._recorded() is not None and self.postmaster() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        _, output = self._run("postgres", "--version")
        need = output.rpartition(" ")[2].split(".")[0] if "Debian" not in output else output.split()[2].split(".")[0]
        if have != need:
            raise ConfigurationError(
                f"The data in {self.data} was written by PostgreSQL {have}, the programs here are {need}.",
                rule="postgresql-major-version",
                remedy=f"Dump the databases with PostgreSQL {have} and restore them into a new home.",
            )

    def _new_socket_folder(self) -> Path:
        """The data directory's own folder, or a short one in the temporary directory where that would be too long."""
        own = self.folder / "socket"
        if len(os.fsencode(own / _SOCKET_FILE)) <= _SOCKET_PATH_LIMIT:
            make_server_folder(own, self.account)
            return own
        note = self.folder / "socket-folder"  # the same one is used again, so that none pile up
        if note.exists() and self._is_private(known := Path(note.read_text(encoding="utf-8"))):
            return known
        for place in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 (mkdtemp makes its own 0700 folder there)
            if private_parent(Path(place), self.account) is None and len(os.fsencode(place)) <= 64:
                short = Path(tempfile.mkdtemp(prefix="kinward-", dir=place))
                make_server_folder(short, self.account)
                note.write_text(str(short), encoding="utf-8")
                return short
        raise ConfigurationError(
            f"No folder is short enough for the socket of {self.data}.",
            field="TMPDIR",
            rule="socket-path-length",
            remedy="Choose a shorter KINWARD_HOME.",
        )

    def _is_private(self, folder: Path) -> bool:
        if folder.is_symlink() or not folder.is_dir():
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
