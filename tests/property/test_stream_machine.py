"""Whatever happens to databases, processes and messages: every event is applied once, in order, and a fork is known.

A state machine lets it happen to a small world (stream_world). That it would find a mistake is tried by planting each
of a list of them (stream_mistakes).
"""

import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.event_log import packing, replay
from shared.stream import catch_up
from tests.property.stream_broker import INBOX
from tests.property.stream_mistakes import MISTAKES
from tests.property.stream_source import A_MESSAGE
from tests.property.stream_world import BEGINNING, WINDOW, Inside, World

either = st.sampled_from([0, 0, 1])
place = st.integers(0, INBOX - 1)
few = st.integers(1, 4)

THEMES = ["messages", "processes", "restores"]
HEALINGS = ["as it is", "loaded", "anew"]


def when(theme, holds=lambda world: True):
    """A rule of one kind of trouble, possible while `holds` does; with all kinds at once few would go far."""
    return precondition(lambda self: theme in self.themes and holds(self.world))


class Machine(RuleBasedStateMachine):
    """What may happen, and what must hold after each step."""

    world_of = World

    def __init__(self):
        super().__init__()
        self.world = type(self).world_of()
        self.backups, self.copies = [], []
        self.themes, self.healing = THEMES, HEALINGS[0]

    @initialize(themes=st.sampled_from([*([theme] for theme in THEMES), THEMES]), healing=st.sampled_from(HEALINGS))
    def begins(self, themes, healing):
        """Which kinds of trouble there will be, and how it must heal; a consumer that is there and up to date."""
        self.themes, self.healing = themes, healing
        self.world.consumers[0].work()
        self.goes_well(2)

    @rule(count=few)
    def goes_well(self, count):
        self.is_underway(count)
        self.world.consumers[0].work()

    @rule(count=few)
    def is_underway(self, count):
        """Events are written and published."""
        self.write(count)
        self.world.relays[0].work()

    @rule(count=few)
    def write(self, count):
        self.backups.append(self.world.source.copy())
        self.world.write(count)

    @rule(which=either)
    def relay(self, which):
        self.world.relays[which].work()

    @rule(which=either, most=st.integers(1, INBOX))
    def consume(self, which, most):
        self.copies.append(self.world.inside.copy())
        self.world.consumers[which].most = most
        self.world.consumers[which].work()

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds):
        self.world.now += seconds

    @rule(count=st.integers(0, 2))
    def heals_without_the_last(self, count):
        self.write(count)
        self.world.relays[0].work()
        self.world.broker.inbox.clear()
        self._heal()

    @rule(back=st.integers(1, 8), count=few)
    def messages_come_late_or_again(self, back, count):
        self.world.broker.put(self.world.broker.sent[-back:][:count])

    @when("messages")
    @rule(at=place)
    def next_publishing_meets_a_nack(self, at):
        self.world.broker.nack = at

    @when("messages")
    @rule(at=place)
    def next_publishing_is_cut_off(self, at):
        self.world.broker.cut = at

    @when("messages", lambda world: world.broker.inbox)
    @rule(at=place, count=few)
    def messages_are_lost(self, at, count):
        for _ in range(min(count, len(self.world.broker.inbox))):
            del self.world.broker.inbox[at % len(self.world.broker.inbox)]

    @when("messages", lambda world: len(world.broker.inbox) > 1)
    @rule(one=place, other=place)
    def messages_change_places(self, one, other):
        inbox = self.world.broker.inbox
        one, other = one % len(inbox), other % len(inbox)
        inbox[one], inbox[other] = inbox[other], inbox[one]

    @when("messages", lambda world: world.broker.requests)
    @rule()
    def requests_are_lost(self):
        self.world.broker.requests.clear()

    @rule(which=either, steps=few, count=st.integers(0, 2), wakes=st.booleans())
    def relay_stands_still(self, which, steps, count, wakes):
        """In the middle of its work; the other one works meanwhile, and writing goes on."""
        self.world.relays[which].go(steps)
        self.world.relays[1 - which].work()
        self.write(count)
        if wakes:
            self.world.relays[which].work()

    @when("processes")
    @rule(which=either, steps=st.integers(0, 4))
    def relay_ends(self, which, steps):
        self.world.relays[which].go(steps)
        self.world.relays[which].end()

    @when("processes")
    @rule(which=either, steps=few)
    def consumer_stands_still(self, which, steps):
        self.is_underway(1)
        self.world.consumers[which].go(steps)

    @when("processes")
    @rule(which=either, steps=few, wakes=st.booleans())
    def consumer_is_believed_dead(self, which, steps, wakes):
        """In the middle of its work: the broker gives what it had to the other one, but it lives on."""
        self.is_underway(1)
        self.world.consumers[which].go(steps)
        self.world.broker.close(self.world.consumers[which].channel)
        self.world.consumers[1 - which].work()
        if wakes:
            self.world.consumers[which].work()

    @when("processes")
    @rule(which=either, steps=st.integers(0, 4))
    def consumer_ends(self, which, steps):
        self.is_underway(1)
        self.world.consumers[which].go(steps)
        self.world.consumers[which].end()

    @when("restores")
    @rule(back=few, noticed=st.booleans(), count=st.integers(0, 4), at_once=st.booleans())
    def source_is_restored(self, back, noticed, count, at_once):
        """To what it was before one of the last writings, to which more is added.

        `noticed`: it is on another cluster, and both relays may notice it `at_once`.
        """
        self.world.restore_source(self.backups[-min(back, len(self.backups))], noticed=noticed)
        self.write(count)
        if at_once:
            self.world.relays[0].step()
            self.world.relays[1].work()

    @when("restores")
    @rule()
    def source_is_told_that_it_was_restored(self):
        self.world.source.begin_epoch(self.world.new_epoch())

    @when("restores", lambda world: world.inside.applied)
    @rule(back=few)
    def consumer_is_restored(self, back):
        self.world.restore_consumer([Inside(), *self.copies][-min(back, len(self.copies) + 1)])

    @when("restores", lambda world: world.inside.mark.stopped)
    @rule()
    def fork_is_resolved(self):
        self.world.resolve()

    @invariant()
    def every_event_is_applied_once_and_in_order(self):
        before = BEGINNING
        for point in self.world.inside.applied:
            assert self.world.before[point] == before
            before = point
        assert self.world.inside.mark.point == before

    @invariant()
    def nothing_is_acknowledged_before_the_commit(self):
        assert self.world.broker.acknowledged <= self.world.settled

    @invariant()
    def what_counts_as_published_was_confirmed(self):
        source = self.world.source
        assert self.world.broker.confirmed.issuperset(source.events[source.current.id][: source.published])

    @invariant()
    def every_event_written_is_in_the_history(self):
        source = self.world.source
        assert len(source.history()) == sum(len(events) for events in source.events.values())

    @invariant()
    def only_what_was_lost_makes_a_fork(self):
        mark = self.world.inside.mark
        assert mark.stopped is None or mark.point in self.world.lost

    def teardown(self):
        if sys.exc_info()[0] is None:
            self._heal()

    def _heal(self):
        """All drains; a fork is known, and once it is resolved all drains too, but for what old messages bring."""
        for _ in range(1 + len(self.world.broker.sent)):
            assert self.world.heal(self.healing)
            if self.world.inside.mark.stopped is None:
                break
            self.world.resolve()
        assert self.world.inside.applied == self.world.source.history()


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setattr(packing, "MOST_EVENTS", A_MESSAGE)
    monkeypatch.setattr(replay, "WINDOW", WINDOW)
    monkeypatch.setattr(catch_up, "WINDOW", WINDOW)


def run(world, examples, **kwargs):
    machine = type("Machine", (Machine,), {"world_of": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            **kwargs,
        ),
    )


def test_nothing_is_lost_doubled_or_out_of_order_whatever_happens():
    run(World, 600)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mistake):
    with pytest.raises(AssertionError):
        run(MISTAKES[mistake], 2000, phases=[Phase.generate])
