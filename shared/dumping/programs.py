"""Which pg_dump and pg_restore fit a server: those on the path, Debian's by major version, those of the bundled server.

pg_dump refuses a server that is newer than itself; pg_restore reads no dump of a newer pg_dump, and from 17 on writes a
setting (transaction_timeout) that servers before 17 do not know. Not here: running them.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.embedded.programs import wheel_programs
from shared.errors import ConfigurationError

DEBIAN = Path("/usr/lib/postgresql")
WRITES_TIMEOUT = 17


@dataclass(frozen=True)
class Program:
    """A program of PostgreSQL and its major version."""

    path: Path
    major: int


def dumper(server: int) -> Program:
    """The pg_dump for a server of that major version: its own, else the next newer. Raises ConfigurationError."""
    return _best("pg_dump", server, lambda program: program.major >= server)


def restorer(server: int, dumped_by: int) -> Program:
    """The pg_restore for a dump of that pg_dump into a server of that major version. Raises ConfigurationError."""

    def fits(program: Program) -> bool:
        return program.major >= dumped_by and (program.major < WRITES_TIMEOUT or server >= WRITES_TIMEOUT)

    return _best("pg_restore", server, fits)


def _best(name: str, server: int, fits: Callable[[Program], bool]) -> Program:
    there = found(name)
    fitting = [each for each in there if fits(each)]
    if not fitting:
        versions = ", ".join(sorted({str(each.major) for each in there})) or "none"
        raise ConfigurationError(
            f"no {name} here fits PostgreSQL {server}: found {versions}", field=name, rule="postgresql-client",
            remedy=f"install postgresql-client-{server}",
        )  # fmt: skip
    return min(fitting, key=lambda each: abs(each.major - server))


@cache
def found(name: str) -> tuple[Program, ...]:
    """Every one of that name on this machine that says which version it is."""
    return tuple(program for path in _places(name) if (program := _asked(path)) is not None)


def _places(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    yield from sorted(DEBIAN.glob(f"*/bin/{name}"))
    with suppress(ConfigurationError):
        yield wheel_programs() / name


def _asked(path: Path) -> Program | None:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    major = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return Program(path, int(major[1])) if major else None
