"""What can be asked about breaches of personal data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.domain.sealing_breaches import BreachState
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class NoteBreach(Command):
    """Write down a breach of personal data."""

    id: UUID
    kind: str
    children: int
    known_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class DecideBreach(Command):
    """Write down that the authority was told, or why it need not be."""

    id: UUID
    status: BreachState
    decision: str
