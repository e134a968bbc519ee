"""What can be asked about records that may be of one child."""

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.matching import PairDecision
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class DecideSameChild(Command):
    """Say of a pair of records whether they are of one child, and why in words."""

    id: UUID
    decision: PairDecision
    because: str
