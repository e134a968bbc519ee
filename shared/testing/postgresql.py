"""A private PostgreSQL for tests and benchmarks: the wheel's 18, or Debian's 15. One fresh folder; fast, not durable.

Not here: the embedded default itself (shared/embedded), which is only borrowed with other settings.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from shared.embedded.account import Account, server_account
from shared.embedded.cluster import Cluster
from shared.embedded.programs import reachable_programs
from shared.embedded.server import INITDB, SETTINGS
from shared.testing import packages
from shared.testing.missing import ServerMissing
from shared.testing.scratch import scratch_folder

Kind = Literal["wheel", "debian"]
DEBIAN_MAJOR = 15
DEBIAN_PROGRAMS = Path(f"/usr/lib/postgresql/{DEBIAN_MAJOR}/bin")
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}


class DatabaseServer:
    """A running server that hands out fresh databases."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    def new_database(self, template: str = "template0") -> str:
        """Create a database, empty or as a template is; its SQLAlchemy URL."""
        name = f"test_{next(self._numbers)}"
        self._cluster.create_database(name, template)
        return self._cluster.url(name)

    def prepared_database(self, kind: str, prepare: Callable[[str], None]) -> str:
        """Create a database as `prepare` made the first of its kind, called with its URL; the new one's URL.

        What it prepared is the same in each, a number drawn by chance too: not for databases that meet one another.
        """
        if kind not in self._templates:
            template = self.new_database()
            prepare(template)
            self._templates[kind] = _name(template)
        return self.new_database(self._templates[kind])

    @property
    def data(self) -> Path:
        """The server's data directory: tables, write-ahead log."""
        return self._cluster.data

    def program(self, name: str) -> Path:
        """A program of this PostgreSQL, such as pg_dump."""
        return self._cluster.programs / name

    def drop_database(self, url: str) -> None:
        """Drop a database that new_database() made, ending the sessions still on it."""
        self._cluster.drop_database(_name(url))


@contextmanager
def postgresql_server(kind: Kind, settings: Mapping[str, str] | None = None) -> Iterator[DatabaseServer]:
    """Run a private server of that kind; `settings` go over the fast ones. ServerMissing where it cannot be had."""
    account = _account(kind)
    with scratch_folder("postgresql", account) as folder:
        programs = reachable_programs(folder, account) if kind == "wheel" else DEBIAN_PROGRAMS
        initdb = [*(INITDB if kind == "wheel" else ["--locale=C.UTF-8"]), "--no-sync"]
        cluster = Cluster(folder / "postgresql", programs, account, initdb, {**SETTINGS, **_FAST, **(settings or {})})
        cluster.create()
        try:
            cluster.start()
            yield DatabaseServer(cluster)
        finally:
            cluster.stop()


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _account(kind: Kind) -> Account | None:
    if kind == "wheel":
        return server_account()
    have_debian()
    return Account.named("postgres") if os.geteuid() == 0 else None


def have_debian() -> None:
    """Make sure that Debian's programs are there; ServerMissing where they cannot be had."""
    if (DEBIAN_PROGRAMS / "postgres").exists():
        return
    if not packages.can_install():
        raise ServerMissing(
            f"PostgreSQL {DEBIAN_MAJOR} is not installed in {DEBIAN_PROGRAMS}: "
            f"apt-get install postgresql-{DEBIAN_MAJOR}, or run the tests as root on Debian."
        )
    packages.install_postgresql(DEBIAN_MAJOR)
