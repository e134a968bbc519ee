"""What can be asked about a child's papers."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.registry.domain.papers import DocumentState
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class OpenIdentityWork(Command):
    """Let somebody obtain a paper for a child. `due` None: as the pack has it."""

    id: UUID
    child: UUID
    kind: str
    owner: str
    due: date | None


@dataclass(frozen=True, kw_only=True)
class HandIdentityWorkOn(Command):
    """Let another account see to it."""

    id: UUID
    owner: str


@dataclass(frozen=True, kw_only=True)
class RecordApplication(Command):
    """Record that a paper was applied for."""

    id: UUID
    on: date
    office: str


@dataclass(frozen=True, kw_only=True)
class RecordPaperObtained(Command):
    """Record that a paper is there."""

    id: UUID
    on: date
    number: str


@dataclass(frozen=True, kw_only=True)
class RecordPaperRefused(Command):
    """Record that an office has refused."""

    id: UUID
    on: date
    words: str


@dataclass(frozen=True, kw_only=True)
class DropIdentityWork(Command):
    """Record that a paper is not needed."""

    id: UUID
    on: date
    words: str


@dataclass(frozen=True, kw_only=True)
class StateDocument(Command):
    """Say how it stands with one paper of the personal file."""

    id: UUID
    child: UUID
    kind: str
    state: DocumentState
    since: date
    attachment: UUID | None
    number: str
    issuer: str
    issued_on: date | None


@dataclass(frozen=True, kw_only=True)
class AddAttachment(Command):
    """Keep a file for a child; it has been made anew before."""

    id: UUID
    child: UUID
    kind: str
    media_type: str
    content: bytes = field(repr=False)
    file_name: str = field(repr=False)
    ground: str
    taken_on: date | None


@dataclass(frozen=True, kw_only=True)
class WithdrawAttachment(Command):
    """Take out a file that was entered in error."""

    id: UUID
    reason: str
