"""What can be asked about erasing a record."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.sealing_erasure import Ground
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AskErasure(Command):
    """Ask that a record be erased."""

    id: UUID
    child: UUID
    ground: Ground
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExecuteErasure(Command):
    """Have the record erased that someone else asked to erase."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class RefuseErasure(Command):
    """Leave the record as it is."""

    id: UUID
    because: str


@dataclass(frozen=True, kw_only=True)
class OfferFile(Command):
    """Record that the file was offered to the person it is about."""

    id: UUID
    offered_on: date
    answer: str


@dataclass(frozen=True, kw_only=True)
class RepeatErasure(Command):
    """Erase once more what a restored backup has brought back."""

    id: UUID
    child: UUID
    ground: Ground
