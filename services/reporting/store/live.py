"""Which of the two schemas holds the read tables that count: `live_figures` says so at the start of a transaction.

The one place that knows the schemas' names at run time. A rebuild fills the other schema and then moves the pointer
under the lock of the consumer's `stream` row (EVENTS 4).
"""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

SCHEMAS = ("figures_a", "figures_b")

_ENTER = text("select set_config('search_path', schema_name || ', public', true) from live_figures")
_ENTER_ONE = text("select set_config('search_path', :schema || ', public', true)")


def enter(connection: Connection | Session) -> None:
    """From here to the end of the transaction the bare names of the read tables are those of the live schema."""
    connection.execute(_ENTER)


def enter_schema(connection: Connection | Session, schema: str) -> None:
    """As `enter`, but for a schema that the caller names, live or not."""
    connection.execute(_ENTER_ONE, {"schema": schema})
