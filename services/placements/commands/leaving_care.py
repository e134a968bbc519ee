"""What can be asked about leaving care and coming of age. PermitEarlyExit and DecideAdultCare may be refused."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.leaving_care import Outcome
from services.placements.domain.leaving_care_plan import Plan, ReadinessReview
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class PlanLeavingCare(Command):
    """Agree on a plan with the young person, or on a new one."""

    id: UUID
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class ReviewReadiness(Command):
    """Tell what a look at readiness found."""

    id: UUID
    review: ReadinessReview


@dataclass(frozen=True, kw_only=True)
class PermitEarlyExit(Command):
    """Let a young person leave care before coming of age, at its own request; the placement ends."""

    id: UUID
    on: date
    decision: UUID | None
    requested_on: date | None


@dataclass(frozen=True, kw_only=True)
class VisitCareLeaver(Command):
    """Tell what a visit after care found."""

    id: UUID
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class DecideAdultCare(Command):
    """Say what follows after someone came of age in care."""

    id: UUID
    outcome: str
    on: date
    consented_on: date | None = None
    decision: UUID | None = None
