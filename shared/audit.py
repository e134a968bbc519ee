"""The audit log of a service's database: who did, read or was denied what, by ids and codes.

Belongs here: writing a row outside a unit of work (which notes its own) and reading the log. Not here: the table
(technical_tables), and any field's value: `detail` holds codes, counts and ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared import ids, technical_tables

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


def write(
    session: Session,
    *,
    actor: str,
    action: str,
    at: datetime,
    roles: Sequence[str] = (),
    subject: UUID | None = None,
    outcome: str = DONE,
    request_id: str | None = None,
    correlation_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> UUID:
    """Add a row to the session's transaction; returns its id. The caller commits."""
    id_ = ids.new_id()
    row = {
        "id": id_,
        "at": at,
        "actor": actor,
        "roles": list(roles),
        "action": action,
        "subject": subject,
        "outcome": outcome,
        "request_id": request_id,
        "correlation_id": correlation_id or ids.new_id(),
        "detail": dict(detail or {}),
    }
    session.execute(insert(technical_tables.audit).values(row))
    return id_


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
