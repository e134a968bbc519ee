"""Read-only queries about children."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry import domain
from services.registry.store import children as store
from shared import protection, queries
from shared.ids import short_reference

REFERENCE = "CH"


def child(session: Session, id_: UUID) -> dict[str, Any]:
    """Everything registry holds on one child, as the API shows it. Raises NotFound."""
    row = queries.one(session, select(store.child).where(store.child.c.id == id_), "child")
    return _opened(session, [row])[0]


def holding(session: Session, identifier: domain.Identifier, *, any_issuer: bool = False) -> list[dict[str, Any]]:
    """The ids of the children that carry exactly this identifier (from any issuer where none is named)."""
    ring, held = protection.keyring(session), store.identifier.c
    if any_issuer:
        here = held.any_issuer == store.from_any_issuer(ring, identifier.kind, identifier.value)
    else:
        here = held.digest == store.digest_of(ring, identifier)
    return queries.rows(session, select(held.child.label("id")).where(here).distinct())


def referred(session: Session, number: int) -> list[dict[str, Any]]:
    """The id of the child that a short reference means."""
    return queries.rows(session, select(store.child.c.id).where(store.child.c.number == number))


def children(session: Session, ids: list[UUID]) -> list[dict[str, Any]]:
    """Everything registry holds on these children, as the API shows it; none of them erased."""
    query = select(store.child).where(store.child.c.id.in_(ids)).order_by(store.child.c.id)
    return _opened(session, queries.rows(session, query)) if ids else []


def revisions(session: Session, id_: UUID) -> list[dict[str, Any]]:
    """What the record of a child said before each change (its `identity` then), oldest first."""
    table = store.child_revision
    found = queries.rows(session, select(table).where(table.c.child == id_).order_by(table.c.version))
    return [
        row
        | {
            "identity": store.read_identity(row["before"]),
            "identifiers": store.read_identifiers(row["identifiers"]) if "identifiers" in row else None,
            "death": store.read_death(row.get("death")),
        }
        for row in protection.opened(session, table, found, subject="child")
    ]


def _opened(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = protection.opened(session, store.child, rows, subject="id")
    return [
        _shown(row)
        | {
            "identity": store.read_identity(row["identity"]),
            "identifiers": store.read_identifiers(row["identifiers"]),
            "death": store.read_death(row.get("death")),
        }
        for row in found
    ]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what has a permission of its own."""
    return _referred(
        {name: value for name, value in row.items() if name not in {"siblings", "born_month", "merged_into"}}
    )


def _referred(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its number as the reference that people use."""
    return row | {"reference": short_reference(REFERENCE, row["number"])}
