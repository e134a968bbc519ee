"""The search for a missing child under every order of what may be heard and done, and its clocks."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registry.domain import alerts as domain
from services.registry.domain import alerts_content as content
from services.registry.domain import alerts_facts as facts
from services.registry.domain.alerts_facts import SEARCH, Step
from shared.errors import KinwardError
from shared.ids import new_id

START = datetime(2026, 3, 1, 2, tzinfo=UTC)
HOURS = {
    Step.POLICE_TOLD: 1,
    Step.AGENCY_TOLD: 2,
    Step.INVESTIGATION_OPEN: 24,
    Step.INVESTIGATION_DONE: 2160,
    Step.SAFETY_ASSESSED: 24,
    Step.BROADCAST_WITHDRAWN: 24,
    Step.POLICE_RELEASE: 3,
}
STEPS = st.sampled_from(list(domain._STAGE_OF))
AGO = st.integers(-1, 8)


class Search(RuleBasedStateMachine):
    """Whatever is tried is done wholly or refused wholly, and no step is forgotten or told twice."""

    @initialize(child=st.booleans())
    def begin(self, child):
        self.now = START
        described = content.Description(START - timedelta(hours=5), clothing="coat")
        self.alert = domain.Alert.raise_(
            new_id(),
            1,
            described,
            child=new_id() if child else None,
            area="KZ-75",
            owner="officer",
            at=START,
            hours=HOURS,
        )
        self.told = [fact for _, _, fact in self.alert.pull_facts()]
        self.starts = dict.fromkeys(self.due(), 1)

    def due(self):
        return {clock.step: clock.due_at for clock in self.alert.clocks if clock.runs()}

    def whole(self):
        kept = {each.name: getattr(self.alert, each.name) for each in fields(self.alert)}
        return kept | {"clocks": [(each.step, each.due_at, each.done_at, each.told_at) for each in self.alert.clocks]}

    def tried(self, act):
        before, due, stage = self.whole(), self.due(), self.alert.stage
        try:
            act()
        except KinwardError as error:
            assert error.field
            assert error.rule or error.code == "not-found"
            assert self.whole() == before
            return False
        assert self.alert.version > before["version"]
        assert self.alert.stage is stage or self.alert.stage in domain.ALERT_TRANSITIONS[stage]
        for step, at in self.due().items():
            if due.get(step) != at:
                self.starts[step] = self.starts.get(step, 0) + 1
        self.told += [fact for _, _, fact in self.alert.pull_facts()]
        return True

    @rule(hours=st.integers(0, 60))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(step=STEPS, ago=AGO)
    def tell(self, step, ago):
        said = content.Told(self.now - timedelta(hours=ago))
        self.tried(lambda: self.alert.tell(step, said, at=self.now, hours=HOURS))

    @rule(alive=st.booleans(), ago=AGO)
    def find(self, alive, ago):
        finding = content.Finding(self.now - timedelta(hours=ago), alive, "KZ-75")
        self.tried(lambda: self.alert.find(finding, on=finding.at.date(), at=self.now, hours=HOURS))

    @rule()
    def reopen(self):
        self.tried(lambda: self.alert.reopen(at=self.now, hours=HOURS))

    @rule(assessed=st.booleans(), safe=st.booleans(), back=st.booleans())
    def hand_over(self, assessed, safe, back):
        assessment = content.Assessment(self.now.date(), "w", "R", True, True, safe) if assessed else None
        handover = content.Handover(self.now, "X", back=back)
        done = self.tried(lambda: self.alert.hand_over(handover, assessment, at=self.now, today=self.now.date()))
        assert not done or (assessed and (safe or not back))

    @rule(reason=st.sampled_from([domain.RETURNED, domain.CUSTODY_DISPUTE, domain.ERROR]), assessed=st.booleans())
    def close(self, reason, assessed):
        assessment = content.Assessment(self.now.date(), "w", "R", True, True) if assessed else None
        done = self.tried(lambda: self.alert.close(reason, assessment, at=self.now, today=self.now.date(), hours=HOURS))
        assert not done or assessed or reason != domain.RETURNED

    @rule(ago=AGO, clothing=st.sampled_from(["coat", ""]))
    def broadcast(self, ago, clothing):
        sent = content.Broadcast(new_id(), self.now - timedelta(hours=ago), "s", "POLICE", "unit", clothing)
        was_open = self.alert.is_open
        done = self.tried(lambda: self.alert.broadcast((sent,)))
        assert done == (was_open and bool(clothing))

    @precondition(lambda self: self.alert.broadcasts)
    @rule(data=st.data())
    def withdraw(self, data):
        id_ = data.draw(st.sampled_from([each.id for each in self.alert.broadcasts]))
        self.tried(lambda: self.alert.withdraw_broadcast(id_, on=self.now, by="s", at=self.now))

    @rule(ago=AGO, released=st.booleans())
    def hold(self, ago, released):
        taken = self.now - timedelta(hours=ago)
        holding = content.Holding(taken, "OTHER", "station", self.now if released else None)
        self.tried(lambda: self.alert.hold(holding, at=self.now, hours=HOURS))

    @rule()
    def clock_strikes(self):
        late = {step for step, at in self.due().items() if at <= self.now}
        untold = {clock.step for clock in self.alert.clocks if clock.step in late and clock.told_at is None}
        assert self.alert.tell_overdue(self.now) == len(untold)
        assert self.alert.tell_overdue(self.now) == 0
        self.told += [fact for _, _, fact in self.alert.pull_facts()]

    @invariant()
    def an_open_search_always_has_a_clock(self):
        """Somebody is always late in the end: no open alert is without a step that falls due."""
        if self.alert.is_open:
            assert SEARCH & set(self.due())

    @invariant()
    def an_ended_search_looks_for_nobody(self):
        if not self.alert.is_open:
            assert not SEARCH & set(self.due())

    @invariant()
    def after_the_search_every_message_is_withdrawn_or_its_clock_runs(self):
        out = any(each.withdrawn_at is None for each in self.alert.broadcasts)
        assert (Step.BROADCAST_WITHDRAWN in self.due()) == (out and not self.alert.is_open)

    @invariant()
    def a_living_found_child_is_assessed_or_the_clock_runs(self):
        waits = self.alert.stage is domain.AlertStage.FOUND_ALIVE and self.alert.handover is None
        assert (Step.SAFETY_ASSESSED in self.due()) == waits

    @invariant()
    def a_step_is_told_overdue_at_most_as_often_as_its_clock_began(self):
        overdue = [fact.step for fact in self.told if isinstance(fact, facts.AlertOverdue)]
        assert all(overdue.count(step) <= self.starts.get(step, 0) for step in set(overdue))

    @invariant()
    def the_stage_fits_what_is_known(self):
        assert (self.alert.stage is domain.AlertStage.CLOSED) == (self.alert.close_reason is not None)
        if self.alert.is_open:
            assert self.alert.finding is None


TestSearch = Search.TestCase
TestSearch.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
