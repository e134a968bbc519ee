"""Where a child was, is and is planned to be: the root that guards "exactly one place a child", and its breaches.

Two kinds of act (CARE C1). Permission (authorise) is refused where a rule says no. Facts (arrived, started, moved,
left) are refused only where they are impossible; a rule that they do not meet opens a breach. After every act `review`
compares the open breaches with the rules that are not met, so that the two always agree.
Every method checks all before it changes anything: an act that raises leaves no trace.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.placements.domain import (
    codes,
    decisions_notices,
    decisions_time,
    exemptions,
    judgement,
    legacy,
    possible,
    stays,
    turn,
)
from services.placements.domain.absences import Absence
from services.placements.domain.bonds import SiblingBond
from services.placements.domain.breach import Breach, BreachHealed, BreachOpened
from services.placements.domain.care_cases import KnownCase, Lacking
from services.placements.domain.days import Span
from services.placements.domain.decision import Decision, covering
from services.placements.domain.decisions_appeals import Appeal
from services.placements.domain.decisions_emergency import Emergency
from services.placements.domain.decisions_notices import Notice
from services.placements.domain.exemptions import Exemption
from services.placements.domain.judgement import Act
from services.placements.domain.placement import (
    Ground,
    Impossible,
    InTwoPlaces,
    Placement,
    PlacementMoved,
    State,
    Stay,
)
from services.placements.domain.possible import KnownChild
from services.placements.domain.register_line import require_agreement
from services.placements.domain.reviews import Review
from services.placements.domain.rules import Verdict, refuse
from shared.aggregate import Aggregate
from shared.errors import Conflict, NotFound


@dataclass(eq=False)
class Whereabouts(Aggregate):
    """One child's placements and the rules they do not meet; `id` is the child's."""

    id: UUID
    known: KnownChild = field(default_factory=KnownChild)
    placements: list[Placement] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    bonds: list[SiblingBond] = field(default_factory=list)
    exemptions: list[Exemption] = field(default_factory=list)
    limits: tuple[turn.Limit, ...] = ()
    cases: tuple[KnownCase, ...] = ()
    lacking: Lacking | None = None
    decisions: list[Decision] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    emergencies: list[Emergency] = field(default_factory=list)
    next_on: date | None = None
    of_age_on: date | None = None
    unrepresented_since: date | None = None
    version: int = 0

    @property
    def active(self) -> Placement | None:
        """Where the child is."""
        return next((each for each in self.placements if each.state is State.ACTIVE), None)

    def placement(self, id_: UUID) -> Placement:
        """One of the child's placements. Raises NotFound."""
        for each in self.placements:
            if each.id == id_:
                return each
        raise NotFound("No placement with this id.", field="placement")

    def has(self, id_: UUID) -> bool:
        """Whether it is one of the child's placements."""
        return any(each.id == id_ for each in self.placements)

    def hear(self, known: KnownChild, act: Act) -> None:
        """Registry told of the child; a birth date that changed re-evaluates every open rule (CARE C12)."""
        self.known = known
        self.review(act)

    def authorise(
        self, id_: UUID, stay: Stay, other_reasons: tuple[str, ...], act: Act, decision: UUID | None = None
    ) -> None:
        """Permit a stay that is to begin, by the decision named or any that covers it. Raises what a rule says."""
        possible.require_entry(self.known)
        possible.require_plan(self.known, stay.from_, stay.planned_to)
        placement = Placement.of(id_, self.id, State.PLANNED, replace(stay, to=None), ground=None, today=act.today)
        placement.other_reasons = other_reasons
        placement.decision = self._require_permitted(placement, stay.from_, decision, act)
        self.placements.append(placement)
        self.record(placement.authorisation())

    def authorise_stay(
        self, id_: UUID, planned_to: date | None, other: tuple[str, ...], act: Act, decision: UUID | None = None
    ) -> None:
        """Permit that the child stays where it is: what an emergency or an import still lacks."""
        possible.require_entry(self.known)
        placement = self._in(id_, State.ACTIVE)
        if planned_to is not None and planned_to <= act.today:
            raise Impossible("A planned end lies ahead.", field="planned_to", rule="planned-end-ahead")
        asked = replace(placement, planned_to=planned_to, other_reasons=other)
        placement.decision = self._require_permitted(asked, act.today, decision, act)
        placement.authorised, placement.planned_to, placement.other_reasons = True, planned_to, other
        self.record(placement.authorisation())
        self.review(act)

    def record_whereabouts(
        self, id_: UUID, stay: Stay, ground: Ground, act: Act, *, ends_former: bool = False, at: datetime | None = None
    ) -> None:
        """Write down where the child is, or (where `stay` has an end) was. No care rule refuses it.

        An arrival while another place is active ends the former stay on that day with `ends_former`; its destination
        is what follows. Without it both insist: the arrival is kept as a claim, a whereabouts conflict opens with its
        alarm, and the child stays counted in the one place until someone confirms, ends or withdraws the claim, or it
        turns out that the child had left the other place by then.
        Raises Impossible, and InTwoPlaces where it overlaps a stay that is over.
        """
        former = None if stay.to else self.active
        self._require_arrival(stay.from_, stay.to, former if ends_former else None, former, act)
        claimed = former is not None and not ends_former
        placement = Placement.of(
            id_, self.id, State.CLAIMED, replace(stay, to=None, end_reason=None, destination=None),
            ground=ground, today=act.today,
        )  # fmt: skip
        placement.began_at = at
        self.placements.append(placement)
        if not claimed:
            self._begin(placement, stay.from_, former, codes.FOUND_ELSEWHERE, act)
        if stay.to:
            self._end(placement, stay.to, stay.end_reason, stay.destination)
        self.review(act)

    def repeat(self, id_: UUID, stay: Stay, news: Collection[str], act: Act) -> None:
        """A register says once more where the child is or was: nothing changes, but a stay that has ended since ends.

        `news` are the names of what it says otherwise than when people answered it (RegisterLine.hear).
        Raises AlreadyRecordedOtherwise, RegisterIsBehind.
        """
        placement = self.placement(id_)
        if placement.state is State.WITHDRAWN:
            return
        require_agreement(placement, stay, news)
        if stay.to and not placement.to and "to" in news:
            self.end(id_, stay.to, stay.end_reason, stay.destination, act)

    def start(self, id_: UUID, on: date, act: Act) -> None:
        """The authorised stay begins. Raises InTwoPlaces where the child is elsewhere: then it is a move."""
        placement = self._in(id_, State.PLANNED)
        if self.active:
            raise InTwoPlaces(
                f"The child is in placement {self.active.id}.", field="placement", remedy="Move the child."
            )
        self._require_arrival(on, None, None, None, act)
        self._begin(placement, on, None, codes.NOT_RECORDED, act)
        self.review(act)

    def move(self, id_: UUID, on: date, reason: str, act: Act) -> None:
        """The child leaves where it is and the authorised stay begins, both on one day."""
        placement, former = self._in(id_, State.PLANNED), self.active
        if former is None:
            raise Conflict("The child is in no place that it could leave.", field="placement", remedy="Start the stay.")
        self._require_arrival(on, None, former, former, act)
        self._begin(placement, on, former, reason, act)
        self.review(act)

    def confirm(self, id_: UUID, on: date, act: Act) -> None:
        """The child is where a claim says, counted there from the day `on`; a stay elsewhere ended that day."""
        claim, former = self._in(id_, State.CLAIMED), self.active
        self._require_arrival(on, None, former, former, act)
        self._begin(claim, on, former, codes.FOUND_ELSEWHERE, act)
        self.review(act)

    def end(self, id_: UUID, on: date, reason: str | None, destination: str | None, act: Act) -> None:
        """The child left on a day. A claim that ends turns out to have been true up to that day."""
        placement = self._in(id_, State.ACTIVE, State.CLAIMED)
        possible.require_entry(self.known)
        possible.require_departure(self.known, placement.from_, on, act.today)
        if placement.state is State.CLAIMED:
            possible.require_alone(self.placements, Span(placement.from_, on))
            self.record(placement.start())
        self._end(placement, on, reason, destination)
        self._settle()
        self.review(act)

    def correct(self, id_: UUID, stay: Stay, act: Act) -> None:
        """Put right what was never so: form, carer, provider, area, days, destination (COUNTING F27: restated).

        What was said before stays in the event log, which is never changed.
        """
        placement = self._in(id_, State.ACTIVE, State.ENDED)
        self._require_arrival(stay.from_, stay.to, None, placement, act)
        placement.restate(stay)
        placement.keep_hour(act.law.calendar.zone)
        self.record(placement.restatement())
        self._settle()
        self.review(act)

    def withdraw(self, id_: UUID, act: Act) -> None:
        """There never was, or never will be, such a placement; the entry is kept and counted nowhere."""
        placement = self.placement(id_)
        placement.enter(State.WITHDRAWN)
        self.record(placement.restatement())
        self._settle()
        self.review(act)

    def review(self, act: Act) -> None:
        """Open a breach for each rule that is not met; heal those that are met or no longer apply.

        First as of the days and hours since, at which nobody looked: facts name the day on which they became true.
        """
        for then in turn.missed(self, act, lambda: decisions_time.hours(self)):
            self._review(then)
        self._review(act)

    def catch_up(self, act: Act) -> None:
        """Look at what time brought that nobody has looked at yet: before anything else is said of the child."""
        due = self.next_on is not None and self.next_on <= act.today
        if due or any(hour <= act.moment for hour in decisions_time.hours(self)):
            self.review(act)
        decisions_notices.overdue(self, act.moment, act)

    def judged(self, act: Act) -> Sequence[tuple[Placement, Verdict]]:
        """What the rules say to the child's placements on the day of the act."""
        return () if self.known.withdrawn else tuple(judgement.standing(self, act))

    def _review(self, act: Act) -> None:
        stays.notice(self, act)
        exemptions.notice(self, act)
        decisions_time.notice(self, act)
        verdicts = self.judged(act)
        unmet = {(each.rule.id, stay.id): (stay, each) for stay, each in verdicts if not each.met}
        standing = {(each.rule, each.placement) for each in self.breaches if each.is_open}
        for breach in self.breaches:
            if breach.is_open and (breach.rule, breach.placement) not in unmet:
                breach.healed_on = act.today
                self.record(BreachHealed(child=self.id, breach=breach.id))
        opened = [self._open(*unmet[key], act) for key in unmet if key not in standing]
        besides = (*stays.changes_on(self), *exemptions.changes_on(self), *decisions_time.changes_on(self, act))
        turn.look_ahead(self, verdicts, opened, act, besides=besides)

    def _open(self, placement: Placement, verdict: Verdict, act: Act) -> Breach:
        rule, facts, due = verdict.rule, dict(verdict.facts), verdict.due
        breach = Breach(act.new_id(), self.id, placement.id, rule.id, facts, rule.owner, due, opened_on=act.today)
        breach.due_at = verdict.due_at
        self.breaches.append(breach)
        area, due_at, later = placement.area, verdict.due_at, legacy.on_calendar(placement, breach)
        self.record(BreachOpened(self.id, breach.id, placement.id, rule.id, rule.owner, due, area, due_at, later))
        stays.opened(self, breach, act)
        return breach

    def _begin(self, placement: Placement, on: date, former: Placement | None, reason: str, act: Act) -> None:
        placement.from_ = on
        placement.keep_hour(act.law.calendar.zone)
        if former:
            same = former.care_form == placement.care_form
            towards = codes.TRANSFER_SAME_FORM if same else act.law.care_form(placement.care_form).as_destination
            self._end(former, on, reason, towards)
        self.record(placement.start())
        if former:
            self.record(PlacementMoved(self.id, from_placement=former.id, to_placement=placement.id, on=on))

    def _end(self, placement: Placement, on: date, reason: str | None, destination: str | None) -> None:
        reason, destination = reason or codes.NOT_RECORDED, destination or codes.NOT_RECORDED
        self.record(placement.end(on=on, reason=reason, destination=destination))

    def _settle(self) -> None:
        """A claim that no other place contradicts any more is where the child is."""
        for claim in sorted(self.placements, key=lambda each: each.from_):
            alone = not any(each.lived and each.span.overlaps(claim.span) for each in self.placements)
            if claim.state is State.CLAIMED and alone and not self.known.withdrawn:
                self.record(claim.start())

    def _in(self, id_: UUID, *states: State) -> Placement:
        placement = self.placement(id_)
        if placement.state not in states:
            raise Conflict(f"Not possible for a placement that is {placement.state}.", field="placement")
        return placement

    def _require_permitted(self, asked: Placement, first: date, named: UUID | None, act: Act) -> UUID | None:
        """The decision by which the stay is permitted from a day on."""
        decision = covering(self.decisions, asked, first, named)
        refuse(verdict for verdict in judgement.permission(self, asked, act, decision=decision) if not verdict.met)
        return decision.id if decision else None

    def _require_arrival(
        self, from_: date, to: date | None, leaving: Placement | None, besides: Placement | None, act: Act
    ) -> None:
        """A stay in [from_, to) can have been: the child exists, left `leaving` before, and was nowhere else."""
        possible.require_entry(self.known)
        possible.require_days(self.known, from_, to, act.today)
        if leaving:
            possible.require_left_after_arrival(leaving, from_)
        possible.require_alone(self.placements, Span(from_, to), besides=besides)


class WhereaboutsOfAll(Protocol):
    """The whereabouts of all children of a deployment."""

    def of(self, child: UUID) -> Whereabouts:
        """A child's whereabouts, locked for change; those of a child never named before are empty."""

    def holding(self, placement: UUID) -> Whereabouts:
        """The whereabouts that a placement belongs to, locked for change. Raises NotFound."""

    def taken_up(self) -> Collection[Whereabouts]:
        """Those that were read for change since this was asked last."""

    def forget(self, child: UUID) -> None:
        """Take out everything on a child whose record was erased, and what was told of it."""
