"""PostgreSQL: engines, sessions, migrations, advisory locks. Not here: what a transaction does (unit_of_work)."""

import importlib
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from shared.errors import ConfigurationError, Unavailable

LOG = logging.getLogger("kinward.db")
LIMITS = "-c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s"


def make_engine(url: str, pool_size: int = 5) -> Engine:
    """An engine with a bounded pool; a lock is waited for 5 s at most, a forgotten transaction ends after 10 s.

    An error's text lists no parameters, which are people's names too. PostgreSQL's own part of it may still quote a
    value, so such texts go into no log.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": LIMITS, "application_name": "kinward"},
        executemany_mode="values_plus_batch",
    )


def make_unpooled_engine(url: str) -> Engine:
    """An engine whose every connection is its own: for advisory locks that live as long as the connection."""
    return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"options": "-c timezone=UTC"})


def new_session(engine: Engine) -> Session:
    """A session for one unit of work; what it loaded stays readable after the commit.

    Nothing is written before the commit or an explicit flush, so that a batch is a handful of statements; a collection
    answers for what was added to it.
    """
    return Session(engine, expire_on_commit=False, autoflush=False)


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


def _autocommit(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _scripts(package: str) -> tuple[Config, ScriptDirectory]:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def pending_migrations(engine: Engine, package: str) -> list[str]:
    """Revisions of `package` that the database lacks, oldest first.

    Raises ConfigurationError where the database has a revision that this program does not know.
    """
    _, scripts = _scripts(package)
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    with engine.connect() as connection:
        table = connection.scalar(text("select to_regclass('alembic_version')"))
        current = connection.scalar(text("select version_num from alembic_version")) if table else None
    if current is not None and current not in known:
        raise ConfigurationError(
            f"the database is at revision {current}, which this release does not know",
            field=package,
            remedy="run the release that migrated it, or restore a backup",
        )
    return known[known.index(current) + 1 :] if current else known


def migrate(engine: Engine, package: str) -> list[str]:
    """Bring the service's database to the newest revision, one process at a time; returns the revisions applied.

    Alembic would tell of its own workings at every start; one line tells what was migrated, none that nothing was.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config, scripts = _scripts(package)
    with _autocommit(engine) as guard, advisory_lock(guard, f"migrate {package}"):
        applied = pending_migrations(engine, package)

        def upgrade(revision: Any, _context: Any) -> Any:
            return scripts._upgrade_revs("head", revision)

        with (
            engine.begin() as connection,
            EnvironmentContext(config, scripts, fn=upgrade, destination_rev="head") as environment,
        ):
            connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
            environment.configure(connection=connection)
            environment.run_migrations()
    if applied:
        LOG.info("migrated", extra={"package": package, "revisions": applied})
    return applied
