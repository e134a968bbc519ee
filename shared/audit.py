"""The audit log of a service's database: who did, read or was denied what, by ids and codes.

Belongs here: writing rows in somebody's transaction and reading the log. Not here: the table
(technical_tables), and any field's value: `detail` holds codes, counts and ids.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from shared import technical_tables

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


_APPEND = text(
    """
    INSERT INTO audit (id, at, actor, roles, action, subject, outcome, request_id, correlation_id, detail)
    SELECT row.id, row.at, row.actor, CAST(row.roles AS text[]), row.action, row.subject, row.outcome, row.request_id,
           row.correlation_id, row.detail::jsonb
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:times AS timestamptz[]), CAST(:actors AS text[]), CAST(:roles AS text[]),
        CAST(:actions AS text[]), CAST(:subjects AS uuid[]), CAST(:outcomes AS text[]), CAST(:requests AS text[]),
        CAST(:correlations AS uuid[]), CAST(:details AS text[])
    ) AS row (id, at, actor, roles, action, subject, outcome, request_id, correlation_id, detail)
    """
)


def append(connection: Connection, rows: Sequence[AuditRow]) -> None:
    """Add rows in one statement, however many; the caller commits."""
    if not rows:
        return
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
        },
    )


def _array(names: Sequence[str]) -> str:
    """An array as PostgreSQL reads it from text: arrays of arrays would all need one length."""
    return "{" + ",".join(json.dumps(name, ensure_ascii=False) for name in names) + "}"


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
    query = select(table).order_by(table.c.id.desc()).limit(limit)
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
