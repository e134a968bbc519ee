"""Tables and mapping of identity work and of the checklist of a child's personal file.

Not here: the files themselves (papers).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Date, DateTime, ForeignKey, Integer, LargeBinary, SmallInteger, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from services.registry.domain import Status
from services.registry.domain import papers as domain
from services.registry.store.children import child, read_identity
from services.registry.store.mapping import mapper, metadata
from shared import protection, queries
from shared.columns import EnumText
from shared.repository import Repository
from shared.technical_tables import audit

REGISTERING = "RegisterChild"
"""The audit action that says who registered a child."""
NOBODY = "unknown"

identity_work = Table(
    "identity_work",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", EnumText(domain.WorkStatus), nullable=False),
    Column("owner", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("applied_on", Date),
    Column("ended_on", Date),
    Column("told_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)

child_document = Table(
    "child_document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", EnumText(domain.DocumentState), nullable=False),
    Column("since", Date, nullable=False),
    Column("attachment", Uuid, ForeignKey("attachment.id")),
    Column("sealed", LargeBinary),
)

identity_mark = Table(
    "identity_mark",
    metadata,
    Column("one", SmallInteger, primary_key=True),
    Column("place", Uuid, nullable=False),
)

mapper.map_imperatively(
    domain.IdentityWork, identity_work, version_id_col=identity_work.c.version, version_id_generator=False
)
mapper.map_imperatively(
    domain.ChildDocument, child_document, version_id_col=child_document.c.version, version_id_generator=False
)


def _write_work(work: domain.IdentityWork) -> dict[str, Any]:
    return {"office": work.office, "number": work.number, "words": work.words}


def _read_work(work: domain.IdentityWork, kept: dict[str, Any]) -> None:
    work.office, work.number, work.words = kept["office"], kept["number"], kept["words"]


def _write_document(document: domain.ChildDocument) -> dict[str, Any]:
    issued_on = msgspec.to_builtins(document.issued_on)
    return {"number": document.number, "issuer": document.issuer, "issued_on": issued_on}


def _read_document(document: domain.ChildDocument, kept: dict[str, Any]) -> None:
    document.number, document.issuer = kept["number"], kept["issuer"]
    document.issued_on = msgspec.convert(kept["issued_on"], date | None)


protection.protect(
    domain.IdentityWork, identity_work, subject=lambda each: each.child, write=_write_work, read=_read_work
)
protection.protect(
    domain.ChildDocument, child_document, subject=lambda each: each.child, write=_write_document, read=_read_document
)


class Works(Repository[domain.IdentityWork]):
    """The identity work of a deployment."""

    kind = domain.IdentityWork

    def open_of(self, child_: UUID, kind: str) -> UUID | None:
        """The open work of a kind for a child."""
        own = identity_work.c
        query = select(own.id).where(own.child == child_, own.kind == kind, own.ended_on.is_(None))
        return self._session.scalar(query)

    def ever_of(self, child_: UUID, kind: str) -> bool:
        """Whether there was ever work of a kind for a child."""
        own = identity_work.c
        query = select(own.id).where(own.child == child_, own.kind == kind).limit(1)
        return self._session.scalar(query) is not None

    def overdue(self, today: date, limit: int) -> list[domain.IdentityWork]:
        """Work that was due before `today`, has not ended and was not told; what somebody works on waits."""
        own = identity_work.c
        query = (
            select(domain.IdentityWork)
            .where(own.due < today, own.ended_on.is_(None), own.told_at.is_(None))
            .order_by(own.due, own.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self._session.scalars(query))

    def new_children(self, before: datetime, limit: int) -> list[domain.NewChild]:
        """Children registered before an instant and not looked through, in the order of their ids (uuid7)."""
        own = child.c
        newest = UUID(int=int(before.astimezone(UTC).timestamp() * 1000) << 80)
        query = select(child).where(own.id < newest, own.status == Status.ACTIVE).order_by(own.id).limit(limit)
        mark = self._session.scalar(select(identity_mark.c.place))
        if mark is not None:
            query = query.where(own.id > mark)
        rows = protection.opened(self._session, child, queries.rows(self._session, query), subject="id")
        actors = self._registered_by([row["id"] for row in rows])
        return [
            domain.NewChild(row["id"], read_identity(row["identity"]), actors.get(row["id"], NOBODY)) for row in rows
        ]

    def looked_through(self, last: UUID) -> None:
        """All children up to this one were looked through."""
        row = insert(identity_mark).values(one=1, place=last)
        self._session.execute(row.on_conflict_do_update(index_elements=["one"], set_={"place": last}))

    def _registered_by(self, children: list[UUID]) -> dict[UUID, str]:
        query = select(audit.c.subject, audit.c.actor).where(
            audit.c.subject.in_(children), audit.c.action == REGISTERING
        )
        return {row.subject: row.actor for row in self._session.execute(query)}


class Documents(Repository[domain.ChildDocument]):
    """The checklists of a deployment."""

    kind = domain.ChildDocument

    def of(self, child_: UUID, kind: str) -> domain.ChildDocument | None:
        """The line of a kind, locked for change."""
        own = child_document.c
        query = select(domain.ChildDocument).where(own.child == child_, own.kind == kind).with_for_update()
        return self._session.scalars(query).one_or_none()

    def with_file(self, attachment: UUID) -> Iterable[domain.ChildDocument]:
        """The lines that show a file."""
        query = select(domain.ChildDocument).where(child_document.c.attachment == attachment).with_for_update()
        return list(self._session.scalars(query))
