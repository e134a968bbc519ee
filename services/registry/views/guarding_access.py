"""Who read or changed what is held on one child, or was kept from it: for the child's own file.

Not here: the audit log itself (shared/audit), and whether the child may be seen at all (api/reaching).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, select, union_all
from sqlalchemy.orm import Session

from services.registry.store import mapper
from services.registry.store.guarding_glass import glass
from shared import audit, queries, technical_tables

NAMES = ("child", "kept", "merged")
"""Columns that name the child a row is about."""


def access_log(
    session: Session, child_id: UUID, roles: Mapping[str, Mapping[str, Any]], before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Newest first: who, in which roles (in words too), did what to the child's record or to what belongs to it.

    `glass` names the emergency access that a reading was done under, or that the row itself is about.
    """
    table = technical_tables.audit.c
    broken = set(session.scalars(select(glass.c.id).where(glass.c.child == child_id)))
    asked = [table[name] for name in ("id", "at", "actor", "roles", "action", "subject", "outcome", "detail")]
    query = select(*asked).where(table.subject.in_({child_id, *_belonging(session, child_id)}))
    if before is not None:
        query = query.where(table.id < before)
    rows = queries.rows(session, query.order_by(table.id.desc()).limit(limit))
    return [_shown(row, broken, roles) for row in rows]


def _belonging(session: Session, child_id: UUID) -> set[UUID]:
    """The ids of what registry holds about a child: consents, measures, papers, alerts, emergency accesses and more."""
    tables = [each for each in mapper.metadata.sorted_tables if each.name != "child"]
    found = [
        select(table.c.id).where(table.c[name] == child_id)
        for table in tables
        for name in NAMES
        if name in table.c and _has_id(table)
    ]
    return set(session.scalars(union_all(*found)))


def _has_id(table: Table) -> bool:
    return "id" in table.c and isinstance(table.c.id.type, Uuid)


def _shown(row: dict[str, Any], broken: set[UUID], roles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    detail = row["detail"] or {}
    mark = detail.get("glass")
    under = UUID(mark) if mark else row["subject"] if row["subject"] in broken else None
    return {name: row[name] for name in ("id", "at", "actor", "roles", "action", "outcome")} | {
        "who": [str(roles[role]["label"]) if role in roles else role for role in row["roles"]],
        "what": _what(row["action"], row["outcome"], detail),
        "glass": under,
    }


def _what(action: str, outcome: str, detail: Mapping[str, Any]) -> str:
    """In plain words: readings are noted under the name of a permission, changes under that of a command."""
    if "told" in detail:
        return "was told that there is a record, and where"
    if outcome == audit.DENIED:
        return "was kept from it"
    if outcome == audit.REFUSED:
        return "was refused a change by a rule"
    return "read" if "." in action else "changed"
