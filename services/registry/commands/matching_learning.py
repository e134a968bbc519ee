"""What can be asked about the weights by which records are compared."""

from dataclasses import dataclass
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class ProposeWeights(Command):
    """Propose weights estimated from decided pairs, or those of an earlier set again (`repeats`; 0 is the default)."""

    id: UUID
    repeats: int | None = None


@dataclass(frozen=True, kw_only=True)
class AdoptWeights(Command):
    """Let a proposed set be the one in force."""

    number: int


@dataclass(frozen=True, kw_only=True)
class RefuseWeights(Command):
    """Leave a proposed set."""

    number: int
