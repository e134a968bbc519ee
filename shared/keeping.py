"""What the database keeps for a while only, and how long. Not here: records of children (retention in registry)."""

from datetime import timedelta

from sqlalchemy import Connection, CursorResult, delete, func

from shared.technical_tables import idempotency_key

KEYS = timedelta(days=7)
"""How long an Idempotency-Key is known: clients repeat within hours, a form that was left open within days."""


def forget_old(connection: Connection) -> int:
    """Delete the idempotency keys whose time is over; how many there were."""
    column = idempotency_key.c.at
    result = connection.execute(delete(idempotency_key).where(column < func.now() - KEYS))
    assert isinstance(result, CursorResult)
    return result.rowcount
