"""Read-only queries of registry. Never used to decide a write."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from services.registry import domain, store
from shared.errors import NotFound
from shared.ids import short_reference

REFERENCE = "CH"


def child(session: Session, id_: UUID) -> dict[str, Any]:
    """Everything registry holds on one child, as the API shows it. Raises NotFound."""
    row = session.execute(select(store.child).where(store.child.c.id == id_)).one_or_none()
    if row is None:
        raise NotFound("No child with this id.", field="child")
    return _shown(row)


def children_holding(session: Session, kind: str, value: str, issuer: str | None) -> list[dict[str, Any]]:
    """The children that carry exactly this identifier (from any issuer where none is named)."""
    held = store.identifier.c
    found = select(held.child).where(held.kind == kind, held.value == value)
    if issuer is not None:
        found = found.where(held.issuer == issuer)
    rows = session.execute(select(store.child).where(store.child.c.id.in_(found)).order_by(store.child.c.id))
    return [_shown(row) for row in rows]


def siblings(session: Session, id_: UUID) -> list[dict[str, Any]]:
    """The siblings noted for a child: ids, references, status and areas; their names need their own reading."""
    columns = (store.child.c.id, store.child.c.number, store.child.c.status, store.child.c.area)
    own = select(store.child.c.siblings).where(store.child.c.id == id_)
    noted = session.execute(own).scalar_one_or_none()
    if noted is None:
        raise NotFound("No child with this id.", field="child")
    rows = session.execute(select(*columns).where(store.child.c.id.in_(noted)).order_by(store.child.c.id))
    return [
        {"id": row.id, "reference": short_reference(REFERENCE, row.number), "status": row.status, "area": row.area}
        for row in rows
    ]


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


def _shown(row: Row[Any]) -> dict[str, Any]:
    identity: domain.Identity = row.identity
    return {
        "id": row.id,
        "reference": short_reference(REFERENCE, row.number),
        "version": row.version,
        "status": row.status,
        "withdrawn_because": row.withdrawn_because,
        "identity": identity,
        "area": row.area,
        "identifiers": row.identifiers,
    }
