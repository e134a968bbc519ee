"""One database out through pg_dump and in through pg_restore (custom format), each as a stream of bytes.

Errors of theirs quote rows, so of what they say only the line that names the fault is told, without its detail. A
password goes by the environment of the program, never on its command line.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

import psycopg2.extensions
from sqlalchemy import make_url

from shared.dumping.programs import Program
from shared.errors import Refused, Unavailable

LOCK_WAIT = 30_000
"""Milliseconds for which pg_dump waits behind a migration."""


class DumpFailed(Unavailable):
    """pg_dump did not come to its end."""

    code = "dump-failed"
    title = "The database could not be dumped"


class RestoreFailed(Refused):
    """pg_restore did not come to its end; its transaction was rolled back, the database is as it was."""

    code = "restore-failed"
    title = "The dump could not be restored"


@contextmanager
def dumping(program: Program, url: str, snapshot: str) -> Iterator[IO[bytes]]:
    """The dump of a database as another connection's exported snapshot sees it. Raises DumpFailed."""
    options = ["--format=custom", f"--snapshot={snapshot}", "--no-password", f"--lock-wait-timeout={LOCK_WAIT}"]
    with _running(program, options, url, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as (process, said):
        assert process.stdout is not None
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            status = process.wait()
        if status != 0:
            raise DumpFailed(_said(said), rule="pg-dump", remedy="see docs/backup.md: the account that dumps")


def restore(program: Program, url: str, pieces: Iterable[bytes], role: str | None) -> None:
    """Read a dump into an empty database, in one transaction; `role` owns what is made. Raises RestoreFailed."""
    options = ["--format=custom", "--no-owner", "--exit-on-error", "--single-transaction", "--no-password"]
    if role is not None:
        options.append(f"--role={role}")
    with _running(program, options, url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (process, said):
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it has ended, and says why
                for piece in pieces:
                    process.stdin.write(piece)
                process.stdin.close()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0:
            raise RestoreFailed(_said(said), rule="pg-restore", remedy="mend what it names, then restore again")


@contextmanager
def _running(
    program: Program, options: Sequence[str], url: str, *, stdin: int, stdout: int
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The program at work on a database, and the file that takes what it says; the caller waits for its end."""
    where, environment = _where(url)
    with tempfile.TemporaryFile() as said:
        command = [str(program.path), *options, where]
        yield subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=said, env=environment), said


def _where(url: str) -> tuple[str, dict[str, str]]:
    """A connection string without the password, and the environment that has it."""
    found = make_url(url).translate_connect_args(username="user", database="dbname")
    given = {**found, **{name: value for name, value in make_url(url).query.items() if isinstance(value, str)}}
    password = given.pop("password", None)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "KINWARD_"))}
    kept |= {"PGAPPNAME": "kinward", "LC_ALL": "C", "PGTZ": "UTC"}
    if password is not None:
        kept["PGPASSWORD"] = str(password)
    return f"--dbname={psycopg2.extensions.make_dsn(**given)}", kept


def _said(output: IO[bytes]) -> str:
    """The line that names the fault; lines of detail, context and statements quote values."""
    output.seek(0)
    lines = output.read(64 * 1024).decode("utf-8", "replace").splitlines()
    found = [line for line in lines if "error:" in line]
    return found[0][:300] if found else "it ended without a word"
