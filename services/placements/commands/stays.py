"""What can be asked about absences, reviews and bonds of brothers and sisters. All facts (CARE C1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.absences import Away
from services.placements.domain.bonds import Bond
from services.placements.domain.legacy import Step
from services.placements.domain.reviews import Held
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class StartAbsence(Command):
    """Write down that a child is away from where it lives, or (with `away.back`) was."""

    id: UUID
    placement: UUID
    away: Away
    ends_former: bool = False


@dataclass(frozen=True, kw_only=True)
class ExpectBack(Command):
    """The child is expected back on another day; None: nobody can say when."""

    id: UUID
    expected_back: date | None


@dataclass(frozen=True, kw_only=True)
class EndAbsence(Command):
    """The child is back."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class WithdrawAbsence(Command):
    """There never was such an absence."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class HoldReview(Command):
    """Write down a review of the care in a stay."""

    id: UUID
    placement: UUID
    held: Held
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawReview(Command):
    """There never was such a review."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class RecordBond(Command):
    """Write down whether a child has a bond with a brother or sister, and whether that one harmed it."""

    id: UUID
    child: UUID
    sibling: UUID
    bond: Bond
    harmed: bool = False


@dataclass(frozen=True, kw_only=True)
class SignBond(Command):
    """The second signature."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class PlanContact(Command):
    """Contact of those who live apart, every so many days, the next until `due`; None ends the plan."""

    id: UUID
    every: int | None
    due: date | None


@dataclass(frozen=True, kw_only=True)
class HaveContact(Command):
    """They had contact on a day."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class SetLegacyPlan(Command):
    """Say which share of the decisions behind imported stays of an area is to be found until when."""

    id: UUID
    area: str
    steps: tuple[Step, ...]
