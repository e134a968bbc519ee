"""Which of the two schemas holds the read tables that count: `live_figures` says so at the start of a transaction.

The one place that knows the schemas' names at run time. A rebuild fills figures_b and flips the pointer under the lock
of the consumer's `stream` row (EVENTS 4); it is not built yet.
"""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

_ENTER = text("select set_config('search_path', schema_name || ', public', true) from live_figures")


def enter(connection: Connection | Session) -> None:
    """From here to the end of the transaction the bare names of the read tables are those of the live schema."""
    connection.execute(_ENTER)
