"""The audit log of a service's database: who did, read or was denied what, by ids and codes.

Belongs here: writing rows in somebody's transaction and reading the log. Every row has a number without gaps and a hash
over itself and the row before (audit_chain); nothing changes it. Not here: the table (technical_tables), finding where
the chain is broken (audit_check), and any field's value: `detail` holds codes, whole numbers and ids.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from shared import audit_chain, technical_tables

DONE = "done"
DENIED = "denied"
REFUSED = "refused"


@dataclass(frozen=True)
class AuditRow:
    """One line of the log. `outcome` is done, denied (not allowed) or refused (a domain rule said no)."""

    id: UUID
    at: datetime
    actor: str
    roles: tuple[str, ...]
    action: str
    subject: UUID | None
    outcome: str
    request_id: str | None
    correlation_id: UUID
    detail: Mapping[str, Any]


# In one statement: the head is locked and read, the chain goes on from it row by row, head is moved, rows are added.
# Whoever comes meanwhile waits for the lock and goes on from what was committed.
_APPEND = text(
    """
    WITH RECURSIVE head AS MATERIALIZED (
        SELECT sequence, hash FROM audit_head FOR UPDATE
    ), chain (place, sequence, hash) AS (
        SELECT 0::bigint, head.sequence, head.hash FROM head
        UNION ALL
        SELECT place + 1, sequence + 1, sha256(hash || int8send(sequence + 1) || substring(
            CAST(:digests AS bytea) FROM CAST(place AS integer) * 32 + 1 FOR 32))
        FROM chain WHERE place < :count
    ), moved AS (
        UPDATE audit_head SET sequence = chain.sequence, hash = chain.hash FROM chain WHERE chain.place = :count
    )
    INSERT INTO audit
        (id, at, actor, roles, action, subject, outcome, request_id, correlation_id, detail, sequence, hash)
    SELECT row.id, row.at, row.actor, CAST(row.roles AS text[]), row.action, row.subject, row.outcome, row.request_id,
           row.correlation_id, row.detail::jsonb, chain.sequence, chain.hash
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:times AS timestamptz[]), CAST(:actors AS text[]), CAST(:roles AS text[]),
        CAST(:actions AS text[]), CAST(:subjects AS uuid[]), CAST(:outcomes AS text[]), CAST(:requests AS text[]),
        CAST(:correlations AS uuid[]), CAST(:details AS text[])
    ) WITH ORDINALITY AS row
        (id, at, actor, roles, action, subject, outcome, request_id, correlation_id, detail, place)
    JOIN chain ON chain.place = row.place
    """
)


def append(connection: Connection, rows: Sequence[AuditRow]) -> None:
    """Add rows to the chain in one statement, however many; the caller commits.

    Holds the lock of the chain's head until the transaction ends: to be called when every other lock is held already,
    but for the event log's head, which stays the last (`hold` for who needs that one earlier).
    """
    if not rows:
        return
    digests = b"".join(audit_chain.digest(vars(row)) for row in rows)
    connection.execute(
        _APPEND,
        {
            "ids": [str(row.id) for row in rows],
            "times": [row.at for row in rows],
            "actors": [row.actor for row in rows],
            "roles": [_array(row.roles) for row in rows],
            "actions": [row.action for row in rows],
            "subjects": [None if row.subject is None else str(row.subject) for row in rows],
            "outcomes": [row.outcome for row in rows],
            "requests": [row.request_id for row in rows],
            "correlations": [str(row.correlation_id) for row in rows],
            "details": [json.dumps(row.detail) for row in rows],
            "digests": digests,
            "count": len(rows),
        },
    )


def hold(connection: Connection) -> None:
    """Lock the chain's head now: for a transaction that locks the event log's head before it knows what to note."""
    connection.execute(select(technical_tables.audit_head).with_for_update())


def _array(names: Sequence[str]) -> str:
    """An array as PostgreSQL reads it from text: arrays of arrays would all need one length."""
    return "{" + ",".join(f'"{_escaped(name)}"' for name in names) + "}"


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def read(
    session: Session,
    limit: int,
    *,
    before: UUID | None = None,
    subject: UUID | None = None,
    actor: str | None = None,
    outcome: str | None = None,
) -> list[AuditRow]:
    """Up to `limit` rows, newest first (ids are uuid7), older than row `before`, narrowed by what is given."""
    table = technical_tables.audit
    query = select(*(table.c[name] for name in audit_chain.COLUMNS)).order_by(table.c.id.desc()).limit(limit)
    wanted = ((table.c.subject, subject), (table.c.actor, actor), (table.c.outcome, outcome))
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(table.c.id < before)
    return [_row(found) for found in session.execute(query).mappings()]


def _row(found: Mapping[Any, Any]) -> AuditRow:
    values = {str(name): value for name, value in found.items()}
    return AuditRow(**values | {"roles": tuple(values["roles"])})
