"""What can be asked about the child itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain import Death, Identifier, Identity
from services.registry.domain.matching import Compared
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RegisterChild(Command):
    """Register a child nobody has registered before.

    `compared` is what is said of records that are likely of the same child. With `imported` nobody is there to be
    asked: such records are looked for later, and come onto the review list.
    """

    id: UUID
    identity: Identity
    identifiers: tuple[Identifier, ...] = ()
    compared: tuple[Compared, ...] = ()
    imported: bool = False


@dataclass(frozen=True, kw_only=True)
class AmendChild(Command):
    """Record a change in the child's life, true from the day `on`; identifiers are restated where given."""

    id: UUID
    identity: Identity
    on: date
    identifiers: tuple[Identifier, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectChild(Command):
    """Put right what the record had wrong from the beginning; identifiers too where they are given."""

    id: UUID
    identity: Identity
    identifiers: tuple[Identifier, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawChild(Command):
    """Mark an entry as made in error."""

    id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordDeath(Command):
    """Record that the child is dead."""

    id: UUID
    death: Death


@dataclass(frozen=True, kw_only=True)
class RetractDeath(Command):
    """The child lives: the record of its death was an error."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class LinkSiblings(Command):
    """Note that children are siblings of each other."""

    id: UUID
    siblings: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class UnlinkSiblings(Command):
    """Take back a sibling link that was an error."""

    id: UUID
    siblings: tuple[UUID, ...]
