"""Requests to build the read tables anew; the emptying of the other schema, and the pointer that makes it live.

Not here: what a rebuild does with events (rebuilding), and which schema is read (live).
"""

from uuid import UUID

from sqlalchemy import Connection, exists, select, text, update

from services.reporting import domain
from services.reporting.store import live
from services.reporting.store.tables import live_figures, read_metadata, rebuild
from shared.repository import Repository

OPEN = (domain.RebuildState.REQUESTED, domain.RebuildState.RUNNING)


class Rebuilds(Repository[domain.Rebuild]):
    """The rebuilds of the deployment; at most one of them is open."""

    kind = domain.Rebuild

    def open(self) -> domain.Rebuild | None:
        """The one that is not ended, locked for change. The pointer's row is the lock under which one is added."""
        self._session.execute(select(live_figures.c.one).with_for_update())
        query = select(domain.Rebuild).where(rebuild.c.state.in_(OPEN)).with_for_update()
        return self._session.scalars(query, execution_options={"populate_existing": True}).one_or_none()

    def is_open(self) -> bool:
        """Whether one is not ended."""
        return bool(self._session.execute(select(exists().where(rebuild.c.state.in_(OPEN)))).scalar_one())

    def latest(self) -> domain.Rebuild | None:
        """The newest one."""
        query = select(domain.Rebuild).order_by(rebuild.c.requested_at.desc())
        return self._session.scalars(query.limit(1)).one_or_none()

    def empty_other(self) -> str:
        """Empty the schema that is not live, and name it."""
        (schema,) = set(live.SCHEMAS) - {self._session.execute(select(live_figures.c.schema_name)).scalar_one()}
        tables = ", ".join(f"{schema}.{table}" for table in read_metadata.tables)
        self._session.execute(text(f"truncate {tables}"))
        return schema

    def make_live(self, schema: str, built_with: str) -> None:
        """Whoever reads from the next transaction on reads `schema`."""
        self._session.execute(update(live_figures).values(schema_name=schema, built_with=built_with))


def count(connection: Connection, rebuild_id: UUID, events: int) -> str | None:
    """Note that so many events more are applied, and name the schema they go to; None where the rebuild is over.

    The row stays locked until the transaction ends: nothing can be written to a schema that has become live meanwhile.
    """
    running = rebuild.c.id == rebuild_id, rebuild.c.state == domain.RebuildState.RUNNING
    statement = update(rebuild).where(*running).values(events=rebuild.c.events + events)
    return connection.execute(statement.returning(rebuild.c.schema_name)).scalar_one_or_none()
