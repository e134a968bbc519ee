"""The way home on any days in any order: looks at their day, told once whoever slept, and only steps of the tables."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.placements.domain import (
    KnownChild,
    Placement,
    State,
    Stay,
    Whereabouts,
    birthday,
    months_later,
    reintegration_course,
)
from services.placements.domain.placement import Ground
from services.placements.domain.reintegration import REINTEGRATION_TRANSITIONS, Reintegration, ReintegrationState
from services.placements.domain.reintegration_facts import FollowUpOverdue
from services.placements.domain.reintegration_follow_ups import Answers
from services.placements.domain.reintegration_preparation import Cause, Parents, Preparation, Wish
from shared.errors import KinwardError

MONTHS = (1, 3, 6, 12, 24, 36)
BEGIN = date(2024, 1, 1)
CHILD, FIRST, DECISION = UUID(int=1), UUID(int=2), UUID(int=3)
SETTLED = Preparation(Cause.MANAGED, Wish.WANTS, Parents.AGREE, DECISION, ("VISITS",))
FORMAL = frozenset({"FOSTER", "CHILDRENS_HOME"})
any_day = st.dates(date(2000, 1, 1), date(2060, 1, 1))


def placed(id_: UUID, from_: date, form: str = "FOSTER") -> Placement:
    stay = Stay(care_form=form, area="KZ-75", from_=from_)
    return Placement.of(id_, CHILD, State.ACTIVE, stay, ground=Ground.ARRIVED, today=from_)


def left(stay: Placement, on: date, destination: str) -> None:
    stay.state, stay.to, stay.destination, stay.end_reason = State.ENDED, on, destination, "DECISION"


def go_on(way: Reintegration, child: Whereabouts, today: date, ids: Any, of_age: date | None = None) -> list[Any]:
    reintegration_course.go_on(way, child, FORMAL.__contains__, of_age, MONTHS, lambda: UUID(int=next(ids)), today)
    return [fact for _, _, fact in way.pull_facts()]


def returned(on: date) -> tuple[Reintegration, Whereabouts]:
    stay = placed(FIRST, on - timedelta(days=100))
    left(stay, on, "REUNIFICATION")
    way = Reintegration.start(UUID(int=4), CHILD, FIRST, "KZ-75", stay.from_)
    way.return_home(on, MONTHS, [UUID(int=50 + month) for month in MONTHS], on)
    way.pull_facts()
    return way, Whereabouts(CHILD, placements=[stay])


@given(any_day)
def test_each_look_is_on_the_day_of_the_return_or_the_last_of_its_month(on: date) -> None:
    way, _ = returned(on)
    due = [look.due for look in way.follow_ups]
    assert due == sorted(set(due))
    for look in way.follow_ups:
        later = (look.due.year - on.year) * 12 + look.due.month - on.month
        assert later == look.month
        assert look.due.day == on.day or (look.due.day < on.day and (look.due + timedelta(days=1)).day == 1)


@given(any_day, st.lists(st.integers(0, 1500), min_size=1, max_size=12), st.integers(0, 1500))
def test_whenever_somebody_watched_the_same_is_told_once_and_in_time(on: date, watched: list[int], last: int) -> None:
    often, root = returned(on)
    told = [
        fact for day in sorted([*watched, last]) for fact in go_on(often, root, on + timedelta(days=day), count(900))
    ]
    until = on + timedelta(days=max([*watched, last]))
    assert all(isinstance(fact, FollowUpOverdue) for fact in told)
    assert [fact.due for fact in told] == [look.due for look in often.follow_ups if look.due < until]
    once, same = returned(on)
    assert go_on(once, same, until, count(900)) == told


@given(any_day, st.integers(0, 1500))
def test_nothing_happens_before_the_day_that_was_said_next(on: date, days: int) -> None:
    way, root = returned(on)
    go_on(way, root, on, count(900))
    day = on + timedelta(days=days)
    if way.next_on and day < way.next_on:
        assert go_on(way, root, day, count(900)) == []


@given(any_day, st.integers(0, 400), any_day)
def test_nobody_is_of_age_before_the_last_day_it_may_be_born_on(born: date, uncertain: int, today: date) -> None:
    grown = birthday(born + timedelta(days=uncertain), 18, "03-01")
    assert grown >= birthday(born, 18, "03-01")
    way, root = returned(today)
    root.known = KnownChild(born, born + timedelta(days=uncertain))
    go_on(way, root, today, count(900), grown)
    assert (way.state is ReintegrationState.ENDED) == (grown <= today)


class OneWayHome(RuleBasedStateMachine):
    """Everybody says things about one child on its way home, and days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(1000)
        self.today = BEGIN + timedelta(days=400)
        self.child = Whereabouts(CHILD, placements=[placed(FIRST, BEGIN)])
        self.way = Reintegration.start(UUID(int=4), CHILD, FIRST, "KZ-75", BEGIN)
        self.seen = [self.way.state]
        self.overdue: list[UUID] = []

    @initialize()
    def begin(self) -> None:
        self.way.prepare(SETTLED, None, "")
        self.way.pull_facts()

    def attempt(self, act: Any) -> None:
        before = (self.way.state, self.way.returned_on, self.way.version, len(self.way.follow_ups))
        try:
            act()
        except KinwardError:
            after = (self.way.state, self.way.returned_on, self.way.version, len(self.way.follow_ups))
            assert after == before, "an act that was refused left a trace"
        self.note([fact for _, _, fact in self.way.pull_facts()])

    def note(self, facts: list[Any]) -> None:
        self.overdue += [fact.follow_up for fact in facts if isinstance(fact, FollowUpOverdue)]
        if self.way.state is not self.seen[-1]:
            self.seen.append(self.way.state)

    @rule(days=st.integers(1, 500))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.note(go_on(self.way, self.child, self.today, self.ids))

    @rule(days=st.integers(-5, 60))
    def try_it(self, days: int) -> None:
        until = self.today + timedelta(days=days)
        self.attempt(lambda: self.way.begin_trial(self.today, until, months_later(self.today, 6), {DECISION}))

    @rule()
    def stop(self) -> None:
        self.attempt(lambda: self.way.stop_trial(self.today))

    @rule()
    def goes_home(self) -> None:
        if self.child.active and self.child.active.id == self.way.placement and self.way.before_return:
            left(self.child.active, self.today, "REUNIFICATION")
            self.attempt(
                lambda: self.way.return_home(self.today, MONTHS, [UUID(int=next(self.ids)) for _ in MONTHS], self.today)
            )

    @rule(month=st.sampled_from((*MONTHS, 2)), at_home=st.booleans(), ago=st.integers(-3, 40))
    def someone_looks(self, month: int, at_home: bool, ago: int) -> None:
        answers = Answers(month=month, on=self.today - timedelta(days=ago), at_home=at_home)
        self.attempt(lambda: self.way.follow_up(answers, None if at_home else "OTHER", self.today))

    @rule(form=st.sampled_from(["FOSTER", "PARENTAL"]))
    def comes_into_care(self, form: str) -> None:
        if self.child.active is None:
            self.child.placements.append(placed(UUID(int=next(self.ids)), self.today, form))
            self.note(go_on(self.way, self.child, self.today, self.ids))

    @rule(destination=st.sampled_from(["REUNIFICATION", "ADOPTED", "TRANSFER_SAME_FORM"]))
    def leaves(self, destination: str) -> None:
        if self.child.active:
            left(self.child.active, self.today, destination)
            self.note(go_on(self.way, self.child, self.today, self.ids))

    @rule()
    def was_an_error(self) -> None:
        if self.child.placements[-1].id != FIRST:
            self.child.placements[-1].state = State.WITHDRAWN
            self.note(go_on(self.way, self.child, self.today, self.ids))

    @rule()
    def dies(self) -> None:
        if self.child.active is None:
            self.child.known = KnownChild(died_on=self.today)
            self.note(go_on(self.way, self.child, self.today, self.ids))

    @invariant()
    def only_steps_of_the_table(self) -> None:
        # Between two looks at it several steps may have been made, each of the table.
        reach = {state: set(following) for state, following in REINTEGRATION_TRANSITIONS.items()}
        for _ in reach:
            for known in reach.values():
                known |= {further for each in tuple(known) for further in reach[each]}
        assert all(after in reach[before] for before, after in zip(self.seen, self.seen[1:], strict=False))

    @invariant()
    def it_says_what_is(self) -> None:
        over = self.way.state in {ReintegrationState.BROKEN_DOWN, ReintegrationState.ENDED}
        assert over == (self.way.over_on is not None) == (self.way.reason is not None)
        assert not (over and self.way.state is ReintegrationState.ENDED and self.way.next_on)
        if self.way.at_home:
            assert self.way.returned_on is not None
            assert {look.month for look in self.way.follow_ups} == set(MONTHS)
        assert self.way.state is not ReintegrationState.SUSTAINED or any(
            look.at_home and look.month >= 12 for look in self.way.follow_ups
        )

    @invariant()
    def what_is_known_is_brought_up_once(self) -> None:
        self.note(go_on(self.way, self.child, self.today, self.ids))
        state = self.way.state
        assert go_on(self.way, self.child, self.today, self.ids) == []
        assert self.way.state is state
        if self.way.at_home:
            late = {
                look.id
                for look in self.way.follow_ups
                if look.due < self.today and not look.held_on and not look.missed
            }
            assert late <= set(self.overdue)
            again = [each for each in self.child.placements if each.lived and each.id != self.way.placement]
            assert not any(each.from_ >= (self.way.returned_on or BEGIN) and each.care_form in FORMAL for each in again)


TestOneWayHome = OneWayHome.TestCase
TestOneWayHome.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
