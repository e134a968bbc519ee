"""A missing child: the stages of the search, the clock of each step, broadcasting, finding and handing over (CARE C9).

A fact is recorded in whatever order it is heard of; only what needs permission is refused: handing a child over
without a safety assessment, broadcasting after it was found. Not here: what is written of the child (alerts_content),
what is told (alerts_facts), the comparison with found children (alerts_comparing).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.alerts_content import (
    Assessment,
    Broadcast,
    Description,
    Finding,
    Handover,
    Holding,
    Told,
)
from services.registry.domain.alerts_facts import (
    ESCALATION,
    SEARCH,
    AlertClosed,
    AlertOverdue,
    AlertRaised,
    AlertRecovered,
    AlertReopened,
    Step,
)
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, NotFound, Refused


class AlertStage(StrEnum):
    """How far the search for a missing child is: the furthest step that was taken."""

    RAISED = "raised"
    POLICE_TOLD = "police_told"
    AGENCY_TOLD = "agency_told"
    INVESTIGATION_OPEN = "investigation_open"
    FOUND_ALIVE = "found_alive"
    FOUND_DEAD = "found_dead"
    CLOSED = "closed"


OPEN = (AlertStage.RAISED, AlertStage.POLICE_TOLD, AlertStage.AGENCY_TOLD, AlertStage.INVESTIGATION_OPEN)
ENDS = frozenset({AlertStage.FOUND_ALIVE, AlertStage.FOUND_DEAD, AlertStage.CLOSED})
ALERT_TRANSITIONS: dict[AlertStage, frozenset[AlertStage]] = {
    AlertStage.RAISED: frozenset(OPEN[1:]) | ENDS,
    AlertStage.POLICE_TOLD: frozenset(OPEN[2:]) | ENDS,
    AlertStage.AGENCY_TOLD: frozenset(OPEN[3:]) | ENDS,
    AlertStage.INVESTIGATION_OPEN: ENDS,
    AlertStage.FOUND_ALIVE: frozenset(OPEN),
    AlertStage.FOUND_DEAD: frozenset(OPEN),
    AlertStage.CLOSED: frozenset(),
}
"""A finding can be taken back (it was another child); the alert is then where it was before."""

RETURNED, CUSTODY_DISPUTE, ERROR = "RETURNED", "CUSTODY_DISPUTE", "ERROR"
RELIED_ON: Mapping[str, frozenset[str]] = {"alert_close_reason": frozenset({RETURNED, CUSTODY_DISPUTE, ERROR})}
_STAGE_OF = {
    Step.POLICE_TOLD: AlertStage.POLICE_TOLD,
    Step.AGENCY_TOLD: AlertStage.AGENCY_TOLD,
    Step.INVESTIGATION_OPEN: AlertStage.INVESTIGATION_OPEN,
}
_FOLLOWING = {Step.POLICE_TOLD: Step.AGENCY_TOLD, Step.INVESTIGATION_OPEN: Step.INVESTIGATION_DONE}
"""The clock that begins with a step."""

Hours = Mapping[Step, int | None]
"""Hours that the country pack gives for each step; None: it has no such clock."""


class SafetyAssessmentFirst(Refused):
    """A found child is not handed over before somebody has assessed whether that is safe."""

    code = "safety-assessment-first"
    title = "Safety assessment first"


class NotSafeToHandBack(Refused):
    """The assessment says that it is not safe to hand the child back."""

    code = "not-safe-to-hand-back"
    title = "Not safe to hand back"


class NothingMoreIsSent(Refused):
    """The child is not looked for any more: no broadcast goes out."""

    code = "nothing-more-is-sent"
    title = "Nothing more is broadcast"


@dataclass(eq=False)
class AlertClock:
    """Until when a step must be taken; when it was, and when its overrun was told."""

    step: Step
    due_at: datetime
    done_at: datetime | None = None
    told_at: datetime | None = None

    def runs(self) -> bool:
        """Whether the step is still awaited."""
        return self.done_at is None


@dataclass(eq=False)
class Alert(Aggregate):
    """One child missing. `owner` is the account that answers for the alert; `area` is where it went missing."""

    id: UUID
    number: int
    child: UUID | None
    area: str
    owner: str
    raised_at: datetime
    description: Description
    stage: AlertStage = AlertStage.RAISED
    close_reason: str | None = None
    clocks: list[AlertClock] = field(default_factory=list)
    told: tuple[tuple[Step, Told], ...] = ()
    broadcasts: tuple[Broadcast, ...] = ()
    holding: Holding | None = None
    finding: Finding | None = None
    assessment: Assessment | None = None
    handover: Handover | None = None
    version: int = 0

    @classmethod
    def raise_(
        cls,
        id_: UUID,
        number: int,
        description: Description,
        *,
        child: UUID | None,
        area: str,
        owner: str,
        at: datetime,
        hours: Hours,
    ) -> "Alert":
        """A new alert; its clocks run from `at`. Raises Invalid where the child went missing later than `at`."""
        _not_later(description.missing_since, at, "description.missing_since")
        made = cls(id_, number, child, area, owner, at, description)
        made._start(Step.POLICE_TOLD, at, hours)
        made._start(Step.INVESTIGATION_OPEN, at, hours)
        made.record(AlertRaised(id_, child, area))
        return made

    @property
    def is_open(self) -> bool:
        """Whether the child is still looked for."""
        return self.stage in OPEN

    def describe(self, description: Description, *, at: datetime) -> None:
        """Say anew whom to look for."""
        self._require_open()
        _not_later(description.missing_since, at, "description.missing_since")
        self.description = description
        self.version += 1

    def hand_to(self, owner: str) -> None:
        """Another account answers for the alert from now on."""
        self.owner = owner
        self.version += 1

    def tell(self, step: Step, told: Told, *, at: datetime, hours: Hours) -> None:
        """Police were told, the agency was told, or an investigation is open; heard of in any order."""
        self._require_open()
        _not_later(told.at, at, "at")
        if any(known is step for known, _ in self.told):
            raise Conflict("This step is recorded already.", field="step", rule="step-once")
        self.told = (*self.told, (step, told))
        self._done(step, told.at)
        if step is Step.INVESTIGATION_OPEN:
            self._done(Step.POLICE_TOLD, told.at)
        if step in _FOLLOWING and not any(known is _FOLLOWING[step] for known, _ in self.told):
            self._start(_FOLLOWING[step], told.at, hours)
        if _STAGE_OF[step] in ALERT_TRANSITIONS[self.stage]:
            self._enter(_STAGE_OF[step])
        self.version += 1

    def broadcast(self, sent: tuple[Broadcast, ...]) -> None:
        """Messages went out, each to one recipient. Raises NothingMoreIsSent once the child is found."""
        if not self.is_open:
            raise NothingMoreIsSent("The child is not looked for any more.", field="stage", rule="broadcast-while-open")
        if any(not each.clothing and each.photo is None for each in sent):
            raise Invalid("A broadcast carries a photograph or the clothing.", field="clothing", rule="broadcast-empty")
        self.broadcasts += sent
        self.version += 1

    def withdraw_broadcast(self, id_: UUID, *, on: datetime, by: str, at: datetime) -> None:
        """A recipient has taken the message back."""
        _not_later(on, at, "at")
        found = next((each for each in self.broadcasts if each.id == id_), None)
        if found is None:
            raise NotFound("No broadcast with this id.", field="broadcast")
        if found.withdrawn_at is not None:
            raise Conflict("This broadcast is withdrawn already.", field="broadcast", rule="withdrawn-once")
        taken_back = replace(found, withdrawn_at=on, withdrawn_by=by)
        self.broadcasts = tuple(taken_back if each is found else each for each in self.broadcasts)
        if self._all_withdrawn():
            self._done(Step.BROADCAST_WITHDRAWN, on)
        self.version += 1

    def hold(self, holding: Holding, *, at: datetime, hours: Hours) -> None:
        """Police hold the child, or held it until a given time; a clock runs until it is released."""
        _not_later(holding.taken_at, at, "taken_at")
        if holding.released_at is not None:
            _not_later(holding.released_at, at, "released_at")
            if holding.released_at < holding.taken_at:
                raise Invalid("Released before it was taken.", field="released_at", rule="ends-before-it-begins")
        if self.holding is None or holding.taken_at != self.holding.taken_at:
            self._start(Step.POLICE_RELEASE, holding.taken_at, hours)
        self.holding = holding
        if holding.released_at is not None:
            self._done(Step.POLICE_RELEASE, holding.released_at)
        self.version += 1

    def find(self, finding: Finding, *, on: date, at: datetime, hours: Hours) -> None:
        """The child was found; what was broadcast must now be withdrawn, and a living child's safety assessed."""
        self._require_open()
        _not_later(finding.at, at, "at")
        if finding.at < self.description.missing_since:
            raise Invalid("Found before it went missing.", field="at", rule="ends-before-it-begins")
        self._enter(AlertStage.FOUND_ALIVE if finding.alive else AlertStage.FOUND_DEAD)
        self.finding = finding
        self._end_search(finding.at, hours)
        if finding.alive:
            self._start(Step.SAFETY_ASSESSED, finding.at, hours)
        self.record(AlertRecovered(self.id, self.child, self.area, finding.alive, on))

    def reopen(self, *, at: datetime, hours: Hours) -> None:
        """The finding was wrong: the search goes on, its clocks anew from `at`."""
        if self.finding is None or self.handover is not None or self.stage is AlertStage.CLOSED:
            raise Conflict("There is no finding to take back.", field="stage", rule="alert-found")
        self.finding = self.assessment = None
        told = {step for step, _ in self.told}
        self._enter(next((_STAGE_OF[step] for step in reversed(_STAGE_OF) if step in told), AlertStage.RAISED))
        for clock in (Step.SAFETY_ASSESSED, Step.BROADCAST_WITHDRAWN):
            self._done(clock, at)
        awaited = [step for step in (Step.POLICE_TOLD, Step.INVESTIGATION_OPEN) if step not in told]
        if Step.INVESTIGATION_OPEN in told:
            awaited = [Step.INVESTIGATION_DONE]
        for step in awaited:
            self._start(step, at, hours)
        self.record(AlertReopened(self.id, self.child, self.area))

    def hand_over(self, handover: Handover, assessment: Assessment | None, *, at: datetime, today: date) -> None:
        """Hand the found child over. Raises SafetyAssessmentFirst, NotSafeToHandBack."""
        if self.stage is not AlertStage.FOUND_ALIVE or self.finding is None:
            raise Conflict("Only a child found alive is handed over.", field="stage", rule="alert-found")
        if self.handover is not None:
            raise Conflict("The child was handed over already.", field="stage", rule="handover-once")
        _not_later(handover.at, at, "at")
        if handover.at < self.finding.at:
            raise Invalid("Handed over before it was found.", field="at", rule="ends-before-it-begins")
        self._assess(assessment, at, today, back=handover.back)
        self.handover = handover
        self.version += 1

    def close(self, reason: str, assessment: Assessment | None, *, at: datetime, today: date, hours: Hours) -> None:
        """End the search otherwise. A child that came back by itself is assessed too. Raises SafetyAssessmentFirst."""
        self._require_open()
        if reason == RETURNED:
            self._assess(assessment, at, today, back=False)
        self._enter(AlertStage.CLOSED)
        self.close_reason = reason
        self._end_search(at, hours)
        self.record(AlertClosed(self.id, self.child, self.area, reason))

    def tell_overdue(self, at: datetime) -> int:
        """Tell of each step that was due by `at`, is not taken and was not told before; returns how many."""
        late = [clock for clock in self.clocks if clock.runs() and clock.told_at is None and clock.due_at <= at]
        for clock in sorted(late, key=lambda each: each.due_at):
            clock.told_at = at
            self.record(AlertOverdue(self.id, self.child, self.area, clock.step, clock.due_at.date(), ESCALATION))
        return len(late)

    def _assess(self, assessment: Assessment | None, at: datetime, today: date, *, back: bool) -> None:
        if assessment is None:
            raise SafetyAssessmentFirst(
                "First it is assessed whether the child is safe there.",
                field="assessment",
                rule="safety-assessment-first",
                remedy="Give the day, who assessed, the result, and which care was offered.",
            )
        if assessment.on > today:
            raise Invalid("An assessment cannot lie in the future.", field="assessment.on", rule="not-in-the-future")
        if back and not assessment.safe:
            raise NotSafeToHandBack(
                "The assessment says that it is not safe there.",
                field="assessment.result",
                rule="not-safe-to-hand-back",
                remedy="Hand the child over to somebody else, or assess again.",
            )
        self.assessment = assessment
        self._done(Step.SAFETY_ASSESSED, at)

    def _end_search(self, ended: datetime, hours: Hours) -> None:
        for step in SEARCH:
            self._done(step, ended)
        if not self._all_withdrawn():
            self._start(Step.BROADCAST_WITHDRAWN, ended, hours)

    def _all_withdrawn(self) -> bool:
        return all(each.withdrawn_at is not None for each in self.broadcasts)

    def _start(self, step: Step, since: datetime, hours: Hours) -> None:
        allowed = hours.get(step)
        if allowed is None:
            return
        due_at = since + timedelta(hours=allowed)
        for clock in self.clocks:
            if clock.step is step:
                clock.due_at, clock.done_at, clock.told_at = due_at, None, None
                return
        self.clocks.append(AlertClock(step, due_at))

    def _done(self, step: Step, at: datetime) -> None:
        for clock in self.clocks:
            if clock.step is step and clock.runs():
                clock.done_at = at

    def _enter(self, stage: AlertStage) -> None:
        if stage not in ALERT_TRANSITIONS[self.stage]:
            raise Conflict(f"An alert that is {self.stage} cannot become {stage}.", field="stage", rule="alert-stage")
        self.stage = stage

    def _require_open(self) -> None:
        if not self.is_open:
            raise Conflict("The child is not looked for any more.", field="stage", rule="alert-open")


def _not_later(then: datetime, now: datetime, field_: str) -> None:
    if then > now:
        raise Invalid("This lies in the future.", field=field_, rule="not-in-the-future")


class Alerts(Protocol):
    """The alerts of a deployment."""

    def get(self, id_: UUID) -> Alert:
        """The alert, locked for change. Raises NotFound."""

    def add(self, alert: Alert) -> None:
        """Take in a new one."""

    def open_of(self, child: UUID) -> UUID | None:
        """The open alert of a child."""

    def next_number(self) -> int:
        """The next number for a short reference."""

    def overdue(self, at: datetime, limit: int) -> list[Alert]:
        """Alerts with a clock that has run out by `at` and was not told, the longest overdue first."""
