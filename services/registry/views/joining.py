"""Read-only queries about two records of one child made one, and undone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from services.registry.domain import joining as domain
from services.registry.store import children as children_store
from services.registry.store import joining as store
from services.registry.store.mapping import metadata
from shared import protection, queries

RECORDED = ("relationship", "legal_measure", "consent", "alert", "identity_work", "child_document", "attachment")
"""What stays under the record that it was recorded of, by table."""
_SHOWN = ("id", "version", "merged", "status", "ground", "chosen", "by", "at", "undone_by", "undone_at")


def ids_of(session: Session, child: UUID) -> list[UUID]:
    """The ids whose facts are read together with those of a child: its own first, then those merged into it."""
    merged = children_store.child.c
    query = select(merged.id).where(merged.merged_into == child, merged.status == "merged").order_by(merged.id)
    return [child, *session.scalars(query)]


def merges(session: Session, child: UUID) -> list[dict[str, Any]]:
    """The merges into the record of a child, those undone too, in their order; without what either was before."""
    query = select(store.joining).where(store.joining.c.kept == child).order_by(store.joining.c.place)
    rows = protection.opened(session, store.joining, queries.rows(session, query), subject="kept")
    return [{name: row[name] for name in (*_SHOWN, "reason", "undone_because")} for row in rows]


def origins(session: Session, child: UUID) -> dict[str, Any]:
    """From which record each fact of a child came: fields of its identity, identifiers by kind, what else is recorded.

    Values are not told. A field that was changed since a merge brought it is the own record's.
    """
    query = select(store.joining).where(store.joining.c.kept == child).order_by(store.joining.c.place)
    rows = protection.opened(session, store.joining, queries.rows(session, query), subject="kept")
    standing = [row for row in rows if row["status"] == domain.Standing.JOINED]
    own = select(children_store.child).where(children_store.child.c.id == child)
    [now] = protection.opened(session, children_store.child, queries.rows(session, own), subject="id")
    return {
        "fields": _fields(child, children_store.read_identity(now["identity"]), standing),
        "identifiers": _identifiers(child, children_store.read_identifiers(now["identifiers"]), standing),
        "recorded": _recorded(session, [child, *(row["merged"] for row in standing)]),
    }


def _fields(child: UUID, identity: Any, standing: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = dict.fromkeys(sorted(domain.CHOICES), child)
    for row in standing:
        brought = children_store.read_identity(row["merged_before"])
        found |= {name: row["merged"] for name in row["chosen"] if getattr(brought, name) == getattr(identity, name)}
    return [{"field": name, "record": record} for name, record in found.items()]


def _identifiers(child: UUID, held: Sequence[Any], standing: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    moved = {own: row["merged"] for row in standing for own in children_store.read_identifiers(row["moved"])}
    return [{"kind": own.kind, "record": moved.get(own, child)} for own in held]


def _recorded(session: Session, records: Sequence[UUID]) -> list[dict[str, Any]]:
    """How many rows of each kind stand under which record."""
    tables = [metadata.tables[name] for name in RECORDED]
    counts = [
        select(literal(table.name).label("kind"), table.c.child.label("record"), func.count().label("count"))
        .where(table.c.child.in_(records))
        .group_by(table.c.child)
        for table in tables
    ]
    found = queries.rows(session, select(union_all(*counts).subquery()))
    return sorted(found, key=lambda row: (row["kind"], records.index(row["record"])))
