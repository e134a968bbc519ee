"""What is decided on a child, permitted and done at once: rules of the machine of whole lives.

Decisions of courts and bodies, in writing and by word of mouth, renewed, signed, confirmed, corrected, withdrawn;
appeals, notices, agreements taken back, removals. Not here: where the child is (whole_life_stays).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from services.placements.domain import (
    Ground,
    decisions,
    decisions_appeals,
    decisions_checks,
    decisions_emergency,
    decisions_notices,
    decisions_time,
)
from services.placements.domain.decision import VOLUNTARY, Decision, DecisionStatus, Terms
from services.placements.domain.decisions import By
from services.placements.domain.decisions_emergency import Taken
from services.placements.domain.situation import CaseFacts, OptionFacts
from tests.property.whole_life import PLACES, Life
from tests.property.whole_life_law import RENEWALS, law
from tests.property.whole_life_record import AREA, DAY, HOUR
from tests.property.whole_life_stays import forms, picks

OUTCOMES = dict(zip(sorted(PLACES), ("RESIDENTIAL", "FAMILY_FORM", "KIN", "RESIDENTIAL", "RETURN"), strict=True))
ASSESSED = frozenset({"clara"})
CASE = CaseFacts(
    case=UUID(int=5), kind="ENTRY", reasons=("NEGLECT",), help_tried=("SUPPORT",), assessed=True, necessity=True,
    suitability=True, absolutely_necessary=True, last_resort=True, best_interests=True, short_with_end=True,
    options=tuple(OptionFacts(care_form=form, answer="DECLINES") for form in sorted(PLACES)),
    kin_searched=True, child_heard=True, child_consents=True, parents_heard=True, parents_agree=True,
    professions=frozenset({"SOCIAL_WORKER", "PSYCHOLOGIST", "LAW"}), assessed_by=ASSESSED,
)  # fmt: skip
DECIDE = ["COURT", "GUARDIANSHIP_BODY"]
accounts = st.sampled_from(["anna", "boris", "clara"])


@dataclass(frozen=True)
class Said:
    """What somebody says of a decision; days and hours count from now."""

    form: str
    made: int
    begins: int
    lasts: int | None
    body: str
    act: str
    situation: str
    oral: bool
    hours_ago: int | None
    decided_by: str | None
    actor: str
    renews: bool


sayings = st.builds(
    Said,
    form=forms,
    made=st.integers(-40, 1) | st.integers(-2, 0),
    begins=st.integers(0, 2),
    lasts=st.integers(1, 150) | st.integers(20, 150) | st.none(),
    body=st.sampled_from(["COURT"] * 3 + ["GUARDIANSHIP_BODY"] * 5 + ["POLICE"]),
    act=st.sampled_from(["ENTRY", "ENTRY", "RENEWAL", "MORE_RESTRICTIVE"]),
    situation=st.sampled_from(["WITHOUT_PARENTS", "WITH_PARENTS", "VOLUNTARY"]),
    oral=st.booleans(),
    hours_ago=st.none() | st.integers(0, 30),
    decided_by=st.none() | accounts,
    actor=accounts,
    renews=st.booleans(),
)


class Deciding(Life):
    """What is decided, permitted and done at once."""

    @rule(said=sayings)
    def is_decided(self, said: Said) -> None:
        self.decide(self.terms(said), said.actor)

    def terms(self, said: Said, **given: Any) -> Terms:
        made_at = None if said.hours_ago is None else self.now - said.hours_ago * HOUR
        made = self.day(said.made) if made_at is None else made_at.astimezone(law().calendar.zone).date()
        begins = made + said.begins * DAY
        known = [each.id for each in self.child.decisions]
        says: dict[str, Any] = {
            "act": said.act, "situation": said.situation, "outcome": OUTCOMES[said.form], "body": said.body,
            "instrument": "ORAL_ORDER" if said.oral else "ORDER", "made_on": made, "made_at": made_at,
            "effective_from": begins, "area": AREA, "care_forms": (said.form,), "decided_by": said.decided_by,
            "in_force_until": None if said.lasts is None else begins + said.lasts * DAY,
            "renews": known[-1] if said.renews and known else None,
        }  # fmt: skip
        return Terms(**says | given)

    def decide(self, terms: Terms, actor: str) -> UUID:
        id_, now = self.world.new_id(), self.now
        binds = not terms.ordered and not decisions_checks.found_on_paper(self.child, terms)
        self.world.ledger.write(id_, terms, actor, ASSESSED, now, binds=binds)
        made = self.world.say(
            lambda child, act: decisions.record(child, id_, terms, By(actor, now), act, CASE), permission=binds
        )
        if made and binds and terms.act == "RENEWAL":
            assert self.renewed(id_) <= RENEWALS
        return id_

    def renewed(self, id_: UUID) -> int:
        """How often that which the table lets be renewed so often was; where it does not say how often, never."""
        known = {each.id: each for each in self.child.decisions}
        chain = [known[id_]]
        while (before := chain[-1].renews) is not None and known[before] not in chain:
            chain.append(known[before])
        limited = chain[-1].act == "ENTRY" and chain[-1].situation != VOLUNTARY
        return limited * sum(each.status is not DecisionStatus.WITHDRAWN for each in chain[1:])

    def some_decision(self, pick: int, *statuses: DecisionStatus) -> Decision:
        found = [each for each in self.child.decisions if each.status in statuses and pick % 4]
        every = found or self.child.decisions
        return every[pick % len(every)]

    @precondition(lambda self: self.child.decisions)
    @rule(pick=picks, said=sayings, alike=st.booleans())
    def decision_always_said(self, pick: int, said: Said, alike: bool) -> None:
        was, now = self.some_decision(pick, DecisionStatus.IN_FORCE, DecisionStatus.UNSIGNED), self.now
        terms = self.terms(said)
        if alike:
            names = ("act", "situation", "outcome", "body", "care_forms", "made_on", "effective_from")
            terms = self.terms(said, **{name: getattr(was, name) for name in names}, in_force_until=was.in_force_until)
        binds = not terms.ordered and not decisions_checks.found_on_paper(self.child, terms)
        if self.world.say(
            lambda child, act: decisions.correct(child, was.id, terms, By(said.actor, now), act, CASE), permission=binds
        ):
            ledger = self.world.ledger
            before = ledger.decisions[was.id]
            ledger.write(was.id, terms, said.actor, ASSESSED, now, binds=binds)
            if was.second_by is not None or was.recorded_by != said.actor:
                ledger.keep_signature(was.id, before)

    @precondition(lambda self: any(each.needs_second for each in self.child.decisions))
    @rule(pick=picks, by=accounts)
    def second_person_signs(self, pick: int, by: str) -> None:
        self.signs(self.some_decision(pick, DecisionStatus.UNSIGNED).id, by)

    def signs(self, id_: UUID, by: str) -> None:
        now = self.now
        if self.world.say(lambda child, act: decisions.sign(child, id_, By(by, now), ASSESSED, act), permission=True):
            self.world.ledger.decisions[id_].signed_by = by

    @precondition(lambda self: any(each.confirm_by for each in self.child.decisions))
    @rule(pick=picks, hours_ago=st.integers(-1, 40))
    def order_is_confirmed(self, pick: int, hours_ago: int) -> None:
        each, now = self.some_decision(pick, DecisionStatus.ORAL, DecisionStatus.LAPSED), self.now
        on, by = now - hours_ago * HOUR, By("anna", now)
        said = self.world.ledger.decisions[each.id]
        if self.world.say(
            lambda child, act: decisions.confirm(child, each.id, on, "ORDER", "7", None, by, act), permission=True
        ):
            assert said.confirm_by is not None
            assert on <= min(now, said.confirm_by)
            said.confirmed = True

    @precondition(lambda self: self.child.decisions)
    @rule(pick=picks, on=st.integers(-10, 0), how=st.sampled_from(["appeal"] * 4 + ["done"] * 4 + ["error"]))
    def decision_goes_on(self, pick: int, on: int, how: str) -> None:
        open_ = [status for status in DecisionStatus if status is not DecisionStatus.WITHDRAWN]
        decision, id_ = self.some_decision(pick, *open_).id, self.world.new_id()
        suspends = {0: None, 1: True, 2: False}[pick % 3]
        said: dict[str, Callable[..., object]] = {
            "appeal": lambda child, act: decisions_appeals.lodge(
                child, id_, decision, "PARENT", self.day(on), suspends, "worker", act
            ),
            "done": lambda child, act: decisions_time.carry_out(child, decision, self.day(on), act),
            "error": lambda child, act: decisions.withdraw(child, decision, act),
        }
        self.world.say(said[how])

    @precondition(lambda self: any(each.unmet for each in self.child.decisions))
    @rule(pick=picks)
    def order_is_answered(self, pick: int) -> None:
        unmet, now = [each.id for each in self.child.decisions if each.unmet], self.now
        id_ = unmet[pick % len(unmet)]
        self.world.say(lambda child, act: decisions.answer(child, id_, By("head", now)))

    @precondition(lambda self: self.child.appeals)
    @rule(pick=picks, outcome=st.sampled_from(["UPHELD", "CHANGED", "QUASHED", "APPEAL_WITHDRAWN"]))
    def appeal_is_decided(self, pick: int, outcome: str) -> None:
        open_ = [each for each in self.child.appeals if each.outcome is None] or self.child.appeals
        id_ = open_[pick % len(open_)].id
        self.world.say(lambda child, act: decisions_appeals.decide(child, id_, outcome, self.today, act))

    @precondition(lambda self: self.child.notices)
    @rule(pick=picks, hours_ago=st.integers(-1, 30))
    def somebody_is_told(self, pick: int, hours_ago: int) -> None:
        about, now = self.child.notices[pick % len(self.child.notices)], self.now
        sent = now - hours_ago * HOUR

        def said(child: Any, act: Any) -> None:
            own = next(each for each in child.notices if (each.about, each.to) == (about.about, about.to))
            decisions_notices.send(child, own.id, sent, "LETTER", "clerk", now)

        self.world.say(said)

    @precondition(lambda self: any(each.situation == VOLUNTARY for each in self.child.decisions))
    @rule(hours=st.none() | st.integers(1, 72))
    def parents_take_back_their_agreement(self, hours: int | None) -> None:
        at, until = self.now, None if hours is None else self.now + hours * HOUR
        resting = [each.id for each in self.child.decisions if decisions_time.rests_on_agreement(each, at)]
        self.world.say(lambda child, act: decisions_time.agreement_withdrawn(child, at, until, act))
        last = (until or at).astimezone(law().calendar.zone).date() + DAY
        for id_ in resting:
            self.world.ledger.ends_with_agreement[id_] = last

    # Permission.

    @rule(form=forms, from_=st.integers(-10, 10), lasts=st.none() | st.integers(1, 90), said=st.none() | sayings)
    def is_authorised(self, form: str, from_: int, lasts: int | None, said: Said | None) -> None:
        if said is not None:
            self.decide(self.terms(said, care_forms=(form,), outcome=OUTCOMES[form]), said.actor)
        id_, planned = self.world.new_id(), None if lasts is None else self.day(from_ + lasts)
        stay = self.stay(form, from_, planned_to=planned)
        self.permit(id_, lambda child, act: child.authorise(id_, stay, (), act))

    @rule(
        form=forms, from_=st.integers(0, 5), lasts=st.integers(1, 90), body=st.sampled_from(DECIDE),
        act=st.sampled_from(["ENTRY"] * 3 + ["RENEWAL"]), decided_by=st.sampled_from([None, "anna", "clara", "clara"]),
        signs=st.sampled_from([None, "boris", "boris", "boris", "clara"]),
    )  # fmt: skip
    def is_placed_as_the_law_says(
        self, form: str, from_: int, lasts: int, body: str, act: str, decided_by: str | None, signs: str | None
    ) -> None:
        """What is said at random is seldom lawful: without this, few permitted stays would ever begin."""
        said = Said(
            form=form, made=0, begins=0, lasts=150, body=body, act=act, situation="WITHOUT_PARENTS", oral=False,
            hours_ago=None, decided_by=decided_by, actor="anna", renews=act == "RENEWAL",
        )  # fmt: skip
        id_ = self.decide(self.terms(said), said.actor)
        if signs and any(each.id == id_ for each in self.child.decisions):
            self.signs(id_, signs)
        self.is_authorised(form, from_, lasts, None)

    @precondition(lambda self: self.child.active)
    @rule(lasts=st.none() | st.integers(1, 90), said=st.none() | sayings)
    def may_stay(self, lasts: int | None, said: Said | None) -> None:
        here = self.child.active
        assert here
        if said is not None:
            form = here.care_form
            self.decide(self.terms(said, care_forms=(form,), outcome=OUTCOMES[form]), said.actor)
        id_, planned = here.id, None if lasts is None else self.day(lasts)
        self.permit(id_, lambda child, act: child.authorise_stay(id_, planned, (), act))

    def permit(self, id_: UUID, said: Callable[..., object]) -> None:
        """What is permitted has a decision in force behind it that covers all its days."""
        if self.world.say(said, permission=True):
            stay = self.child.placement(id_)
            behind = decisions.find(self.child, stay.decision) if stay.decision else None
            assert behind is not None
            assert self.world.ledger.stands_on(self.child, behind, max(stay.from_, self.today), self.now)
            until = behind.in_force_until
            assert until is None or (stay.planned_to is not None and stay.planned_to <= until)

    # At once.

    @rule(
        form=forms, hours_ago=st.integers(0, 60), way=st.integers(0, 12), body=st.sampled_from(["POLICE", "COURT"]),
        leaves=st.none() | st.integers(1, 20), situation=st.sampled_from(["WITH_PARENTS", "WITHOUT_PARENTS"]),
    )  # fmt: skip
    def is_taken_at_once(
        self, form: str, hours_ago: int, way: int, body: str, leaves: int | None, situation: str
    ) -> None:
        taken_at: datetime = self.now - hours_ago * HOUR
        arrived = min(taken_at + way * HOUR, self.now)
        stay, now = self.stay(form, 0, kind="emergency"), self.now
        id_, removal = self.world.new_id(), self.world.new_id()
        begins = arrived.astimezone(law().calendar.zone).date()
        taken = Taken(taken_by=body, situation=situation, taken_from="PARENT", at=taken_at, area=AREA)
        where = self.stay(form, (begins - self.today).days, kind=stay.kind)

        def said(child: Any, act: Any) -> None:  # as the handler does
            decisions_emergency.require_hours(taken_at, arrived, now)
            child.record_whereabouts(id_, where, Ground.EMERGENCY, act, ends_former=True, at=arrived)
            decisions_emergency.take(child, removal, taken, id_, "anna", now, act)

        self.world.ledger.arrived[id_] = arrived
        if self.world.say(said) and leaves is not None:
            self.world.pass_until(self.now + leaves * DAY)
            day = self.today
            self.world.say(lambda child, act: child.end(id_, day, "REVIEW", "OTHER", act))

    @rule(later=st.integers(1, 30), back=st.booleans(), clocks_first=st.booleans())
    def hours_pass(self, later: int, back: bool, clocks_first: bool) -> None:
        self.world.pass_until(self.now + later * HOUR, back=back, clocks_first=clocks_first)
