"""Whatever is asked of a gatekeeping case in whatever order: its status goes by the table, what is refused leaves no
trace, nobody sits on a panel who must not, and a decision on care stands on a recommendation or on a court's order.
"""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import (
    Assessment,
    Finding,
    FindingKind,
    Hearing,
    Member,
    Option,
    Recommendation,
)
from services.placements.domain.gatekeeping_states import LEAVES_HOME, STEP_CLOCKS, TRANSITIONS, CaseStatus, Step
from shared.errors import KinwardError

START = date(2026, 1, 1)
ZONE = ZoneInfo("Asia/Bishkek")
ACCOUNTS = st.sampled_from(["aigul", "erlan", "gulnara", "nobody"])
HOMES = st.sampled_from([UUID(int=51), UUID(int=52)])
OUTCOMES = st.sampled_from(
    ["SUPPORT_AT_HOME", "KIN", "FAMILY_FORM", "SMALL_HOME", "RESIDENTIAL", "RETURN", "NO_ACTION", "NEEDS_MORE"]
)


class Law:
    def deadline(self, name, since, area, *, rolls=False):
        return since + timedelta(days=5)


class Cases(RuleBasedStateMachine):
    """One case, and everything that can be asked of it."""

    @initialize()
    def requested(self):
        self.day, self.number = START, 100
        self.case = GatekeepingCase.request(
            UUID(int=2),
            UUID(int=1),
            "ENTRY",
            area="KG-GB",
            reasons=("NEGLECT",),
            help_tried=(),
            step=self.step("aigul"),
        )
        self.case.pull_facts()
        self.outcomes: list[tuple[str, bool, bool]] = []

    def step(self, by):
        return Step(by, datetime.combine(self.day, datetime.min.time(), UTC), self.day, Law())

    def ask(self, what):
        """Do something; what is refused leaves no trace, what is done goes by the table."""
        before, was = deepcopy(self.case.__dict__), self.case.status
        try:
            what()
        except KinwardError:
            kept = {name: value for name, value in self.case.__dict__.items() if not name.startswith("_")}
            assert kept == {name: value for name, value in before.items() if not name.startswith("_")}
            assert not self.case.pull_facts()
            return False
        assert self.case.version > before["version"]
        now = self.case.status
        through = (
            TRANSITIONS[was] | {CaseStatus.CARRIED_OUT} if CaseStatus.DECIDED in TRANSITIONS[was] else TRANSITIONS[was]
        )
        assert now is was or now in through
        self.case.pull_facts()
        return True

    @rule(days=st.integers(0, 9))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @rule()
    def screen(self):
        self.ask(lambda: self.case.screen("", self.step("x")))

    @rule(heard=st.booleans(), reason=st.sampled_from([None, "TOO_ILL"]), late=st.integers(-1, 1))
    def hear(self, heard, reason, late):
        on = self.day + timedelta(days=late)
        hearing = Hearing(
            heard=heard, on=on, heard_by="x", support="NO_SUPPORT" if heard else None, not_heard_reason=reason
        )
        self.ask(lambda: self.case.hear(hearing, self.day))

    @rule(by=ACCOUNTS, suits=st.sampled_from([None, True, False]))
    def assess(self, by, suits):
        found = Finding(kind=FindingKind.NECESSITY, found=True, by=by, on=self.day)
        suitable = None if suits is None else Finding(kind=FindingKind.SUITABILITY, found=suits, by=by, on=self.day)
        assessment = Assessment(by=by, on=self.day, domains=("SAFETY",))
        self.ask(lambda: self.case.assess(assessment, found, suitable, self.step(by)))

    @rule(kind=st.sampled_from(FindingKind), found=st.booleans(), ahead=st.sampled_from([None, 1]))
    def find(self, kind, found, ahead):
        until = None if ahead is None else self.day + timedelta(days=ahead)
        finding = Finding(kind=kind, found=found, by="x", on=self.day, until=until)
        self.ask(lambda: self.case.find(finding, frozenset({"FOSTER"}), self.day))

    @rule(home=HOMES, form=st.sampled_from(["FOSTER", "CHILDRENS_HOME"]))
    def options(self, home, form):
        option = Option(care_form=form, provider=home, asked_on=self.day, answer="DECLINES")
        self.ask(lambda: self.case.record_options((option,), None, self.step("x")))

    @rule(accounts=st.lists(ACCOUNTS, min_size=1, max_size=3), homes=st.lists(HOMES, max_size=1))
    def convene(self, accounts, homes):
        professions = ("LAW", "MEDICINE", "LAW")
        panel = tuple(
            Member(account=account, profession=profession, staff_of=tuple(homes))
            for account, profession in zip(accounts, professions, strict=False)
        )
        self.ask(lambda: self.case.convene(panel))

    @rule(outcome=OUTCOMES, against=st.integers(0, 3))
    def recommend(self, outcome, against):
        said = Recommendation(outcome=outcome, on=self.day, against=against)
        self.ask(lambda: self.case.recommend(said, 2, self.step("x")))

    @rule(outcome=OUTCOMES, ordered=st.booleans(), until=st.booleans())
    def decide(self, outcome, ordered, until):
        self.number += 1
        was, decision = self.case.status, UUID(int=self.number)
        back = self.day + timedelta(days=3) if until else None
        if self.ask(lambda: self.case.decide(decision, outcome, self.day, ordered=ordered, until=back)):
            self.outcomes.append((outcome, ordered, was in {CaseStatus.RECOMMENDED, CaseStatus.JOINED}))

    @rule()
    def carry_out(self):
        self.ask(lambda: self.case.carry_out(self.day))

    @rule()
    def lapse(self):
        self.ask(lambda: self.case.lapse(self.day, self.step("x")))

    @rule()
    def come_back(self):
        self.ask(lambda: self.case.come_back(self.step("x")))

    @rule(reason=st.just("REQUEST_GIVEN_UP"), really=st.integers(0, 9))
    def withdraw(self, reason, really):
        if not really:
            self.ask(lambda: self.case.withdraw(reason, self.day))

    @rule()
    def overdue(self):
        if self.case.tell_overdue(self.step("x").at, ZONE):
            assert not self.case.tell_overdue(self.step("x").at, ZONE)
            self.case.pull_facts()

    @invariant()
    def a_clock_runs_exactly_where_a_step_is_due(self):
        assert (self.case.due_at is not None) == (self.case.status in STEP_CLOCKS)

    @invariant()
    def who_decided_had_a_recommendation_an_order_or_left_the_child_at_home(self):
        assert all(ordered or recommended or outcome in LEAVES_HOME for outcome, ordered, recommended in self.outcomes)

    @invariant()
    def what_is_decided_has_its_decision_and_what_is_over_its_day(self):
        case = self.case
        if case.status in {CaseStatus.DECIDED, CaseStatus.CARRIED_OUT}:
            assert case.decision is not None
            assert case.outcome is not None
        assert (case.ended_on is not None) == (case.status in {CaseStatus.CARRIED_OUT, CaseStatus.WITHDRAWN})

    @invariant()
    def a_recommending_panel_is_of_two_professions_and_nobody_in_it_gains_or_has_assessed(self):
        case = self.case
        if case.status is CaseStatus.RECOMMENDED:
            considered = {each.provider for each in case.options}
            assert len({each.profession for each in case.panel}) >= 2
            assert not any(considered & set(each.staff_of) for each in case.panel)
            assert case.assessed_by not in case.panel_accounts


Cases.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCases = Cases.TestCase
