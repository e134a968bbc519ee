"""The tables that every service database has, whatever the service: events out, events in, audit, repeated requests.

Belongs here: the tables (tables) and how each of their versions comes to be (v1, v2, v3; services' migrations call
`create_v1` in their first step and the others in later ones). Not here: any table of a service, and the code that
reads and writes these.
"""

from shared.technical_tables.executes import Executes, Migrates
from shared.technical_tables.tables import (
    applied_run,
    audit,
    audit_head,
    dropped_event,
    event_epoch,
    event_head,
    event_log,
    idempotency_key,
    metadata,
    orphan_event,
    parked_event,
    stream,
    stream_attempt,
    watermark,
)
from shared.technical_tables.v1 import create_v1
from shared.technical_tables.v2 import create_v2
from shared.technical_tables.v3 import create_v3

__all__ = [
    "Executes",
    "Migrates",
    "applied_run",
    "audit",
    "audit_head",
    "create",
    "create_v1",
    "create_v2",
    "create_v3",
    "dropped_event",
    "event_epoch",
    "event_head",
    "event_log",
    "idempotency_key",
    "metadata",
    "orphan_event",
    "parked_event",
    "stream",
    "stream_attempt",
    "watermark",
]


def create(op: Migrates) -> None:
    """Create the technical tables in their newest version in an empty database: for tests of them alone."""
    create_v1(op)
    create_v2(op)
    create_v3(op)
