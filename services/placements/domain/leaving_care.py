"""Leaving care: a plan from an age of the law, readiness looked at, the exit, aftercare and its outcomes (CARE V8).

Not here: coming of age (leaving_care_majority), what becomes of it by itself (leaving_care_course), what is told
(leaving_care_facts), what a plan holds (leaving_care_plan).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain import leaving_care_facts as facts
from services.placements.domain.days import months_later
from services.placements.domain.leaving_care_plan import Plan, ReadinessReview
from services.placements.domain.placement import Impossible
from shared.aggregate import Aggregate
from shared.errors import Conflict, NotFound, Refused


class LeavingCareState(StrEnum):
    """Where a young person is on the way out of care."""

    AWAITED = "awaited"
    PLANNED = "planned"
    AFTERCARE = "aftercare"
    ENDED = "ended"


S = LeavingCareState
LEAVING_CARE_TRANSITIONS: dict[LeavingCareState, frozenset[LeavingCareState]] = {
    S.AWAITED: frozenset({S.PLANNED, S.AFTERCARE, S.ENDED}),
    S.PLANNED: frozenset({S.PLANNED, S.AFTERCARE, S.ENDED}),
    # Back: the young person came into care again, or never left it.
    S.AFTERCARE: frozenset({S.AWAITED, S.PLANNED, S.ENDED}),
    S.ENDED: frozenset(),
}
NEEDS = {"decision": "a decision", "requested_on": "the young person's own request"}


class ExitNotDecided(Refused):
    """Before coming of age nobody leaves care into an own life without a decision and without asking for it."""

    code = "exit-not-decided"
    title = "Exit not decided"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a visit after care found on a day; `month`: it is the outcome so many months after leaving."""

    on: date
    month: int | None = None
    housed: bool | None = None
    in_education: bool | None = None
    in_work: bool | None = None
    in_contact: bool | None = None
    in_trouble: bool | None = None
    words: str = ""

    @property
    def occupied(self) -> bool | None:
        """Whether the young person learns or works."""
        known = [each for each in (self.in_education, self.in_work) if each is not None]
        return any(known) if known else None


@dataclass(eq=False)
class AftercareVisit:
    """A visit after care. Those with a `month` are due; the others only happened. Words are sealed."""

    id: UUID
    leaving_care: UUID
    child: UUID
    month: int | None = None
    due: date | None = None
    held_on: date | None = None
    told: bool = False
    housed: bool | None = None
    in_education: bool | None = None
    in_work: bool | None = None
    in_contact: bool | None = None
    in_trouble: bool | None = None
    words: str = ""


@dataclass(eq=False)
class LeavingCare(Aggregate):
    """One young person's way out of care. `reached_on`: the day of the age from which there is a plan.

    `due`: of the plan; `review_due`: of the next look at readiness; `visit_due`: of the next visit after care.
    `seen` and `born` are what was known of the child when it was looked at last.
    """

    id: UUID
    child: UUID
    area: str
    placement: UUID
    reached_on: date
    due: date
    state: LeavingCareState = S.AWAITED
    planned_on: date | None = None
    review_due: date | None = None
    reviewed_on: date | None = None
    visit_due: date | None = None
    told: bool = False
    left_on: date | None = None
    early: bool = False
    decision: UUID | None = None
    requested_on: date | None = None
    until: date | None = None
    over_on: date | None = None
    reason: str | None = None
    next_on: date | None = None
    seen: int = 0
    born: date | None = None
    plan: Plan | None = None
    reviews: tuple[ReadinessReview, ...] = ()
    visits: list[AftercareVisit] = field(default_factory=list)
    version: int = 0

    @classmethod
    def awaited(
        cls, id_: UUID, child: UUID, area: str, *, reached_on: date, due: date, placement: UUID
    ) -> "LeavingCare":
        """Someone in care has reached the age of the plan."""
        made = cls(id_, child, area, placement, reached_on, due)
        made.record(facts.LeavingCareAwaited(child, id_, due, area))
        return made

    @property
    def in_care(self) -> bool:
        """Whether the young person has not left care."""
        return self.state in {S.AWAITED, S.PLANNED}

    def agree(self, plan: Plan, on: date, review_due: date | None) -> None:
        """Take in a plan, or a new one; readiness is to be looked at by `review_due`. Raises Conflict."""
        self._require_in_care()
        self._enter(S.PLANNED)
        self.plan, self.planned_on, self.review_due, self.told = plan, on, review_due, False
        self.record(facts.LeavingCarePlanned(self.child, self.id, on))

    def review(self, review: ReadinessReview, next_due: date | None, today: date) -> None:
        """Readiness was looked at together. Raises Conflict where there is no plan, Impossible."""
        if self.state is not S.PLANNED or self.planned_on is None:
            raise Conflict("There is no plan to look at.", field="state", rule="plan-first")
        if not self.planned_on <= review.on <= today:
            raise Impossible("A review lies after the plan, and not ahead.", field="on", rule="not-in-the-future")
        self.reviews = (*self.reviews, review)
        self.reviewed_on, self.review_due, self.told = review.on, next_due, False
        self.record(facts.LeavingCareReviewed(self.child, self.id, review.on, review.readiness))

    def permit_early_exit(self, decision: UUID | None, requested_on: date | None) -> None:
        """Someone leaves care before coming of age, asking for it and by decision. Raises ExitNotDecided."""
        self._require_in_care()
        missing = [name for name, value in (("decision", decision), ("requested_on", requested_on)) if value is None]
        if missing:
            raise ExitNotDecided(
                f"Before coming of age it needs {' and '.join(NEEDS[each] for each in missing)}.",
                field=missing[0],
                rule="exit-before-majority",
                remedy="Record the decision and the young person's own request; or wait until it is of age.",
            )
        self.decision, self.requested_on = decision, requested_on
        self.version += 1

    def leave(
        self, on: date, *, early: bool, months: Sequence[int], ids: Sequence[UUID], visit_due: date | None
    ) -> None:
        """The young person left care for an own life: outcomes fall due so many months later."""
        self._enter(S.AFTERCARE)
        self.left_on, self.early, self.visit_due, self.review_due, self.told = on, early, visit_due, None, False
        self.visits += [
            AftercareVisit(id_, self.id, self.child, month, months_later(on, month))
            for id_, month in zip(ids, months, strict=True)
        ]
        permitted = self.decision is not None and self.requested_on is not None
        self.record(facts.AftercareStarted(self.child, self.id, on, early, permitted, self.area, self.placement))

    def visit(self, id_: UUID, outcome: Outcome, next_due: date | None, today: date) -> None:
        """Someone visited. Raises Conflict, Impossible, NotFound."""
        if self.state is not S.AFTERCARE or self.left_on is None:
            raise Conflict("There is no aftercare.", field="state", rule="after-leaving")
        if not self.left_on <= outcome.on <= today:
            raise Impossible("A visit lies after leaving, and not ahead.", field="on", rule="not-in-the-future")
        visit = self._visit(id_, outcome)
        visit.held_on, visit.words = outcome.on, outcome.words
        visit.housed, visit.in_education, visit.in_work = outcome.housed, outcome.in_education, outcome.in_work
        visit.in_contact, visit.in_trouble = outcome.in_contact, outcome.in_trouble
        self.visit_due, self.told = next_due, False
        self.record(
            facts.AftercareVisited(
                self.child, self.id, outcome.on, outcome.month, outcome.housed, outcome.occupied,
                outcome.in_contact, outcome.in_trouble, (self.id, visit.id, self.placement),
            )
        )  # fmt: skip

    def end(self, on: date, reason: str) -> None:
        """It is over. Raises Conflict."""
        after = self.state is S.AFTERCARE
        self._enter(S.ENDED)
        self.over_on, self.reason = on, reason
        due = (*(each.id for each in self.visits if not each.held_on), self.placement)
        if after:
            self.record(facts.AftercareEnded(self.child, self.id, on, reason, due))
        else:
            self.record(facts.LeavingCareEnded(self.child, self.id, on, reason, due))

    def resume(self) -> None:
        """The young person is in care: it came back, or never left. Outcomes that were not asked fall away."""
        self._enter(S.PLANNED if self.plan else S.AWAITED)
        self.left_on, self.early, self.visit_due, self.told = None, False, None, False
        self.decision, self.requested_on = None, None
        self.visits[:] = [each for each in self.visits if each.held_on]
        self.record(facts.LeavingCareResumed(self.child, self.id))

    def _visit(self, id_: UUID, outcome: Outcome) -> AftercareVisit:
        if outcome.month is None:
            visit = AftercareVisit(id_, self.id, self.child)
            self.visits.append(visit)
            return visit
        visits = [each for each in self.visits if each.month == outcome.month]
        if not visits:
            raise NotFound("No outcome is asked so many months later.", field="month")
        visit = visits[-1]
        if visit.held_on is not None:
            raise Conflict("This outcome is on record.", field="month", rule="outcome-open")
        if visit.due is not None and outcome.on < visit.due:
            raise Impossible(f"That is known from {visit.due.isoformat()} on.", field="on", rule="outcome-at-its-day")
        return visit

    def _require_in_care(self) -> None:
        if not self.in_care:
            raise Conflict("The young person has left care.", field="state", rule="in-care")

    def _enter(self, state: LeavingCareState) -> None:
        if state not in LEAVING_CARE_TRANSITIONS[self.state]:
            raise Conflict(f"Leaving care that is {self.state} cannot become {state}.", field="state")
        self.state = state


class LeavingCares(Protocol):
    """Those who are leaving care. Whoever locks one has locked the child's whereabouts before."""

    def get(self, id_: UUID) -> LeavingCare:
        """One, locked. Raises NotFound."""

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""

    def of(self, child: UUID) -> LeavingCare | None:
        """The one of a child that is not over, locked."""

    def add(self, thing: LeavingCare) -> None:
        """Take in a new one."""

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Children with one that may have to go on by itself: a day has come, or their whereabouts changed."""

    def reaching(self, born_by: date, after: tuple[date, UUID] | None, limit: int) -> Sequence[tuple[date, UUID]]:
        """Children in care who may be born by a day, without one: by first possible day of birth, from `after` on."""
