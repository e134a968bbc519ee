"""Read-only queries about children."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import children as store
from shared import queries
from shared.ids import short_reference

REFERENCE = "CH"


def child(session: Session, id_: UUID) -> dict[str, Any]:
    """Everything registry holds on one child, as the API shows it. Raises NotFound."""
    return _shown(queries.one(session, select(store.child).where(store.child.c.id == id_), "child"))


def children_holding(session: Session, kind: str, value: str, issuer: str | None) -> list[dict[str, Any]]:
    """The children that carry exactly this identifier (from any issuer where none is named)."""
    held = store.identifier.c
    found = select(held.child).where(held.kind == kind, held.value == value)
    if issuer is not None:
        found = found.where(held.issuer == issuer)
    query = select(store.child).where(store.child.c.id.in_(found)).order_by(store.child.c.id)
    return [_shown(row) for row in queries.rows(session, query)]


def siblings(session: Session, id_: UUID) -> list[dict[str, Any]]:
    """The siblings noted for a child: ids, references, status and areas; their names need their own reading."""
    child = store.child.c
    own = queries.one(session, select(child.siblings).where(child.id == id_), "child")
    query = select(child.id, child.number, child.status, child.area).where(child.id.in_(own["siblings"]))
    return [_referred(row) for row in queries.rows(session, query.order_by(child.id))]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what has a permission of its own."""
    return _referred({name: value for name, value in row.items() if name != "siblings"})


def _referred(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its number as the reference that people use."""
    return row | {"reference": short_reference(REFERENCE, row["number"])}
