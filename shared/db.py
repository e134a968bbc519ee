"""PostgreSQL: engines and sessions. Not here: what a transaction does (unit_of_work), locks, how migrations are taken.

Advisory locks (shared.locks) and migrations (shared.steps) are named here too: callers know one module of databases.
"""

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from shared.locks import advisory_lock, lock_number
from shared.steps import migrate, of_package, standing

__all__ = [
    "LIMITS",
    "advisory_lock",
    "known_revisions",
    "lock_number",
    "make_engine",
    "make_unpooled_engine",
    "migrate",
    "new_session",
    "pending_migrations",
    "standing",
]

LIMITS = "-c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s -c jit=off"


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


def pending_migrations(engine: Engine, package: str) -> list[str]:
    """Revisions of `package` that the database lacks, oldest first; contracting ones at the end may wait.

    Raises ConfigurationError where the database is a newer release's and this one cannot work on it.
    """
    return [step.revision for step in standing(engine, package).pending]


def known_revisions(package: str) -> list[str]:
    """The revisions of `package` that this program has, oldest first."""
    return [step.revision for step in of_package(package)]
