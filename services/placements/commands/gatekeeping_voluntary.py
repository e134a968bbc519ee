"""What can be asked about parents' agreement to care."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.placements.domain.gatekeeping_voluntary import Agreed, VoluntaryStatus
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AgreeVoluntaryPlacement(Command):
    """Parents agree that their child lives in care."""

    id: UUID
    child: UUID
    case: UUID | None
    area: str
    agreed_by: tuple[Agreed, ...] = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WithdrawVoluntaryPlacement(Command):
    """A parent withdraws the agreement; `withdrawn_at` None: now."""

    id: UUID
    by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SettleVoluntaryPlacement(Command):
    """After a withdrawal: the child is back, or an order was applied for."""

    id: UUID
    how: VoluntaryStatus
    on: date
    applied_to: str | None


@dataclass(frozen=True, kw_only=True)
class EndVoluntaryPlacement(Command):
    """The agreement falls away otherwise."""

    id: UUID
    reason: str
