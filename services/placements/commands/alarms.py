"""What can be asked about alarms and the rota."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AcknowledgeAlarm(Command):
    """Say that one sees to it."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class AssignDuty(Command):
    """Put an account on the rota of a role."""

    id: UUID
    role: str
    area: str | None
    level: int
    account: str
    from_: date
    to: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndDuty(Command):
    """Take an account off the rota from a day on."""

    id: UUID
    to: date
