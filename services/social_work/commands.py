"""What social_work can be asked to do."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.command import Command
from shared.register_key import RegisterKey


@dataclass(frozen=True, kw_only=True)
class OpenCentre(Command):
    """A social-work centre begins to work."""

    id: UUID
    name: str
    area: str
    key: RegisterKey | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterWorker(Command):
    """A worker joins a centre; `account` is the subject of the worker's access tokens."""

    id: UUID
    centre: UUID
    account: str | None = None
    key: RegisterKey | None = None


@dataclass(frozen=True, kw_only=True)
class OpenCase(Command):
    """A centre takes charge of a child's matter."""

    id: UUID
    child: UUID
    kind: str
    centre: UUID
    opened_on: date


@dataclass(frozen=True, kw_only=True)
class AssignCase(Command):
    """Put a worker in charge of a case."""

    id: UUID
    worker: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class CloseCase(Command):
    """Finish a case; refused for the last one of a child in care (CARE C17)."""

    id: UUID
    reason: str
    closed_on: date


@dataclass(frozen=True, kw_only=True)
class RecordCaseClosed(Command):
    """Write down that a case was closed, as a register says: a fact, refused only where impossible (CARE C1)."""

    id: UUID
    reason: str
    closed_on: date
