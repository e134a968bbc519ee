"""Which of the two schemas holds the read tables that count: `live_figures` says so at the start of a transaction.

The one place that knows the schemas' names at run time. A rebuild fills the other schema and then moves the pointer
under the lock of the consumer's `stream` row (EVENTS 4).
"""

from sqlalchemy import Connection, text, update
from sqlalchemy.orm import Session

from services.reporting.store.tables import live_figures

SCHEMAS = ("figures_a", "figures_b")

_ENTER = text("select set_config('search_path', schema_name || ', public', true), built_with from live_figures")
_ENTER_ONE = text("select set_config('search_path', :schema || ', public', true)")


def enter(connection: Connection | Session) -> str | None:
    """From here to the end of the transaction the bare names of the read tables are those of the live schema.

    Returns what they are built with; None where no event was ever applied to them.
    """
    built_with: str | None = connection.execute(_ENTER).one().built_with
    return built_with


def enter_schema(connection: Connection | Session, schema: str) -> None:
    """As `enter`, but for a schema that the caller names, live or not."""
    connection.execute(_ENTER_ONE, {"schema": schema})


def stamp(connection: Connection | Session, built_with: str) -> None:
    """Note what the live tables are built with."""
    connection.execute(update(live_figures).values(built_with=built_with))
