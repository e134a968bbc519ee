"""The producer's side of the small world: the log in its database, and the relay.

What packs messages, and decides which of them a request brings, is the code that runs in production.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from shared import envelope
from shared.broker import BrokerUnavailable, Message, Outcome
from shared.event_log import epochs, packing, replay
from shared.event_log.epochs import Epoch, Place
from shared.event_log.log import Written
from shared.event_log.replay import Request
from shared.stream.incoming import Point
from tests.property.stream_broker import Process

if TYPE_CHECKING:
    from tests.property.stream_world import World

SOURCE = "urn:kinward:kz:registry"

# All that is limited is so small that every limit is met within a few steps.
A_MESSAGE = 2
LIVE = 6
REPLAYED = 4
TICK = 20.0


@dataclass
class Source:
    """The producer's database: the log by epochs, how far it is published, on which cluster it believes to be."""

    epochs: list[Epoch]
    events: dict[UUID, list[UUID]]
    published: int = 0
    cluster: int = 0
    noted_cluster: int = 0

    @property
    def current(self) -> Epoch:
        return self.epochs[-1]

    @property
    def chain(self) -> list[Epoch]:
        """The current epoch and those it follows, oldest first."""
        by_id, chain = {epoch.id: epoch for epoch in self.epochs}, [self.current]
        while (parent := chain[0].parent) is not None:
            chain.insert(0, by_id[parent.epoch])
        return chain

    @property
    def written(self) -> int:
        return len(self.events[self.current.id])

    def at(self, epoch: UUID, sequence: int) -> Point | None:
        """The point behind that event; None where there is none."""
        events = self.events.get(epoch, [])
        return Point(epoch, sequence, events[sequence - 1]) if 1 <= sequence <= len(events) else None

    def copy(self) -> "Source":
        return replace(self, epochs=list(self.epochs), events={epoch: list(ids) for epoch, ids in self.events.items()})

    def append(self, id: UUID) -> None:
        self.events[self.current.id].append(id)

    def history(self) -> list[Point]:
        """All events in order, along the epochs."""
        ends = epochs.ends(self.chain, self.written)
        return [Point(epoch, n, self.events[epoch][n - 1]) for epoch, end in ends for n in range(1, end + 1)]

    def end(self) -> Place | None:
        """What an epoch that begins now will follow: one without any event is never a parent."""
        events = self.events[self.current.id]
        return Place(self.current.id, len(events), events[-1]) if events else self.current.parent

    def begin_epoch(self, id: UUID) -> None:
        """In one transaction, under the head's lock."""
        self.epochs.append(Epoch(id, self.end()))
        self.events[id] = []
        self.published, self.noted_cluster = 0, self.cluster

    def mark_published(self, epoch: Epoch, published: int) -> None:
        """Never moves back, nor in an epoch that is over."""
        if self.current == epoch:
            self.published = max(self.published, published)

    def knows(self, asked: Request) -> bool:
        if asked.epoch is None or asked.after == 0:
            return asked.after == 0
        return self.at(asked.epoch, asked.after) == Point(asked.epoch, asked.after, asked.id)

    def messages(self, epoch: Epoch, after: int, until: int) -> list[Message]:
        """The epoch's events above `after`, up to `until`."""
        points = [Point(epoch.id, n, self.events[epoch.id][n - 1]) for n in range(after + 1, until + 1)]
        written = [_written(point) for point in points]
        previous = self._id(epoch, after)
        return list(packing.pack(written, previous, source=SOURCE, epoch=epoch.id, parent=epoch.parent))

    def tick(self, epoch: Epoch, head: int, asked: Request | None = None) -> Message:
        id = self._id(epoch, head)
        return packing.head_tick(head, id, source=SOURCE, epoch=epoch.id, parent=epoch.parent, asked=asked)

    def _id(self, epoch: Epoch, sequence: int) -> str:
        return str(self.events[epoch.id][sequence - 1]) if sequence else ""


class Relay(Process):
    """Publishes what is new, sends again what was asked for, ticks."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world
        self.windows = replay.Windows()
        self.ticked = float("-inf")

    def end(self) -> None:
        super().end()
        self.windows.clear()

    def turn(self) -> Iterator[None]:
        yield from self.notice_cluster()
        source = self.world.source
        chain, before, written = source.chain, source.published, source.written
        published = yield from self.publish(source, chain[-1], before, min(written, before + LIVE))
        answers = self.hear(source, chain, published)
        for consumer, window in self.windows.open():
            answers += self.replay(source, chain, published, consumer, window)
        if answers:
            yield
            self.world.broker.publish(answers)
        if published == written and self.tick_due(published > before):
            tick = source.tick(chain[-1], published)
            yield
            self.world.broker.publish([tick])
            self.ticked = self.world.now

    def tick_due(self, burst: bool) -> bool:
        return burst or self.world.now - self.ticked >= TICK

    def notice_cluster(self) -> Iterator[None]:
        if self.world.source.cluster != self.world.source.noted_cluster:
            yield
            if self.world.source.cluster != self.world.source.noted_cluster:  # looked at again under the lock
                self.world.source.begin_epoch(self.world.new_epoch())

    def publish(self, source: Source, epoch: Epoch, before: int, until: int) -> Generator[None, None, int]:
        """Returns the end of the confirmed prefix."""
        messages = source.messages(epoch, before, until)
        if not messages:
            return before
        yield
        outcomes = self.world.broker.publish(messages)
        yield
        confirmed = messages[: outcomes.index(Outcome.NACKED)] if Outcome.NACKED in outcomes else messages
        published = confirmed[-1].headers["last"] if confirmed else before
        source.mark_published(epoch, published)
        if len(confirmed) < len(messages):
            raise BrokerUnavailable("the broker could not take a message")
        return published

    def hear(self, source: Source, chain: list[Epoch], published: int) -> list[Message]:
        """Open a window for each request; returns the answers to those whose point is not known."""
        answers = []
        for body in self.world.broker.requests:
            asked = replay.decode_request(body)
            self.windows.close(asked.consumer)
            if source.knows(asked):
                self.windows.ask(asked.consumer, asked.epoch or chain[0].id, asked.after)
            else:
                answers.append(source.tick(chain[-1], published, asked))
        self.world.broker.requests.clear()
        return answers

    def replay(
        self, source: Source, chain: list[Epoch], published: int, consumer: str, window: replay.Window
    ) -> list[Message]:
        """The next events of a window, along the epochs; a tick where it ends."""
        ends, by_id = epochs.ends(chain, published), {epoch.id: epoch for epoch in chain}
        if window.epoch not in by_id:
            self.windows.close(consumer)
            return []
        taken = window.take(ends, REPLAYED)
        found = [message for each in taken for message in source.messages(by_id[each.epoch], each.after, each.until)]
        if window.through(ends):
            self.windows.close(consumer)
            head = max(published, window.after if window.epoch == chain[-1].id else 0)
            found.append(source.tick(chain[-1], head))
        return found


def _written(point: Point) -> Written:
    id = str(point.event_id)
    rest = ("registry.thing-made.v1", id, 1, "2011-10-31T00:00:00.000000Z", id, None, "{}")
    return Written(point.sequence, id, envelope.assemble(SOURCE, str(point.epoch), point.sequence, id, *rest))
