"""A small world for the event stream: one source, two relays, a broker, one consuming service in two processes, time.

What packs, judges, and decides when to ask is the code that runs in production; databases, broker and network are plain
Python on which a test acts. Here: the consumer, and the whole. Not here: the other parts (stream_source,
stream_broker), what happens to them (test_stream_machine) and what they may do wrong (stream_mistakes).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from shared.broker import Delivery, Message
from shared.event_log.epochs import Epoch
from shared.event_log.replay import Request
from shared.stream import incoming, judgement
from shared.stream.catch_up import CatchUp
from shared.stream.incoming import Point, Run
from shared.stream.judgement import Judgement
from shared.stream.watermark import Mark
from tests.property.stream_broker import INBOX, Broker, Channel, Process
from tests.property.stream_source import SOURCE, TICK, Relay, Source

CONSUMER = "placements"
WINDOW = 4
"""Events that one request brings: so few that it takes many."""

BEGINNING = Point(None, 0, None)


@dataclass
class Inside:
    """The consumer's database: the watermark and, written in the same transaction, what was applied."""

    mark: Mark = field(default_factory=lambda: Mark(SOURCE))
    applied: list[Point] = field(default_factory=list)

    def copy(self) -> "Inside":
        return Inside(replace(self.mark), list(self.applied))


class Consumer(Process):
    """Takes what is there, applies it in one transaction, acknowledges, asks for what is missing."""

    patience = CatchUp

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world
        self.channel: Channel | None = None
        self.mark = world.inside.mark
        self.catch_up = self.patience()
        self.most = INBOX

    def end(self) -> None:
        super().end()
        self.unlock()
        self.world.broker.close(self.channel)
        self.channel = None

    def turn(self) -> Iterator[None]:
        self.connect()
        taken = self.world.broker.take(self.channel, self.most)
        if taken:
            yield
            yield from self.apply(taken)
            yield
            self.world.broker.acknowledge(self.channel, taken)
        self.ask()

    def connect(self) -> None:
        if self.channel is None:
            self.mark = self.world.inside.mark
            self.channel = self.world.broker.open()
            self.catch_up.begin(self.world.now)

    def apply(self, taken: list[Message]) -> Iterator[None]:
        """One transaction: the lock first, then the watermark, the events and the new watermark."""
        while not self.lock():
            yield
        inside = self.world.inside
        mark = replace(inside.mark)
        found = self.judge(mark, [incoming.read_headers(_delivery(message)) for message in taken])
        yield
        self.write(inside, mark, [Point(event.epoch, event.sequence, event.id) for event in found.fresh])
        self.unlock()
        self.world.settled |= {id(message) for message in taken}
        self.committed(found, mark)

    def write(self, inside: Inside, mark: Mark, fresh: list[Point]) -> None:
        inside.applied += fresh
        inside.mark = mark

    def lock(self) -> bool:
        if self.world.locked_by is None:
            self.world.locked_by = self
        return self.world.locked_by is self

    def unlock(self) -> None:
        if self.world.locked_by is self:
            self.world.locked_by = None

    def judge(self, mark: Mark, runs: list[Run]) -> Judgement:
        return judgement.judge({SOURCE: mark}, runs)

    def committed(self, found: Judgement, mark: Mark) -> None:
        """What is still to be asked, as the consumer decides it."""
        now, before, self.mark = self.world.now, self.mark, mark
        if mark.stopped is not None:
            self.catch_up.end()
            return
        if before.stopped is not None or before.epoch != mark.epoch:
            self.catch_up.begin(now)
        if found.fresh or mark.sequence >= mark.head:
            self.catch_up.arrived(now, mark.sequence, mark.head)
        if found.gaps and mark.sequence < mark.head:
            self.catch_up.ahead(now, mark.sequence)
        if found.doubtful:
            self.catch_up.doubtful(now, mark.sequence)

    def ask(self) -> None:
        if self.catch_up.due(self.world.now):
            mark = self.world.inside.mark
            if mark.stopped is not None:
                self.catch_up.end()
                return
            self.world.broker.ask(self.channel, Request(CONSUMER, mark.epoch, mark.sequence, mark.event_id))
            self.world.asked += 1
            self.catch_up.asked(self.world.now, mark.sequence)


class World:
    """Everything there is; another kind of relay or consumer is one that makes a mistake."""

    def __init__(self, relay: type[Relay] = Relay, consumer: type[Consumer] = Consumer) -> None:
        self._made = 0
        self.now = 0.0
        self.asked = 0
        self.before: dict[Point, Point] = {}
        self.lost: set[Point] = set()
        self.settled: set[int] = set()
        first = self.new_epoch()
        self.source = Source([Epoch(first)], {first: []})
        self.inside = Inside()
        self.locked_by: Consumer | None = None
        self.broker = Broker()
        self.relays = [relay(self), relay(self)]
        self.consumers = [consumer(self), consumer(self)]

    def new_epoch(self) -> UUID:
        self._made += 1
        return UUID(int=self._made << 64)

    def write(self, count: int) -> None:
        for _ in range(count):
            before = self.source.end()
            self._made += 1
            self.source.append(UUID(int=self._made))
            point = self.source.at(self.source.current.id, self.source.written)
            self.before[point] = BEGINNING if before is None else Point(before.epoch, before.sequence, before.id)

    def restore_source(self, backup: Source, *, noticed: bool) -> None:
        """An older state takes the place of the present one; `noticed`: on another cluster, or told so."""
        former = self.source.history()
        for relay in self.relays:
            relay.end()
        self.source = backup.copy()
        self.source.cluster = self.source.noted_cluster
        if noticed:
            self._made += 1
            self.source.cluster = self._made
        self.lost |= set(former) - set(self.source.history())

    def restore_consumer(self, copy: Inside) -> None:
        for consumer in self.consumers:
            consumer.end()
        self.inside = copy.copy()

    def resolve(self) -> None:
        """What a person does about a fork, under the lock: back to the last common point, and go on."""
        while self.locked_by is not None:
            self.locked_by.step()
        history = self.source.history()
        applied = self.inside.applied
        while applied and applied[-1] not in history:
            applied.pop()
        last = applied[-1] if applied else BEGINNING
        self.inside.mark = Mark(SOURCE, last.epoch, last.sequence, last.event_id, last.sequence)

    def consume(self) -> None:
        """All consumers that run do a turn; one starts if none does."""
        for consumer in [each for each in self.consumers if each.channel] or self.consumers[:1]:
            consumer.most = INBOX
            consumer.work()

    def heal(self, how: str) -> bool:
        """Let all work on undisturbed; True once all is applied, or known to be forked.

        "as it is": nobody is started anew who still runs. "loaded": the same, and an event is written in each round;
        still there must be a moment without any lag. "anew": all start again, the queues are gone, and no time is lost.
        """
        self.broker.nack = self.broker.cut = None
        rounds = 60
        if how == "anew":
            for process in [*self.relays, *self.consumers]:
                process.end()
            self.broker.inbox.clear()
            self.broker.requests.clear()
            rounds = 5 + (len(self.source.history()) - len(self.inside.applied)) // WINDOW
        for _ in range(rounds):
            self.write(1 if how == "loaded" else 0)
            for relay in self.relays:
                self.consume()
                relay.work()
            self.consume()
            if self.inside.mark.stopped or self.inside.applied == self.source.history():
                return True
            self.now += 1 if how == "anew" else TICK
        return False


def _delivery(message: Message) -> Delivery:
    return Delivery("", 1, message.body, message.headers, False)
