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


def children_holding(session: Session, kind: str, value: str, issuer: str | None) -> list[dict[str, Any]]:
    """The children that carry exactly this identifier (from any issuer where none is named)."""
    ring, held = protection.keyring(session), store.identifier.c
    if issuer is None:
        here = held.any_issuer == store.from_any_issuer(ring, kind, value)
    else:
        here = held.digest == store.digest_of(ring, domain.Identifier(kind, issuer, value))
    query = select(store.child).where(store.child.c.id.in_(select(held.child).where(here))).order_by(store.child.c.id)
    return _opened(session, queries.rows(session, query))



def _opened(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = protection.opened(session, store.child, rows, subject="id")
    return [
        _shown(row)
        | {
            "identity": store.read_identity(row["identity"]),
            "identifiers": store.read_identifiers(row["identifiers"]),
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
