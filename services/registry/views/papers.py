"""Read-only queries about a child's papers."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.registry.store.children import child
from services.registry.store.merged import stands_for
from services.registry.store.papers import CONTENT, attachment
from services.registry.store.papers_files import child_document, identity_work
from services.registry.views import joining
from shared import protection, queries
from shared.errors import Conflict
from shared.ids import short_reference
from shared.reach import Reach

REFERENCE = "AT"
NOT_RECORDED = "not_recorded"
SHOWN = [column for column in attachment.c if column.name != CONTENT]


def attachments(session: Session, child_id: UUID) -> list[dict[str, Any]]:
    """The files of a child, those of records merged into its own too, newest first, without their content."""
    ids = joining.ids_of(session, child_id)
    query = select(*SHOWN).where(attachment.c.child.in_(ids)).order_by(attachment.c.id.desc())
    rows = protection.opened(session, attachment, queries.rows(session, query))
    return [_referred(row) for row in rows]


def content(session: Session, child_id: UUID, id_: UUID) -> tuple[dict[str, Any], bytes]:
    """A file of a child, and its content opened. Raises NotFound, or Conflict where it was withdrawn."""
    own = attachment.c
    query = select(own.id, own.number, own.child, own.media_type, own.version, own.content)
    ids = joining.ids_of(session, child_id)
    row = queries.one(session, query.where(own.id == id_, own.child.in_(ids)), "attachment")
    sealed = row.pop(CONTENT)
    if sealed is None:
        raise Conflict("This attachment was withdrawn; its content is gone.", field="status", rule="attachment-kept")
    key = protection.keyring(session).of(row["child"])
    return _referred(row), key.open(sealed, attachment.name, CONTENT, id_)


def checklist(session: Session, child_id: UUID, kinds: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Every kind of paper that the pack knows, and how it stands with it; then those recorded under older kinds."""
    ids = joining.ids_of(session, child_id)
    query = select(child_document).where(child_document.c.child.in_(ids))
    rows = protection.opened(session, child_document, queries.rows(session, query))
    kept = {row["kind"]: row for row in sorted(rows, key=lambda row: row["child"] == child_id)}  # its own line wins
    nothing = dict.fromkeys(("id", "version", "since", "attachment", "issued_on"), None)
    nothing |= {"state": NOT_RECORDED, "number": "", "issuer": ""}
    shown = []
    for kind in dict.fromkeys([*kinds, *kept]):
        row = kinds.get(kind, {})
        asked = {"kind": kind, "for_whom": row.get("for_whom"), "mandatory": row.get("mandatory") == "yes"}
        shown.append(nothing | kept.get(kind, {}) | asked)
    return shown


def works(session: Session, child_id: UUID) -> list[dict[str, Any]]:
    """The identity work of a child, newest first."""
    ids = joining.ids_of(session, child_id)
    query = select(identity_work).where(identity_work.c.child.in_(ids)).order_by(identity_work.c.id.desc())
    return protection.opened(session, identity_work, queries.rows(session, query))


def child_of_work(session: Session, id_: UUID) -> UUID | None:
    """The child that identity work is for: the record that stands for it."""
    standing = stands_for(child)
    query = select(standing).join(identity_work, identity_work.c.child == child.c.id)
    return session.scalar(query.where(identity_work.c.id == id_))


def child_of_attachment(session: Session, id_: UUID) -> UUID | None:
    """The child that a file is of: the record that stands for it."""
    standing = stands_for(child)
    return session.scalar(
        select(standing).join(attachment, attachment.c.child == child.c.id).where(attachment.c.id == id_)
    )


def overdue(
    session: Session, reach: Reach, today: date, *, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Work that was due before `today` and has not ended, the longest overdue first."""
    own = identity_work.c
    query = (
        select(own.id, own.child, own.kind, own.status, own.owner, own.due, own.told_at, child.c.area)
        .join(child, child.c.id == own.child)
        .where(own.ended_on.is_(None), own.due < today, reach.over(child.c.area))
    )
    if after is not None:
        query = query.where(tuple_(own.due, own.id) > after)
    return queries.rows(session, query.order_by(own.due, own.id).limit(limit))


def _referred(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"reference": short_reference(REFERENCE, row["number"])}
