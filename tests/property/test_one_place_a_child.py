"""Whatever is said of a child, in any order: it is in one place at a time, and what the law lacks is an open breach.

CARE C1: every child in care at every moment is in exactly one place and has (a) a decision in force, or an open
emergency or legacy deadline, and (b) for each rule not met an open breach.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.placements import domain
from services.placements.domain import Ground, State, decisions, decisions_appeals, decisions_time
from services.placements.domain.decision import Terms, behind
from services.placements.domain.decisions import By
from services.placements.law import PackLaw
from shared import countries
from shared.errors import KinwardError, Refused

BEGIN = date(2024, 1, 1)
HORIZON = 60
LAW = PackLaw(countries.load("kz", Path("countries")))
DECISIONS = {"decision-in-force", "legacy-decision-due"}

days = st.integers(-5, HORIZON).map(lambda number: BEGIN + timedelta(days=number))
forms = st.sampled_from(["INFANT_HOME", "CHILDRENS_HOME", "FOSTER", "GUARDIANSHIP", "PARENTAL"])
picks = st.integers(0, 100)


class OneChild(RuleBasedStateMachine):
    """Everybody says things about one child."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Iterator[int] = count(1)
        self.child = domain.Whereabouts(UUID(int=0))
        self.today = BEGIN + timedelta(days=HORIZON // 2)
        self.told: list[Any] = []

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    def act(self) -> domain.Act:
        return domain.Act(self.today, LAW, self.new_id)

    def attempt(self, say: Callable[[], object], permission: bool = False) -> None:
        before = self.snapshot()
        try:
            say()
        except KinwardError as error:
            assert permission or not isinstance(error, Refused), "a rule of care refused a fact"
            assert self.snapshot() == before, "an act that was refused left a trace"
        self.told += [fact for _, _, fact in self.child.pull_facts()]

    def snapshot(self) -> tuple[Any, ...]:
        placements = [{**vars(each)} for each in self.child.placements]
        kept = (self.child.breaches, self.child.decisions, self.child.appeals, self.child.notices)
        return self.child.version, placements, [[{**vars(each)} for each in some] for some in kept]

    def picked(self, pick: int) -> UUID:
        return self.child.placements[pick % len(self.child.placements)].id

    @initialize(born=st.sampled_from([BEGIN - timedelta(days=900), BEGIN + timedelta(days=3), None]))
    def born(self, born: date | None) -> None:
        if born:
            self.child.hear(domain.KnownChild(born, born + timedelta(days=30), "KZ-75", confirmed=True), self.act())

    @rule(from_=days, to=st.none() | days, form=forms, ground=st.sampled_from(Ground), ends_former=st.booleans())
    def arrive(self, from_: date, to: date | None, form: str, ground: Ground, ends_former: bool) -> None:
        stay = domain.Stay(care_form=form, area="KZ-75", from_=from_, to=to, provider=UUID(int=9))
        self.attempt(
            lambda: self.child.record_whereabouts(self.new_id(), stay, ground, self.act(), ends_former=ends_former)
        )

    @rule(made=days, until=st.none() | days, form=forms, body=st.sampled_from(["COURT", "GUARDIANSHIP_BODY"]))
    def decide(self, made: date, until: date | None, form: str, body: str) -> None:
        if until is not None and until <= made:
            return
        bucket = LAW.care_form(form).bucket
        outcome = {"RESIDENTIAL": "RESIDENTIAL", "NONE": "RETURN"}.get(bucket, "FAMILY_FORM")
        terms = Terms(
            act="ENTRY", situation="WITHOUT_PARENTS", outcome=outcome, body=body, instrument="ORDER", made_on=made,
            effective_from=made, in_force_until=until, area="KZ-75", care_forms=(form,),
        )  # fmt: skip
        by = By("worker", datetime.combine(self.today, time(12), UTC))
        self.attempt(
            lambda: decisions.record(self.child, self.new_id(), terms, by, self.act()), permission=body != "COURT"
        )

    @precondition(lambda self: self.child.decisions)
    @rule(pick=picks, on=days, act=st.sampled_from(["withdraw", "lodge", "carry_out"]))
    def act_on_a_decision(self, pick: int, on: date, act: str) -> None:
        decision = self.child.decisions[pick % len(self.child.decisions)].id
        does: dict[str, Callable[[], object]] = {
            "withdraw": lambda: decisions.withdraw(self.child, decision, self.act()),
            "lodge": lambda: decisions_appeals.lodge(
                self.child, self.new_id(), decision, "PARENT", on, True, "worker", self.act()
            ),
            "carry_out": lambda: decisions_time.carry_out(self.child, decision, on, self.act()),
        }
        self.attempt(does[act])

    @precondition(lambda self: self.child.appeals)
    @rule(pick=picks, on=days, outcome=st.sampled_from(["UPHELD", "CHANGED", "QUASHED", "APPEAL_WITHDRAWN"]))
    def decide_an_appeal(self, pick: int, on: date, outcome: str) -> None:
        appeal = self.child.appeals[pick % len(self.child.appeals)].id
        self.attempt(lambda: decisions_appeals.decide(self.child, appeal, outcome, on, self.act()))

    @rule(from_=days, planned_to=st.none() | days, form=forms)
    def authorise(self, from_: date, planned_to: date | None, form: str) -> None:
        stay = domain.Stay(care_form=form, area="KZ-75", from_=from_, planned_to=planned_to, provider=UUID(int=9))
        self.attempt(lambda: self.child.authorise(self.new_id(), stay, (), self.act()), permission=True)

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, on=days, act=st.sampled_from(["start", "move", "confirm", "end", "withdraw", "authorise_stay"]))
    def act_on_one(self, pick: int, on: date, act: str) -> None:
        more: dict[str, tuple[Any, ...]] = {
            "start": (on,),
            "move": (on, "REVIEW"),
            "confirm": (on,),
            "end": (on, "REVIEW", "OTHER"),
            "withdraw": (),
            "authorise_stay": (on, ()),
        }
        self.attempt(
            lambda: getattr(self.child, act)(self.picked(pick), *more[act], self.act()), act == "authorise_stay"
        )

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, from_=days, to=st.none() | days, form=forms)
    def correct(self, pick: int, from_: date, to: date | None, form: str) -> None:
        stay = domain.Stay(care_form=form, area="KZ-75", from_=from_, to=to, provider=UUID(int=9), destination="OTHER")
        self.attempt(lambda: self.child.correct(self.picked(pick), stay, self.act()))

    @rule(later=st.integers(1, 10))
    def time_passes(self, later: int) -> None:
        self.today += timedelta(days=later)
        self.attempt(lambda: self.child.review(self.act()))

    @invariant()
    def the_child_sleeps_in_one_place(self) -> None:
        nights = Counter(
            each.from_ + timedelta(days=night)
            for each in self.child.placements
            if each.state in {State.ACTIVE, State.ENDED}
            for night in range(((each.to or self.today + timedelta(days=1)) - each.from_).days)
        )
        assert max(nights.values(), default=0) <= 1
        assert sum(each.state is State.ACTIVE for each in self.child.placements) <= 1

    @invariant()
    def days_are_in_order_and_not_in_the_future(self) -> None:
        for each in self.child.placements:
            if each.state in {State.ACTIVE, State.ENDED}:
                assert each.from_ <= (each.to or self.today) <= self.today
                assert self.child.known.born_from is None or each.from_ >= self.child.known.born_from

    @invariant()
    def breaches_are_the_rules_that_are_not_met(self) -> None:
        version = self.child.version
        self.child.review(self.act())
        assert self.child.version == version, "an act did not review"

    @invariant()
    def a_stay_without_a_decision_has_a_deadline(self) -> None:
        here = self.child.active
        if here and LAW.care_form(here.care_form).formal:
            open_ = {each.rule for each in self.child.breaches if each.is_open and each.placement == here.id}
            assert behind(self.child.decisions, here, self.today) or open_ & DECISIONS

    @invariant()
    def two_who_insist_are_an_open_conflict(self) -> None:
        claims = {each.id for each in self.child.placements if each.state is State.CLAIMED}
        open_ = {each.placement for each in self.child.breaches if each.is_open and each.rule == "whereabouts-conflict"}
        assert claims == open_

    @invariant()
    def a_claim_is_contradicted(self) -> None:
        lived = [each.span for each in self.child.placements if each.lived]
        claims = (each.span for each in self.child.placements if each.state is State.CLAIMED)
        assert all(any(span.overlaps(claim) for span in lived) for claim in claims)

    @invariant()
    def no_rule_has_two_open_breaches(self) -> None:
        open_ = Counter((each.rule, each.placement) for each in self.child.breaches if each.is_open)
        assert max(open_.values(), default=0) <= 1

    @invariant()
    def the_events_alone_tell_the_same_stays(self) -> None:
        stays: dict[UUID, tuple[str, date, date | None]] = {}
        for fact in self.told:
            if isinstance(fact, domain.PlacementStarted):
                stays[fact.placement] = (fact.care_form, fact.from_, None)
            elif isinstance(fact, domain.PlacementEnded):
                stays[fact.placement] = (*stays[fact.placement][:2], fact.to)
            elif isinstance(fact, domain.PlacementCorrected):
                stays[fact.placement] = (fact.care_form, fact.from_, fact.to)
                if fact.withdrawn:
                    del stays[fact.placement]
        lived = (each for each in self.child.placements if each.state in {State.ACTIVE, State.ENDED})
        assert stays == {each.id: (each.care_form, each.from_, each.to) for each in lived}

    @invariant()
    def the_events_alone_tell_the_same_open_breaches(self) -> None:
        open_ = set()
        for fact in self.told:
            if isinstance(fact, domain.BreachOpened):
                open_.add(fact.breach)
            elif isinstance(fact, domain.BreachHealed):
                open_.remove(fact.breach)
        assert open_ == {each.id for each in self.child.breaches if each.is_open}


TestOnePlaceAChild = OneChild.TestCase
TestOnePlaceAChild.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
