"""What can be asked about sealed records, and their openings."""

from dataclasses import dataclass
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AskSeal(Command):
    """Ask that the record of an adopted child be sealed."""

    id: UUID
    child: UUID
    decree: str


@dataclass(frozen=True, kw_only=True)
class SealChild(Command):
    """Seal the record that somebody asked to seal."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class RefuseSeal(Command):
    """Leave the record open."""

    id: UUID
    because: str


@dataclass(frozen=True, kw_only=True)
class LinkSeal(Command):
    """Note in the seal under which new id the adopted person was met."""

    id: UUID
    child: UUID


@dataclass(frozen=True, kw_only=True)
class AskOpening(Command):
    """Ask that a seal be opened."""

    id: UUID
    seal: UUID
    ground: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApproveOpening(Command):
    """Open a seal for some minutes, for the two persons."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class RefuseOpening(Command):
    """Leave a seal closed."""

    id: UUID
    because: str


@dataclass(frozen=True, kw_only=True)
class FinishSealTask(Command):
    """A private task was seen to."""

    id: UUID
