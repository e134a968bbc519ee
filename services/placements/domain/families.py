"""Carer families: from the application to the approval, its end, and what may come between.

A family is a provider of the kind CARER_FAMILY under the same id, so that placements refer to it. Carers are persons
of registry; whoever assessed a family does not approve it (CARE C2). Not here: room (rooms), whom it suits (options).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain import families_facts as facts
from services.placements.domain.days import months_later
from services.placements.domain.families_parts import (
    ApprovalTooLong,
    Assessment,
    AssessorApproves,
    FamilyLaw,
    FamilyTerms,
    FamilyTooLarge,
    NotYetSuitable,
    Training,
)
from services.placements.domain.provider import Approval, Details, Provider
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid


class FamilyState(StrEnum):
    """Where a carer family is between its application and the end of its approval."""

    APPLIED = "applied"
    ASSESSED = "assessed"
    TRAINED = "trained"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[FamilyState, frozenset[FamilyState]] = {
    FamilyState.APPLIED: frozenset({FamilyState.ASSESSED, FamilyState.REFUSED, FamilyState.WITHDRAWN}),
    FamilyState.ASSESSED: frozenset({FamilyState.TRAINED, FamilyState.REFUSED, FamilyState.WITHDRAWN}),
    # Assessed again before it was approved: the training that it had stays.
    FamilyState.TRAINED: frozenset({FamilyState.APPROVED, FamilyState.REFUSED, FamilyState.WITHDRAWN}),
    # To itself: approved again before the approval ended.
    FamilyState.APPROVED: frozenset(
        {FamilyState.APPROVED, FamilyState.SUSPENDED, FamilyState.LAPSED, FamilyState.WITHDRAWN}
    ),
    FamilyState.SUSPENDED: frozenset({FamilyState.APPROVED, FamilyState.LAPSED, FamilyState.WITHDRAWN}),
    # What has lapsed is assessed anew.
    FamilyState.LAPSED: frozenset({FamilyState.ASSESSED, FamilyState.WITHDRAWN}),
    FamilyState.REFUSED: frozenset({FamilyState.APPLIED}),
    FamilyState.WITHDRAWN: frozenset({FamilyState.APPLIED}),
}
OPEN = frozenset({FamilyState.APPROVED, FamilyState.SUSPENDED})
"""In which an approval runs."""


@dataclass(eq=False)
class CarerFamily(Aggregate):
    """A family that cares, or asks to care, for children of others. `carers` are ids of registry's persons."""

    id: UUID
    area: str
    carers: frozenset[UUID]
    own_children: int
    languages: tuple[str, ...]
    applied_on: date
    state: FamilyState = FamilyState.APPLIED
    assessment: Assessment | None = None
    trainings: tuple[Training, ...] = ()
    terms: FamilyTerms | None = None
    approved_by: str | None = None
    suspended_because: str | None = None
    ended_because: str | None = None
    next_on: date | None = None
    approved_until: date | None = None
    version: int = 0

    @classmethod
    def apply(
        cls, id_: UUID, area: str, carers: frozenset[UUID], own_children: int, languages: tuple[str, ...], on: date
    ) -> "CarerFamily":
        """A family applies. Raises Invalid where it names no carer."""
        family = cls(id_, area, frozenset(), 0, (), on)
        family._describe(area, carers, own_children, languages)
        family.record(facts.FamilyApplied(id_, area))
        return family

    @property
    def until(self) -> date | None:
        """The day on which the approval ends, while one runs."""
        return self.approved_until if self.state in OPEN else None

    def apply_again(self, on: date) -> None:
        """It applies anew after a refusal or after it had withdrawn; what it was assessed for is asked anew."""
        self._enter(FamilyState.APPLIED)
        self.applied_on, self.assessment, self.terms = on, None, None
        self.approved_until = self.ended_because = None
        self.record(facts.FamilyApplied(self.id, self.area))

    def amend(self, area: str, carers: frozenset[UUID], own_children: int, languages: tuple[str, ...]) -> None:
        """Who belongs to it, where it lives, what is spoken there. Raises Invalid where it names no carer."""
        self._describe(area, carers, own_children, languages)
        self.version += 1

    def assess(self, assessment: Assessment, today: date) -> None:
        """An assessor reports. While an approval runs, it is what the next one rests on."""
        _require_past(assessment.on, today)
        if self.state not in OPEN | {FamilyState.ASSESSED, FamilyState.TRAINED}:
            self._enter(FamilyState.ASSESSED)
        self.assessment = assessment
        self.version += 1

    def train(self, training: Training, today: date) -> None:
        """The carers took a course."""
        _require_past(training.on, today)
        if training.hours < 1:
            raise Invalid("A course has an hour at least.", field="hours", rule="hours-positive")
        if self.state in {FamilyState.REFUSED, FamilyState.WITHDRAWN}:
            raise Conflict(f"Not possible for a family that is {self.state}.", field="state")
        self.trainings = (*self.trainings, training)
        if self.state is FamilyState.ASSESSED:
            self._enter(FamilyState.TRAINED)
        self.version += 1

    def approve(self, terms: FamilyTerms, by: str, law: FamilyLaw, today: date) -> None:
        """Children can be placed with it; approved again, without a gap where the former approval still holds.

        Raises AssessorApproves, NotYetSuitable, ApprovalTooLong, FamilyTooLarge, Conflict.
        """
        longest = months_later(terms.from_, law.validity)
        until = terms.until or longest
        asked = replace(terms, until=until)
        self._require_suitable(asked, by, law, today)
        if until > longest:
            raise ApprovalTooLong(
                f"An approval lasts {law.validity} months at most.", field="until", rule="approval-validity"
            )
        again = self.until is not None and asked.from_ <= self.until
        if again and self.terms is not None:
            asked = replace(asked, from_=min(self.terms.from_, asked.from_))
        self._enter(FamilyState.APPROVED)
        self.terms, self.approved_until, self.approved_by = asked, until, by
        self.next_on = until - timedelta(days=law.notice)
        self.record(self._approved(asked, until, again))

    def suspend(self, reason: str, on: date) -> None:
        """No further child is placed there for the time being."""
        self._enter(FamilyState.SUSPENDED)
        self.suspended_because = reason
        self.record(facts.FamilySuspended(self.id, self.area, on, reason))

    def reinstate(self, by: str, on: date) -> None:
        """The suspension is over. Raises AssessorApproves, as an approval does."""
        if self.state is not FamilyState.SUSPENDED:
            raise Conflict(f"A family that is {self.state} cannot be reinstated.", field="state")
        self._require_another(by)
        self._enter(FamilyState.APPROVED)
        self.suspended_because = None
        self.record(facts.FamilyReinstated(self.id, self.area, on))

    def refuse(self, reason: str, on: date) -> None:
        """It is not approved."""
        self._enter(FamilyState.REFUSED)
        self.ended_because = reason
        self.record(facts.FamilyRefused(self.id, self.area, on, reason))

    def withdraw(self, reason: str, on: date) -> None:
        """It cares no longer, or asks no longer to. Children who live there show as a breach, never as an obstacle."""
        self._enter(FamilyState.WITHDRAWN)
        self.ended_because = reason
        self.record(facts.FamilyWithdrawn(self.id, self.area, on, reason))

    def pass_time(self, today: date) -> bool:
        """What time does to an approval: its end, or the notice before it; whether anything changed.

        The facts name the day on which the approval ended, however late that was noticed.
        """
        until = self.until
        if until is None:
            return False
        if until <= today:
            self._enter(FamilyState.LAPSED)
            self.next_on = None
            self.record(facts.FamilyLapsed(self.id, self.area, until))
            return True
        if self.next_on is not None and self.next_on <= today:
            self.next_on = until
            self.record(facts.FamilyReapprovalPrompted(self.id, self.area, until))
            return True
        return False

    def offers(self, provider: Provider, today: date) -> Details:
        """What its provider says of it: room, forms, ages and the days of its approval as they are on a day.

        An approval that ended stays there with its end, so that a rule sees since when there is none.
        """
        terms, gone = self.terms, self.state is FamilyState.WITHDRAWN
        approval = Approval(
            from_=terms.from_ if terms else None, to=self.approved_until, suspended=self.state is FamilyState.SUSPENDED
        )
        if terms is None:
            return Details(
                area=self.area, name=provider.name, places=provider.places, care_forms=provider.care_forms,
                takes=provider.takes, languages=self.languages, closed_on=today if gone else None,
            )  # fmt: skip
        return Details(
            area=self.area, name=provider.name, places=terms.places, care_forms=terms.care_forms, takes=terms.takes,
            languages=self.languages, approval=approval, closed_on=today if gone else None,
        )  # fmt: skip

    def _describe(self, area: str, carers: frozenset[UUID], own_children: int, languages: tuple[str, ...]) -> None:
        if not carers:
            raise Invalid("A family has a carer.", field="carers", rule="carer-named")
        if own_children < 0:
            raise Invalid("Fewer children than none.", field="own_children", rule="children-not-negative")
        self.area, self.carers, self.own_children, self.languages = area, carers, own_children, languages

    def _require_suitable(self, terms: FamilyTerms, by: str, law: FamilyLaw, today: date) -> None:
        found = self.assessment
        if self.state not in {FamilyState.TRAINED, FamilyState.APPROVED} or found is None:
            raise Conflict(f"A family that is {self.state} cannot be approved.", field="state", remedy=_STEPS)
        if found.recommendation == facts.NOT_SUITABLE:
            raise NotYetSuitable("The assessment says no.", rule="assessment-allows", remedy="Refuse, or assess anew.")
        if self.terms is not None and found.on <= self.terms.from_ and self.state is FamilyState.APPROVED:
            raise NotYetSuitable(
                "Nobody assessed it since it was approved.", rule="assessed-since", remedy="Assess the family anew."
            )
        self._require_another(by)
        hours = sum(each.hours for each in self.trainings)
        if law.training_hours is not None and hours < law.training_hours:
            raise NotYetSuitable(
                f"The carers had {hours} of {law.training_hours} hours of training.", rule="training-hours"
            )
        if terms.places < 1:
            raise Invalid("An approval is for one child at least.", field="places", rule="places-positive")
        if law.children is not None and self.own_children + terms.places > law.children:
            raise FamilyTooLarge(f"Its own among them, {law.children} children at most.", rule="family-size")
        if terms.from_ > today and not (self.until and terms.from_ <= self.until):
            raise Invalid("An approval begins by today, or as the former ends.", field="from", rule="no-gap")

    def _require_another(self, by: str) -> None:
        if self.assessment is not None and self.assessment.by == by:
            raise AssessorApproves(
                "Who assessed the family does not approve it.",
                rule="separation-of-duties",
                remedy="Somebody else approves; where one person works alone, the next level up.",
            )

    def _approved(self, terms: FamilyTerms, until: date, again: bool) -> facts.FamilyApproved:
        first, last = terms.takes.age_from, terms.takes.age_to
        return facts.FamilyApproved(
            self.id, self.area, terms.places, terms.care_forms, 0 if first is None else first,
            17 if last is None else last, terms.takes.sexes, terms.from_, until, again,
        )  # fmt: skip

    def _enter(self, state: FamilyState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise Conflict(f"A family that is {self.state} cannot become {state}.", field="state")
        self.state = state


_STEPS = "Record its assessment and its training first."


class Families(Protocol):
    """The carer families of a deployment."""

    def get(self, id_: UUID) -> CarerFamily:
        """The family, locked for change. Raises NotFound."""

    def find(self, id_: UUID) -> CarerFamily | None:
        """The family, locked for change, or None."""

    def add(self, family: CarerFamily) -> None:
        """Take in a new one."""

    def due(self, today: date, limit: int) -> list[CarerFamily]:
        """Families for whom a day has come on which time does something to their approval."""


def _require_past(day: date, today: date) -> None:
    if day > today:
        raise Invalid("It lies in the future.", field="on", rule="not-in-the-future")
