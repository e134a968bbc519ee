"""What can be asked about providers, whereabouts and placements. Two permit, all others are facts (CARE C1)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain import Ground, RegisterLineKey, Stay
from shared.command import Command
from shared.register_key import RegisterKey


@dataclass(frozen=True, kw_only=True)
class RegisterProvider(Command):
    """Take up a provider with whom children can be placed."""

    id: UUID
    kind: str
    area: str
    name: str
    places: int | None = None
    key: RegisterKey | None = None


@dataclass(frozen=True, kw_only=True)
class AuthorisePlacement(Command):
    """Permit a stay that is to begin, by a decision (None: any that covers it); refused where a rule says no.

    `case_version`: of the case that waits for that decision to be carried out, as it was read.
    """

    id: UUID
    child: UUID
    stay: Stay
    other_reasons: tuple[str, ...] = ()
    decision: UUID | None = None
    case_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class AuthoriseStay(Command):
    """Permit that a child stays where it is, by a decision (None: any that covers it); refused where a rule says no."""

    id: UUID
    planned_to: date | None
    other_reasons: tuple[str, ...] = ()
    decision: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RecordWhereabouts(Command):
    """Write down where a child is, or was until `stay.to`."""

    id: UUID
    child: UUID
    stay: Stay
    ground: Ground
    ends_former: bool = False
    arrived_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TakeRegisterLine(RecordWhereabouts):
    """Write down where a child is or was by a ministry's register; the line may come any number of times."""

    ground: Ground = Ground.IMPORTED
    key: RegisterLineKey


@dataclass(frozen=True, kw_only=True)
class StartPlacement(Command):
    """The child came to the place that was authorised."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class MovePlacement(Command):
    """The child left where it was and came to the place `id` that was authorised, on one day."""

    id: UUID
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class ConfirmWhereabouts(Command):
    """Settle a whereabouts conflict: the child is where the claim `id` says, since the day `on`."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class EndPlacement(Command):
    """The child left."""

    id: UUID
    on: date
    reason: str
    destination: str


@dataclass(frozen=True, kw_only=True)
class CorrectPlacement(Command):
    """Put right what the record of a stay had wrong from the beginning."""

    id: UUID
    stay: Stay


@dataclass(frozen=True, kw_only=True)
class WithdrawPlacement(Command):
    """Mark a placement as entered in error, or a plan as given up."""

    id: UUID
