"""What a database holds at one moment, in numbers: what a backup says of it, and what is read back from a restored one.

Nothing of anybody: counts, ids of events, hashes. Not here: whether they are as they should be (proving).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

from shared import audit_check, event_log
from shared.errors import ConfigurationError, Unavailable
from shared.event_log import epochs, log

_TABLES = text(
    """
    SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
    """
)
_MAY = text(
    """
    SELECT rolsuper OR rolbypassrls OR NOT EXISTS (
        SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relrowsecurity AND nspname NOT IN ('pg_catalog', 'information_schema')
    ) FROM pg_roles WHERE rolname = current_user
    """
)
_EPOCHS = text("SELECT epoch, count(*) AS events, max(sequence) AS last FROM event_log GROUP BY epoch")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment from the first question on, for as long as it takes."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        yield connection


def exported(connection: Connection) -> str:
    """The name under which pg_dump sees the same moment."""
    return str(connection.scalar(text("SELECT pg_export_snapshot()")))


def server_version(connection: Connection) -> int:
    """The major version of the server."""
    return int(connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000")) or 0)


def revision(connection: Connection) -> str | None:
    """The newest migration; None where nothing was ever migrated."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    found = connection.scalar(text("SELECT version_num FROM public.alembic_version"))
    return None if found is None else str(found)


def tables(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = list(connection.scalars(_TABLES))
    return {name: int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in names}  # noqa: S608 (quoted by PostgreSQL)


def require_all_rows(connection: Connection, name: str) -> None:
    """Raise ConfigurationError where this account would be shown only some rows."""
    if not connection.scalar(_MAY):
        raise ConfigurationError(
            f"the database account of {name} is shown only the rows of whom it acts for", rule="sees-every-row",
            field="KINWARD_BACKUP_DATABASE_USER",
            remedy="name an account with BYPASSRLS and pg_read_all_data, or a superuser",
        )  # fmt: skip


def of(connection: Connection, *, has_log: bool) -> dict[str, Any]:
    """Everything that a manifest says of a database. Raises Unavailable where its audit log has lost its head."""
    chain = audit_check.head(connection)
    if chain is None:
        raise Unavailable("The audit log has lost its head.", rule="audit-head", remedy="kinward audit verify")
    found = {
        "revision": revision(connection),
        "postgresql": server_version(connection),
        "audit": {"sequence": chain.sequence, "hash": chain.hash.hex()},
        "tables": tables(connection),
    }
    return found | (_log(connection) if has_log else {})


def _log(connection: Connection) -> dict[str, Any]:
    head = event_log.head(connection)
    last = log.id_at(connection, head.epoch, head.sequence)
    return {
        "epoch": str(head.epoch),
        "sequence": head.sequence,
        "last_event": None if last is None else str(last),
        "epochs": len(epochs.chain(connection)),
        "events": sum(row.events for row in connection.execute(_EPOCHS)),
    }


def holes(connection: Connection) -> list[str]:
    """What is amiss in the event log: an epoch whose numbers do not run from 1 to where the next begins."""
    head = event_log.head(connection)
    chain = epochs.chain(connection)
    there = {row.epoch: (row.events, row.last) for row in connection.execute(_EPOCHS)}
    found = []
    for epoch, end in epochs.ends(chain, head.sequence):
        events, last = there.get(epoch, (0, 0))
        if last < end or events != last:
            found.append(f"epoch {epoch} has {events:,} events up to number {last:,} and should reach {end:,}")
    for each in chain[1:]:
        parent = each.parent
        if parent is not None and log.id_at(connection, parent.epoch, parent.sequence) != parent.id:
            found.append(f"epoch {each.id} follows an event that is not there")
    return found
