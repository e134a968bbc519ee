"""Documents and photographs kept for a child: what kind, since when, on which ground; and taking one out again.

Not here: what is done to a file before it is kept (shared/cleaning), its encryption (store).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid

PHOTO = "PHOTO"
RELIED_ON: Mapping[str, frozenset[str]] = {"attachment_kind": frozenset({PHOTO})}
PICTURES = frozenset({"image/jpeg", "image/png"})


class AttachmentStatus(StrEnum):
    """Whether a file is kept. Of one entered in error the content is gone and the entry stays."""

    KEPT = "kept"
    WITHDRAWN = "withdrawn"


ATTACHMENT_TRANSITIONS: dict[AttachmentStatus, frozenset[AttachmentStatus]] = {
    AttachmentStatus.KEPT: frozenset({AttachmentStatus.WITHDRAWN}),
    AttachmentStatus.WITHDRAWN: frozenset(),
}


@dataclass(eq=False)
class Attachment(Aggregate):
    """A file kept for a child.

    `file_name` is what its sender called it, `sha256` the digest of the kept content: both sealed. `size` is bytes.
    `taken_on`: when the photograph was taken or the document issued. `content` is as the store keeps it: sealed.
    """

    id: UUID
    number: int
    child: UUID
    kind: str
    media_type: str
    size: int
    ground: str
    added_by: str
    added_at: datetime
    file_name: str
    sha256: str
    taken_on: date | None = None
    content: bytes | None = None
    status: AttachmentStatus = AttachmentStatus.KEPT
    withdrawn_because: str | None = None
    version: int = 1

    def check(self, today: date) -> None:
        """Raises Invalid for a day in the future, or a photograph that is no picture."""
        if self.taken_on is not None and self.taken_on > today:
            raise Invalid("This lies in the future.", field="taken_on", rule="not-in-the-future")
        if self.kind == PHOTO and self.media_type not in PICTURES:
            raise Invalid("A photograph is a picture.", field="kind", rule="photo-is-a-picture")

    def withdraw(self, reason: str) -> None:
        """Take the file out: entered in error. Its content is destroyed, the entry is kept."""
        if AttachmentStatus.WITHDRAWN not in ATTACHMENT_TRANSITIONS[self.status]:
            raise Conflict("This attachment is withdrawn already.", field="status", rule="withdrawn-once")
        self.status = AttachmentStatus.WITHDRAWN
        self.withdrawn_because = reason
        self.content = None
        self.version += 1


class Attachments(Protocol):
    """The files of a deployment."""

    def get(self, id_: UUID) -> Attachment:
        """The attachment, locked for change. Raises NotFound."""

    def kept_for(self, id_: UUID, child: UUID, *kinds: str) -> bool:
        """Whether a file is kept for a child; of one of these kinds, where any are named."""

    def keep(self, attachment: Attachment, content: bytes) -> None:
        """Take in a new one, sealing its content under the child's key."""

    def next_number(self) -> int:
        """The next number for a short reference."""
