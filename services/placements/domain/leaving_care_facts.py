"""What is told of leaving care and coming of age in care, and which of it somebody must see to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.alarms import Due

PLAN_MISSING, REVIEW_OVERDUE = "LEAVING_PLAN_MISSING", "READINESS_REVIEW_OVERDUE"
VISIT_OVERDUE, LEFT_EARLY = "AFTERCARE_OVERDUE", "LEFT_CARE_EARLY"
OF_AGE_IN_CARE = "CAME_OF_AGE_IN_CARE"
DIED, CONTACT_ENDED, IN_ERROR = "DIED", "AGE_REACHED", "ENTERED_IN_ERROR"
BACK_HOME, ELSEWHERE = "BACK_WITH_FAMILY", "LEFT_OTHERWISE"
ADULT_INSTITUTION, INDEPENDENT = "ADULT_INSTITUTION", "INDEPENDENT"
EXIT_BEFORE_18, STAY_AFTER_18 = "EXIT_BEFORE_18", "STAY_AFTER_18"
OWN_LIFE = frozenset({INDEPENDENT, "AGED_OUT_18"})
"""The destinations of those who leave care for a life of their own."""
RELIED_ON: Mapping[str, frozenset[str]] = {
    "alarm_kind": frozenset({PLAN_MISSING, REVIEW_OVERDUE, VISIT_OVERDUE, LEFT_EARLY, OF_AGE_IN_CARE}),
    "leaving_care_end_reason": frozenset({DIED, CONTACT_ENDED, IN_ERROR, BACK_HOME, ELSEWHERE}),
    "provider_kind": frozenset({ADULT_INSTITUTION}),
    "decision_act": frozenset({EXIT_BEFORE_18, STAY_AFTER_18}),
    "exit_destination": frozenset({ADULT_INSTITUTION, *OWN_LIFE}),
}
SOCIAL_WORKER, GATEKEEPER = "social_worker", "gatekeeper"


@dataclass(frozen=True)
class _About:
    child: UUID
    leaving_care: UUID


@dataclass(frozen=True)
class LeavingCareAwaited(_About):
    """A young person in care has reached the age from which there is a plan, and there is none. Due on a day."""

    due: date
    area: str

    def alarm(self) -> Due:
        """The social worker makes it with the young person."""
        return Due(kind=PLAN_MISSING, about=self.leaving_care, role=SOCIAL_WORKER, area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class LeavingCarePlanned(_About):
    """There is a plan, or a new one."""

    on: date

    def settles(self) -> tuple[UUID, ...]:
        """The plan is there."""
        return (self.leaving_care,)


@dataclass(frozen=True)
class LeavingCareReviewed(_About):
    """Readiness was looked at together."""

    on: date
    readiness: str

    def settles(self) -> tuple[UUID, ...]:
        """No review is due now."""
        return (self.leaving_care,)


@dataclass(frozen=True)
class ReadinessReviewOverdue(_About):
    """Readiness was not looked at in time; `due` was the day."""

    due: date
    area: str

    def alarm(self) -> Due:
        """The social worker looks."""
        return Due(kind=REVIEW_OVERDUE, about=self.leaving_care, role=SOCIAL_WORKER, area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class AftercareStarted(_About):
    """The young person left care on a day. `early`: before coming of age; `permitted`: by decision and own request."""

    on: date
    early: bool
    permitted: bool
    area: str
    placement: UUID

    def alarm(self) -> Due | None:
        """An exit before coming of age that nobody decided."""
        if self.permitted or not self.early:
            return None
        return Due(kind=LEFT_EARLY, about=self.placement, role=GATEKEEPER, area=self.area, due=self.on,
                   child=self.child)  # fmt: skip

    def settles(self) -> tuple[UUID, ...]:
        """Plan and reviews are due no more."""
        return (self.leaving_care,)


@dataclass(frozen=True)
class AftercareVisited(_About):
    """Someone visited. `month`: of the outcome after so many months; None: a visit between."""

    on: date
    month: int | None
    housed: bool | None
    occupied: bool | None
    in_contact: bool | None
    in_trouble: bool | None
    done: tuple[UUID, ...]

    def settles(self) -> tuple[UUID, ...]:
        """This visit is due no more."""
        return self.done


@dataclass(frozen=True)
class AftercareOverdue(_About):
    """Nobody visited in time. `month`: of the outcome that is missing; None: a visit between."""

    due: date
    month: int | None
    about: UUID
    area: str

    def alarm(self) -> Due:
        """The social worker goes there, or asks."""
        return Due(kind=VISIT_OVERDUE, about=self.about, role=SOCIAL_WORKER, area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class _Over(_About):
    on: date
    reason: str
    open: tuple[UUID, ...]

    def settles(self) -> tuple[UUID, ...]:
        """Nothing is due any more."""
        return (self.leaving_care, *self.open)


@dataclass(frozen=True)
class AftercareEnded(_Over):
    """Aftercare is over."""


@dataclass(frozen=True)
class LeavingCareEnded(_Over):
    """There will be no aftercare: the young person left care otherwise than into an own life."""


@dataclass(frozen=True)
class LeavingCareResumed(_About):
    """The young person is in care again."""


@dataclass(frozen=True)
class CameOfAgeInCare:
    """Someone in care is certainly of age: the person decides about itself from now on (CARE C10)."""

    child: UUID
    coming_of_age: UUID
    placement: UUID
    on: date
    due: date
    area: str

    def alarm(self) -> Due:
        """The gatekeeper brings the decision about."""
        return Due(kind=OF_AGE_IN_CARE, about=self.coming_of_age, role=GATEKEEPER, area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class _Settled:
    child: UUID
    coming_of_age: UUID

    def settles(self) -> tuple[UUID, ...]:
        """The decision is made, or none is needed."""
        return (self.coming_of_age,)


@dataclass(frozen=True)
class AdultCareDecided(_Settled):
    """What follows was decided, by the person's own consent."""

    outcome: str
    on: date


@dataclass(frozen=True)
class AdultLeftCare(_Settled):
    """The person left care before or after the decision."""

    on: date


@dataclass(frozen=True)
class ComingOfAgeRetracted(_Settled):
    """The person is not of age after all: its birth was corrected, or a guardian puts majority off."""
