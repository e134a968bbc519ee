"""Whatever fails, waits, is retried or given up: each event is handled once or told of, and in the order of its ids.

What judges, applies, parks and retries is the code that runs in production, on a real database; messages are given to
it as the consumer would. That the test would find a mistake is tried by planting some.
"""

from dataclasses import dataclass
from functools import partial
from itertools import count
from unittest.mock import patch
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shared import db, envelope, technical_tables
from shared.broker import Delivery
from shared.errors import Refused, Unavailable
from shared.event_log import packing
from shared.event_log.log import Written
from shared.happening import Waits, touching
from shared.stream import incoming, steering, watermark
from shared.stream.applier import HandlerApplier
from shared.stream.batch import Batches
from shared.stream.parking import Kind, Parking

SOURCES = ["urn:kinward:kz:registry", "urn:kinward:kz:placements"]
EPOCH = UUID(int=7 << 64)
CHILDREN = [UUID(int=n) for n in range(1, 5)]
numbers = count(1)


@dataclass(frozen=True)
class Planned:
    """An event as a test plans it: the children that it touches, whether it is refused, for whose fact it waits."""

    child: UUID
    other: UUID | None
    poison: bool
    waits: UUID | None

    @property
    def touched(self):
        return {self.child, self.other} - {None}


children = st.sampled_from(CHILDREN)
poisonous = st.sampled_from([False, False, True])
# Who waits, waits for another source: registry tells of children, and its own events wait for nothing.
told = st.lists(st.builds(Planned, children, st.none() | children, poisonous, st.none()), max_size=8)
placed = st.lists(st.builds(Planned, children, st.none() | children, poisonous, st.none() | children), max_size=8)
some = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("give"), some),
        st.tuples(st.just("give, and be interrupted"), st.tuples(some, st.integers(0, 5))),
        st.tuples(st.just("mend"), st.integers(0, 7)),
        st.tuples(st.just("retry"), st.none()),
        st.tuples(st.just("drop"), st.integers(0, 7)),
    ),
    max_size=10,
)


class Uow:
    """What the handler writes with: one row in `seen` for each event."""

    def __init__(self, engine):
        self.session = db.new_session(engine)
        self.commit, self.rollback, self.close = self.session.commit, self.session.rollback, self.session.close

    def expect(self, subjects):
        pass

    def caused_by(self, event):
        pass


class Stage:
    """One consumer of two sources, with rows of its own in a database that all examples share."""

    def __init__(self, engine, plans):
        self.engine = engine
        self.plans = dict(zip(SOURCES, plans, strict=True))
        self.name = f"consumer-{next(numbers)}"
        self.given = dict.fromkeys(SOURCES, 0)
        self.mended = set()
        self.patience = None
        handlers = {"registry.thing-made.v1": touching("other")(self.handle)}
        self.applier = HandlerApplier(self.name, lambda: Uow(engine), handlers)
        self.batches = Batches(self.applier, self.name, self.name)
        with engine.begin() as connection:
            watermark.ensure(connection, self.name, SOURCES)

    def handle(self, uow, event):
        plan = self.plans[event.source][event.sequence - 1]
        self.have_patience()
        if plan.waits and not self.is_told(uow.session, plan.waits):
            return Waits(plan.waits)
        row = {"consumer": self.name, "source": event.source, "sequence": event.sequence, "child": event.subject}
        uow.session.execute(text("INSERT INTO seen VALUES (DEFAULT, :consumer, :source, :sequence, :child)"), row)
        if plan.poison and (event.source, event.sequence) not in self.mended:
            raise Refused("no", rule="some-rule")
        return None

    def have_patience(self):
        if self.patience is not None:
            self.patience -= 1
            if self.patience < 0:
                raise Unavailable("gone for a moment")

    def is_told(self, connection, child):
        query = text("SELECT 1 FROM seen WHERE consumer = :consumer AND source = :source AND child = :child LIMIT 1")
        row = {"consumer": self.name, "source": SOURCES[0], "child": child}
        return connection.execute(query, row).scalar() is not None

    def give(self, parts, patience=None):
        """Some events of each source in turn, as one taking of messages; interrupted, they are not through."""
        runs, reached = [], dict(self.given)
        for which, number in parts:
            source = SOURCES[which]
            until = min(reached[source] + number, len(self.plans[source]))
            runs += self.runs(source, reached[source], until)
            reached[source] = until
        self.patience = patience
        try:
            if runs:
                self.batches.apply(runs)
            self.given = reached
        except Unavailable:
            self.given = self.marks()
        self.patience = None

    def runs(self, source, after, until):
        events = [written(source, n, self.plans[source][n - 1]) for n in range(after + 1, until + 1)]
        previous = str(id_at(source, after)) if after else ""
        packed = packing.pack(events, previous, source=source, epoch=EPOCH)
        return [incoming.read_headers(Delivery("", 1, each.body, each.headers, False)) for each in packed]

    def retry(self):
        """Handle again what can be; whoever is blocked then has somebody before it."""
        steering.retry(self.applier, self.name)
        parked = self.parked()
        for place, row in enumerate(parked):
            before = [each for each in parked[:place] if each.kind != Kind.WAITING]
            assert row.kind != Kind.BLOCKED or any(set(row.touched) & set(each.touched) for each in before)

    def drop(self, which):
        failed = [row for row in self.parked() if row.kind == Kind.FAILED]
        if failed:
            row = failed[which % len(failed)]
            with self.engine.begin() as connection:
                key = (row.source, row.epoch, row.sequence)
                steering.drop(connection, self.name, key, by="somebody", reason="no use")

    def mend(self, which):
        failed = [row for row in self.parked() if row.kind == Kind.FAILED]
        if failed:
            self.mended.add((failed[which % len(failed)].source, failed[which % len(failed)].sequence))

    def rows(self, query):
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"consumer": self.name})]

    def seen(self):
        return [
            tuple(row) for row in self.rows("SELECT source, sequence FROM seen WHERE consumer = :consumer ORDER BY n")
        ]

    def dropped(self):
        return [
            tuple(row) for row in self.rows("SELECT source, sequence FROM dropped_event WHERE consumer = :consumer")
        ]

    def marks(self):
        return dict(self.rows("SELECT source, sequence FROM watermark WHERE consumer = :consumer"))

    def parked(self):
        with self.engine.begin() as connection:
            return steering.parked(connection, self.name)

    def plan(self, place):
        source, sequence = place
        return self.plans[source][sequence - 1]

    def check(self):
        seen, parked = self.seen(), self.parked()
        marks = self.marks()
        assert marks == self.given
        everywhere = [*seen, *self.dropped(), *((row.source, row.sequence) for row in parked)]
        assert sorted(everywhere) == sorted((source, n) for source, end in marks.items() for n in range(1, end + 1))
        for source in SOURCES:
            for child in CHILDREN:
                order = [place for place in seen if place[0] == source and child in self.plan(place).touched]
                assert order == sorted(order)
        told = {self.plan(place).child for place in seen if place[0] == SOURCES[0]}
        for row in parked:
            assert row.kind != Kind.WAITING or row.waits_for not in told
            behind = [place for place in seen if place[0] == row.source and place[1] > row.sequence]
            assert not any(self.plan(place).touched & set(row.touched) for place in behind)

    def finish(self):
        """All that can be handled is, once nothing is wrong any more."""
        self.mended = {(source, n) for source, plan in self.plans.items() for n in range(1, len(plan) + 1)}
        for which in (0, 1):
            self.give([(which, len(self.plans[SOURCES[which]]))])
        for _ in range(2):
            self.retry()
            self.check()
        assert {row.kind for row in self.parked()} <= {Kind.WAITING}


def id_at(source, sequence):
    return UUID(int=(SOURCES.index(source) + 1) << 32 | sequence)


def written(source, sequence, plan):
    id = str(id_at(source, sequence))
    data = "{}" if plan.other is None else f'{{"other":"{plan.other}"}}'
    rest = ("registry.thing-made.v1", str(plan.child), 1, "2011-10-31T00:00:00.000000Z", id, None, data)
    return Written(sequence, id, envelope.assemble(source, str(EPOCH), sequence, id, *rest))


def act(stage, step, value):
    match step:
        case "give":
            stage.give(value)
        case "give, and be interrupted":
            stage.give(*value)
        case "mend":
            stage.mend(value)
        case "retry":
            stage.retry()
        case "drop":
            stage.drop(value)


@pytest.fixture
def engine(wheel_url):
    engine = db.make_engine(wheel_url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
        connection.execute(
            text(
                "CREATE TABLE seen (n serial PRIMARY KEY, consumer text, source text, sequence integer, child uuid,"
                " UNIQUE (consumer, source, sequence))"
            )
        )
    yield engine
    engine.dispose()


def explore(engine, examples, **kwargs):
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        **kwargs,
    )
    @given(told, placed, steps)
    def each_is_handled_once_in_order_or_told_of(told, placed, chosen):
        stage = Stage(engine, [told, placed])
        for step, value in chosen:
            act(stage, step, value)
            stage.check()
        stage.finish()

    each_is_handled_once_in_order_or_told_of()


def test_each_event_is_handled_once_in_order_or_told_of_whatever_fails_or_waits(engine):
    explore(engine, 100)


def blocks_nobody(self, touched, before=None):
    return False


def blocks_by_subject_alone(self, touched, before=None, *, right=Parking.blocks):
    return len(touched) == 1 and right(self, touched, before)


def lets_pass_who_waits(self, source, touched, before=None):
    return None


def forgets_who_waits(self, ids):
    return []


def blocks_whoever_came_before_too(self, touched, before=None, *, right=Parking.blocks):
    return right(self, touched)


MISTAKES = {
    "nothing is held back behind what failed": partial(patch.object, Parking, "blocks", blocks_nobody),
    "an event of two children is not held back": partial(patch.object, Parking, "blocks", blocks_by_subject_alone),
    "an event overtakes one that waits": partial(patch.object, Parking, "waits", lets_pass_who_waits),
    "what stands behind blocks what came before": partial(
        patch.object, Parking, "blocks", blocks_whoever_came_before_too
    ),
    "what waits is forgotten": partial(patch.object, Parking, "awaiting", forgets_who_waits),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(engine, mistake):
    with MISTAKES[mistake](), pytest.raises(AssertionError):
        explore(engine, 300, phases=[Phase.generate])
