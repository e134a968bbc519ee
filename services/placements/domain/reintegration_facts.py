"""What is told of a child's way home, and which of it somebody must see to. Not here: when it happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.alarms import Due

FOLLOW_UP_OVERDUE, TRIAL_OVERDUE, RETURNED_UNPREPARED = "FOLLOW_UP_OVERDUE", "TRIAL_OVERDUE", "RETURNED_UNPREPARED"
DIED, CAME_OF_AGE, IN_ERROR, NOT_RETURNED = "DIED", "CAME_OF_AGE", "ENTERED_IN_ERROR", "NOT_RETURNED"
LEFT_CARE_OTHERWISE, RE_ENTRY, DECIDED = "LEFT_CARE_OTHERWISE", "RE_ENTRY", "DECISION"
TRIAL_AT_HOME, RETURN = "TRIAL_AT_HOME", "RETURN"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "alarm_kind": frozenset({FOLLOW_UP_OVERDUE, TRIAL_OVERDUE, RETURNED_UNPREPARED}),
    "reintegration_end_reason": frozenset({DIED, CAME_OF_AGE, IN_ERROR, NOT_RETURNED, LEFT_CARE_OTHERWISE}),
    "breakdown_reason": frozenset({RE_ENTRY}),
    "end_reason": frozenset({DECIDED}),
    "absence_kind": frozenset({TRIAL_AT_HOME}),
    "decision_act": frozenset({TRIAL_AT_HOME, RETURN}),
}


@dataclass(frozen=True)
class _About:
    child: UUID
    reintegration: UUID


@dataclass(frozen=True)
class ReintegrationStarted(_About):
    """A child in care is being prepared to go home."""

    placement: UUID
    area: str


@dataclass(frozen=True)
class TrialStarted(_About):
    """The child lives at home on trial; it is in care until a full-time return (COUNTING F9)."""

    placement: UUID
    on: date
    until: date
    area: str
    prepared: bool = True

    def alarm(self) -> Due | None:
        """Whom a trial concerns that nobody prepared."""
        if self.prepared:
            return None
        return Due(kind=RETURNED_UNPREPARED, about=self.reintegration, role="gatekeeper", area=self.area, due=self.on,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class TrialStopped(_About):
    """The trial was stopped: the child is back where it was in care."""

    on: date

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need look at the trial any more."""
        return (self.reintegration,)


@dataclass(frozen=True)
class TrialOverdue(_About):
    """A trial has gone on longer than planned: a finding, not an exit. `due` is its last planned day."""

    due: date
    area: str

    def alarm(self) -> Due:
        """The gatekeeper ends the trial, by return or not."""
        return Due(kind=TRIAL_OVERDUE, about=self.reintegration, role="gatekeeper", area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class ChildReturned(_About):
    """The child is home full time. `prepared`: all that must be settled before was on record."""

    placement: UUID
    on: date
    prepared: bool
    area: str

    def alarm(self) -> Due | None:
        """Whom a return concerns that nobody prepared."""
        if self.prepared:
            return None
        return Due(kind=RETURNED_UNPREPARED, about=self.placement, role="gatekeeper", area=self.area, due=self.on,
                   child=self.child)  # fmt: skip

    def settles(self) -> tuple[UUID, ...]:
        """A trial is over with it."""
        return (self.reintegration,)


@dataclass(frozen=True)
class ReintegrationFollowedUp(_About):
    """Someone looked, so many months after the return. `at_home`: the child still lives there."""

    month: int
    on: date
    at_home: bool
    done: tuple[UUID, ...]

    def settles(self) -> tuple[UUID, ...]:
        """This look is no longer due, nor those before it; an unprepared return was seen to."""
        return self.done


@dataclass(frozen=True)
class FollowUpOverdue(_About):
    """Nobody looked in time; `due` was the day."""

    month: int
    due: date
    follow_up: UUID
    area: str

    def alarm(self) -> Due:
        """The social worker goes there."""
        return Due(kind=FOLLOW_UP_OVERDUE, about=self.follow_up, role="social_worker", area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class ReintegrationSustained(_About):
    """At home twelve months after the return."""

    on: date


@dataclass(frozen=True)
class _Over(_About):
    on: date
    reason: str
    follow_ups: tuple[UUID, ...]

    def settles(self) -> tuple[UUID, ...]:
        """Nothing of it is due any more."""
        return (self.reintegration, *self.follow_ups)


@dataclass(frozen=True)
class ReintegrationBrokenDown(_Over):
    """The child lives at home no more: it came into care again, or is elsewhere."""


@dataclass(frozen=True)
class ReintegrationResumed(_About):
    """It had not broken down: what said so was entered in error."""


@dataclass(frozen=True)
class ReintegrationEnded(_Over):
    """It ended otherwise: by moving abroad, by death, on coming of age, or without a return."""
