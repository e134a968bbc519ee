"""What was said of decisions and removals, kept apart from the program: by it, what must stand and by which hour.

Who decided, recorded and assessed; which order was by word of mouth, and until when it was to be confirmed; which
agreement was withdrawn; at which hour a child arrived. Not here: the program's own record of it (whole_life_record).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.domain import State
from services.placements.domain.breach import Breach
from services.placements.domain.decision import VOLUNTARY, Decision, DecisionStatus, Terms
from tests.property.whole_life_law import TWO_SIGN, law

UNDECIDED = "decision-in-force"
TO_CONFIRM = timedelta(hours=24)
TO_DECIDE = timedelta(hours=72)
CONTINUES = 90
"""An emergency that begins no more than so many days after another one goes on for it."""
DAY = timedelta(days=1)


def midnight(day: date) -> datetime:
    """The moment with which a day begins."""
    return datetime.combine(day, time(), law().calendar.zone)


def until(breach: Breach) -> tuple[date, bool, datetime | None]:
    """Until when; of two on one day that with the earlier hour comes first."""
    return breach.due, breach.due_at is None, breach.due_at


def _one_spell(child: domain.Whereabouts, first: Breach, breach: Breach) -> bool:
    """Whether the child was in care all nights between two stays, or one of them was written down anew."""
    one, other = child.placement(first.placement), child.placement(breach.placement)
    if one.authorised or other.authorised or other.state is not State.ACTIVE:
        return False
    if one.state is State.WITHDRAWN:
        return first.healed_on is not None and one.from_ <= other.from_ <= first.healed_on
    in_care = [
        each
        for each in child.placements
        if each.lived and each.to and not each.authorised and law().care_form(each.care_form).formal
    ]
    nights = {
        each.from_ + DAY * night for each in in_care for night in range(((each.to or each.from_) - each.from_).days)
    }
    return one.lived and all(one.from_ + DAY * night in nights for night in range((other.from_ - one.from_).days))


@dataclass
class Written:
    """What was said of one decision, as it was recorded or corrected last."""

    terms: Terms
    decider: str | None
    written_by: str
    assessed: frozenset[str]
    binds: bool
    confirm_by: datetime | None
    confirmed: bool = False
    signed_by: str | None = None
    asked: bool = False
    """A second signature that was asked for once is asked for until it is there."""

    @property
    def alone(self) -> frozenset[str]:
        """Those who are no second person."""
        return self.assessed | {self.written_by} | ({self.decider} if self.decider else set())

    @property
    def needs_second(self) -> bool:
        """Whether it may hold only with a second signature."""
        by_assessor = not self.assessed.isdisjoint({self.decider, self.written_by})
        return self.binds and (self.asked or self.terms.act in TWO_SIGN or by_assessor)

    @property
    def signed(self) -> bool:
        """Whether somebody signed who may."""
        return self.signed_by is not None and self.signed_by not in self.alone


@dataclass
class Ledger:
    """What was said."""

    decisions: dict[UUID, Written] = field(default_factory=dict)
    arrived: dict[UUID, datetime] = field(default_factory=dict)
    ends_with_agreement: dict[UUID, date] = field(default_factory=dict)

    def write(
        self, id_: UUID, terms: Terms, actor: str, assessed: frozenset[str], now: datetime, *, binds: bool
    ) -> None:
        """A decision was recorded, or is corrected: what was signed counts no more."""
        before = self.decisions.get(id_)
        known = before.decider if before and not terms.ordered else None  # of a court's order it is not asked
        decider = terms.decided_by or known or (actor if binds else None)
        until = (terms.made_at or now) + TO_CONFIRM if terms.oral else None
        if before and terms.oral and terms.made_at is None:
            until = before.confirm_by
        if terms.situation != VOLUNTARY:
            self.ends_with_agreement.pop(id_, None)
        asked = before is not None and before.needs_second
        self.decisions[id_] = Written(
            terms, decider, actor, assessed, binds, until, confirmed=not terms.oral, asked=asked
        )

    def keep_signature(self, id_: UUID, before: Written) -> None:
        """The program let a signature, or who wrote what is to be signed, stand after a correction.

        Then what is signed must be what it says now.
        """
        now = self.decisions[id_]
        names = {"act", "situation", "outcome", "body", "care_forms", "effective_from", "in_force_until"}
        for name in names - ({"in_force_until"} if id_ in self.ends_with_agreement else set()):
            assert getattr(now.terms, name) == getattr(before.terms, name), name
        assert now.decider == before.decider
        now.signed_by, now.written_by = before.signed_by, before.written_by

    def arrived_at(self, stay: domain.Placement) -> datetime | None:
        """At which hour it began; none is known where it turned out to be another day than that of the hour."""
        hour = self.arrived.get(stay.id)
        if hour is not None and hour.astimezone(law().calendar.zone).date() != stay.from_:
            return self.arrived.pop(stay.id) and None
        return hour

    def stands(self, child: domain.Whereabouts, each: Decision, now: datetime) -> bool:
        """Whether a decision is in force at a moment, apart from its status as far as that can be."""
        return self.stands_on(child, each, now.astimezone(law().calendar.zone).date(), now)

    def stands_on(self, child: domain.Whereabouts, each: Decision, today: date, now: datetime) -> bool:
        """Whether it is in force on a day, by what is known at a moment."""
        said = self.decisions[each.id]
        if each.status in {
            DecisionStatus.LAPSED, DecisionStatus.ENDED, DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN,
        }:  # fmt: skip
            return False
        until = max(self.ends_with_agreement.get(each.id, date.max - DAY), said.terms.effective_from + DAY)
        changed = any(one.decision == each.id and one.outcome == "CHANGED" for one in child.appeals)
        begun = said.terms.effective_from <= today < min(said.terms.in_force_until or date.max, until) and not changed
        heard = said.confirmed or (said.confirm_by is not None and now < said.confirm_by)
        signed = said.signed or not said.needs_second or not said.confirmed
        return begun and heard and signed and not self._rests(child, each)

    def require_standing(self, record: Any, now: datetime) -> None:
        """What holds stands, what does not hold has a ground."""
        child: domain.Whereabouts = record.child
        today = now.astimezone(law().calendar.zone).date()
        for each in child.decisions:
            said = self.decisions[each.id]
            assert each.holds(today) == self.stands(child, each, now), (each, said)
            unheard = not said.confirmed and said.confirm_by is not None and said.confirm_by <= now
            undone = each.carried_out_on is None and each.carry_out_by is not None and each.carry_out_by < today
            changed = any(one.decision == each.id and one.outcome == "CHANGED" for one in child.appeals)
            ended = each.in_force_until is not None and each.in_force_until <= today
            grounds = {
                DecisionStatus.LAPSED: unheard or undone or changed,
                DecisionStatus.ENDED: changed or ended,
                DecisionStatus.SUSPENDED: self._rests(child, each),
                DecisionStatus.UNSIGNED: said.needs_second and not said.signed,
            }
            assert grounds.get(each.status, True), (each, said)

    def _rests(self, child: domain.Whereabouts, each: Decision) -> bool:
        return any(one.decision == each.id and one.suspends and one.outcome is None for one in child.appeals)

    def require_clock(self, child: domain.Whereabouts, facts: Iterable[Any]) -> None:
        """The clock without a decision is the child's: an emergency goes on for another, a spell for its next stay."""
        opened = {each.breach for each in facts if isinstance(each, domain.BreachOpened) and each.rule == UNDECIDED}
        earlier: list[Breach] = []
        for breach in (each for each in child.breaches if each.rule == UNDECIDED):
            if breach.id in opened:
                self._require_deadline(child, breach, earlier)
            earlier.append(breach)

    def _require_deadline(self, child: domain.Whereabouts, breach: Breach, earlier: list[Breach]) -> None:
        due = until(breach)
        if child.placement(breach.placement).urgent:
            first = self._first(child)
            hour = self.arrived_at(first)
            at = (hour or midnight(first.from_)) + TO_DECIDE
            own = (at.astimezone(law().calendar.zone).date(), hour is None, at if hour else None)
            assert due == own or (due < own and due in map(until, earlier)), (breach, first, own)
        if not child.decisions:  # nobody ever decided anything
            assert all(due <= until(each) for each in earlier if _one_spell(child, each, breach)), (breach, earlier)

    def _first(self, child: domain.Whereabouts) -> domain.Placement:
        urgent = [each for each in child.placements if each.lived and each.urgent]
        first = max(urgent, key=self._hour)
        while True:
            near = [
                each
                for each in urgent
                if self._hour(each) < self._hour(first) and (first.from_ - (each.to or first.from_)).days <= CONTINUES
            ]
            if not near:
                return first
            first = min(near, key=self._hour)

    def _hour(self, stay: domain.Placement) -> tuple[date, bool, datetime]:
        hour = self.arrived_at(stay)
        return stay.from_, hour is None, hour or midnight(stay.from_)
