"""Whatever happens to messages on the way, every event is applied once and in order.

The network is simulated; what packs, places, asks and answers is the code that runs in production.
"""

from datetime import datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared import envelope
from shared.broker import Delivery
from shared.envelope import Event
from shared.event_log import packing, replay
from shared.event_log.log import Written
from shared.stream import catch_up, incoming, watermark
from shared.stream.watermark import Mark

EPOCH = UUID(int=7)
SOURCE = "urn:kinward:kz:registry"


def id_at(sequence):
    return str(UUID(int=sequence)) if sequence else ""


def log(after, until):
    rest = ("registry.thing-made.v1", id_at(1), 1, "2011-10-31T00:00:00.000000Z", id_at(1), None, "{}")
    return [
        Written(n, id_at(n), envelope.assemble(SOURCE, str(EPOCH), n, id_at(n), *rest))
        for n in range(after + 1, until + 1)
    ]


def messages(after, until):
    """Small messages of one or two events, so that there is much to lose and to swap."""
    return [
        message
        for start in range(after, until, 2)
        for message in packing.pack(log(start, min(start + 2, until)), id_at(start), source=SOURCE, epoch=EPOCH)
    ]


def tick(head):
    return packing.head_tick(head, id_at(head), source=SOURCE, epoch=EPOCH)


class World:
    """One source, one consumer, an inbox on which the test's choices act, and a clock that they move."""

    def __init__(self):
        self.written = self.published = 0
        self.now = 0.0
        self.inbox = []
        self.requests = []
        self.windows = replay.Windows()
        self.marks = {SOURCE: Mark(SOURCE)}
        self.catch_up = catch_up.CatchUp()
        self.catch_up.begin(self.now)
        self.applied = []

    def write(self, count):
        self.written += count

    def relay(self):
        self.inbox += messages(self.published, self.written)
        self.published = self.written
        for request in self.requests:
            self.windows.ask(request.consumer, EPOCH, request.after)
        self.requests = []
        for consumer, window in self.windows.open():
            ends = [(EPOCH, self.published)]
            for stretch in window.take(ends, 3):
                self.inbox += messages(stretch.after, stretch.until)
            if window.through(ends):
                self.windows.close(consumer)
                self.inbox.append(tick(self.published))
        self.inbox.append(tick(self.published))

    def consume(self, count, commit=True):
        taken, left = self.inbox[:count], self.inbox[count:]
        runs = [incoming.read_headers(Delivery("", 1, each.body, each.headers, False)) for each in taken]
        marks = {SOURCE: Mark(*(getattr(self.marks[SOURCE], name) for name in Mark.__dataclass_fields__))}
        judgement = watermark.judge(marks, runs)
        if not commit:
            return
        self.inbox, self.marks = left, marks
        self.applied += judgement.fresh
        mark = marks[SOURCE]
        if judgement.fresh or (runs and mark.sequence >= mark.head):
            self.catch_up.arrived(self.now, mark.sequence, mark.head)
        if judgement.gaps and mark.sequence < mark.head:
            self.catch_up.ahead(self.now, mark.sequence)

    def ask(self):
        if self.catch_up.due(self.now):
            mark = self.marks[SOURCE]
            self.requests.append(replay.Request("reporting", mark.epoch, mark.sequence, mark.event_id))
            self.catch_up.asked(self.now, mark.sequence)

    def heal(self):
        for _ in range(300):
            self.relay()
            self.consume(len(self.inbox))
            self.ask()
            self.now += 1
            if len(self.applied) == self.written:
                return


place = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 12)),
        st.tuples(st.just("write and relay"), st.integers(1, 12)),
        st.tuples(st.just("relay again"), st.integers(0, 8)),
        st.tuples(st.just("consume"), st.integers(1, 5)),
        st.tuples(st.just("consume and roll back"), st.integers(1, 5)),
        st.tuples(st.just("ask"), st.none()),
        st.tuples(st.just("lose"), place),
        st.tuples(st.just("lose all"), st.none()),
        st.tuples(st.just("double"), place),
        st.tuples(st.just("swap"), st.tuples(place, place)),
        st.tuples(st.just("lose requests"), st.none()),
        st.tuples(st.just("restart the consumer"), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 400)),
    ),
    max_size=60,
)


def act(world, step, value):
    inbox = world.inbox
    match step:
        case "write":
            world.write(value)
        case "write and relay":
            world.write(value)
            world.relay()
        case "relay again":
            world.published = max(world.published - value, 0)
            world.relay()
        case "consume":
            world.consume(value)
        case "consume and roll back":
            world.consume(value, commit=False)
        case "ask":
            world.ask()
        case "lose" if value < len(inbox):
            del inbox[value]
        case "lose all":
            inbox.clear()
        case "double" if value < len(inbox):
            inbox.append(inbox[value])
        case "swap" if max(value) < len(inbox):
            inbox[value[0]], inbox[value[1]] = inbox[value[1]], inbox[value[0]]
        case "lose requests":
            world.requests.clear()
        case "restart the consumer":
            world.catch_up.begin(world.now)
        case "wait":
            world.now += value


@settings(max_examples=300, deadline=None)
@given(steps)
def test_nothing_is_lost_doubled_or_out_of_order_whatever_happens_to_messages(chosen):
    world = World()
    for step, value in chosen:
        act(world, step, value)
        sequences = [event.sequence for event in world.applied]
        assert sequences == list(range(1, len(sequences) + 1))
    world.heal()
    assert [event.sequence for event in world.applied] == list(range(1, world.written + 1))


@settings(deadline=None)
@given(st.lists(st.integers(0, 300_000), max_size=12), st.integers(0, 5))
def test_packing_keeps_every_event_in_order_within_the_limits(sizes, after):
    events = [Written(after + n, id_at(after + n), '"' + "x" * size + '"') for n, size in enumerate(sizes, 1)]
    packed = list(packing.pack(events, id_at(after), source=SOURCE, epoch=EPOCH))
    previous, next_ = id_at(after), after + 1
    for message in packed:
        first, last = message.headers["first"], message.headers["last"]
        assert (first, message.headers["previousid"]) == (next_, previous)
        assert message.body == envelope.join_batch(events[n - after - 1].text for n in range(first, last + 1))
        assert len(message.body) <= packing.MOST_BYTES or first == last
        next_, previous = last + 1, id_at(last)
    assert next_ == after + len(sizes) + 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


# Not the named zones: Python holds an hour that a zone's clocks showed twice to be equal to nothing (PEP 495).
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(deadline=None)
@given(
    st.builds(
        Event,
        id=st.uuids(),
        source=st.just(SOURCE),
        type=st.just("registry.thing-made.v1"),
        subject=st.uuids(),
        time=st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=offsets),
        data=st.none() | st.dictionaries(st.text(max_size=5), json_values, max_size=4),
        epoch=st.uuids(),
        sequence=st.integers(1, 2**63 - 1),
        subject_version=st.integers(0, 2**31 - 1),
        correlation_id=st.uuids(),
        causation_id=st.none() | st.uuids(),
    )
)
def test_any_event_survives_the_wire(event):
    assert envelope.decode_batch(envelope.encode_batch([event])) == [event]
    assert envelope.from_cloudevent(envelope.to_cloudevent(event)) == event
