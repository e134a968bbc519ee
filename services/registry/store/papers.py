"""Tables and mapping of attachments, and what the unit of work offers of papers.

Not here: identity work and the checklist (papers_files).
"""

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.orm import Session, deferred

from services.registry.domain import papers_attachments as domain
from services.registry.store import merged, papers_files
from services.registry.store.children import child as children
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.repository import Repository

SEALED = ("file_name", "sha256", "taken_on")
CONTENT = "content"

attachment_number = Sequence("attachment_number", metadata=metadata)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("ground", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("status", EnumText(domain.AttachmentStatus), nullable=False),
    Column("withdrawn_because", Text),
    Column(CONTENT, LargeBinary),
    Column("sealed", LargeBinary),
)

mapper.map_imperatively(
    domain.Attachment,
    attachment,
    version_id_col=attachment.c.version,
    version_id_generator=False,
    properties={CONTENT: deferred(attachment.c.content)},
)


def _write(each: domain.Attachment) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(each, name)) for name in SEALED}


def _read(each: domain.Attachment, kept: dict[str, Any]) -> None:
    each.file_name, each.sha256 = kept["file_name"], kept["sha256"]
    each.taken_on = msgspec.convert(kept["taken_on"], date | None)


protection.protect(domain.Attachment, attachment, subject=lambda each: each.child, write=_write, read=_read)


class Attachments(Repository[domain.Attachment]):
    """The files of a deployment."""

    kind = domain.Attachment

    def keep(self, attachment_: domain.Attachment, content: bytes) -> None:
        """Take in a new one, sealing its content under the child's key."""
        key = protection.keyring(self._session).of(attachment_.child)
        attachment_.content = key.seal(content, attachment.name, CONTENT, attachment_.id)
        self.add(attachment_)

    def kept_for(self, id_: UUID, child: UUID, *kinds: str) -> bool:
        """Whether a file is kept for a child, whichever of two records that were made one; of one of these kinds."""
        own = attachment.c
        query = select(own.child).where(own.id == id_, own.status == domain.AttachmentStatus.KEPT)
        of = self._session.scalar(query.where(own.kind.in_(kinds)) if kinds else query)
        record = children.c
        standing = select(merged.stands_for(children)).where(record.id.in_([of, child])).distinct()
        return of is not None and len(self._session.execute(standing).all()) == 1

    def next_number(self) -> int:
        """The next number for a short reference."""
        number: int = self._session.execute(select(attachment_number.next_value())).scalar_one()
        return number


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Any

    @cached_property
    def attachments(self) -> Attachments:
        """The files of the deployment."""
        return Attachments(self.session)

    @cached_property
    def works(self) -> papers_files.Works:
        """The identity work."""
        return papers_files.Works(self.session)

    @cached_property
    def documents(self) -> papers_files.Documents:
        """The checklists."""
        return papers_files.Documents(self.session)

    def work_due_days(self, kind: str) -> int:
        """The days that the pack gives for a kind of identity work."""
        return int(self._codes.codes("identity_work_kind")[kind]["due_days"])
