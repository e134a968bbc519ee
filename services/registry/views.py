"""Read-only queries of registry. Never used to decide a write."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry import store
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


def registers(session: Session) -> list[str]:
    """The names of the registers of which a file was imported, in order."""
    return list(session.scalars(select(store.import_mark.c.register).distinct().order_by(store.import_mark.c.register)))


def import_progress(session: Session, file_sha256: str, register: str) -> int:
    """How many lines of a register file are done (0: none, or another file)."""
    mark = store.import_mark.c
    done = select(mark.lines_done).where(mark.file_sha256 == file_sha256, mark.register == register)
    return session.execute(done).scalar_one_or_none() or 0


def import_refusals(session: Session, file_sha256: str, register: str) -> frozenset[int]:
    """The numbers of the lines of a register file that were refused when they were last tried."""
    kept = store.import_refusal.c
    file = kept.file_sha256 == file_sha256, kept.register == register
    return frozenset(session.scalars(select(kept.line).where(*file)))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what has a permission of its own."""
    return _referred({name: value for name, value in row.items() if name != "siblings"})


def _referred(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its number as the reference that people use."""
    return row | {"reference": short_reference(REFERENCE, row["number"])}
