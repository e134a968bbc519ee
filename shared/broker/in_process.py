"""A broker inside the process: FIFO queues in memory, for the embedded default and for tests.

It keeps what the port promises and RabbitMQ's limits (prefetch, single active consumer, oldest dropped first), and
forgets everything when the process ends; the event log brings it back. Plain threading primitives: they are green
where the process is monkey-patched.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from shared.broker.port import PREFETCH, BrokerUnavailable, Delivery, Message, Outcome, Queue


@dataclass(slots=True)
class _Ready:
    """A message waiting in a queue."""

    message: Message
    redelivered: bool = False


@dataclass(slots=True)
class _Fifo:
    """One queue's state."""

    max_bytes: int
    ready: deque[_Ready] = field(default_factory=deque)
    bytes: int = 0
    consumers: "deque[InProcessConnection]" = field(default_factory=deque)

    def put(self, item: _Ready) -> None:
        self.ready.append(item)
        self.bytes += len(item.message.body)
        while self.bytes > self.max_bytes:
            self.take()

    def put_back(self, item: _Ready) -> None:
        item.redelivered = True
        self.ready.appendleft(item)
        self.bytes += len(item.message.body)

    def take(self) -> _Ready:
        item = self.ready.popleft()
        self.bytes -= len(item.message.body)
        return item


class InProcessBroker:
    """The state shared by all connections of one deployment in one process."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.queues: dict[str, _Fifo] = {}
        self.bindings: dict[str, set[str]] = {}
        self._connections: set[InProcessConnection] = set()

    def connect(self, service: str) -> "InProcessConnection":
        """Open a connection."""
        connection = InProcessConnection(self)
        with self.changed:
            self._connections.add(connection)
        return connection

    def restart(self) -> None:
        """Forget every message, queue and connection, as a new process would."""
        with self.changed:
            self.queues.clear()
            self.bindings.clear()
            for connection in self._connections:
                connection.lost = True
            self._connections.clear()
            self.changed.notify_all()

    def release(self, connection: "InProcessConnection") -> None:
        """Drop a connection that closes."""
        self._connections.discard(connection)


class InProcessConnection:
    """The port's methods on an InProcessBroker."""

    def __init__(self, broker: InProcessBroker) -> None:
        self._broker = broker
        self._unacknowledged: dict[int, tuple[str, _Ready]] = {}
        self._tag = 0
        self.lost = False

    def declare(self, exchanges: Sequence[str], queues: Sequence[Queue]) -> None:
        """See the port."""
        with self._broker.changed:
            self._check()
            for exchange in exchanges:
                self._broker.bindings.setdefault(exchange, set())
            for queue in queues:
                self._broker.queues.setdefault(queue.name, _Fifo(queue.max_bytes))
                for exchange in queue.exchanges:
                    self._bound(exchange).add(queue.name)

    def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """See the port."""
        with self._broker.changed:
            self._check()
            outcomes = [self._route(message) for message in messages]
            self._broker.changed.notify_all()
        return outcomes

    def receive(self, queue: str, timeout: float) -> Delivery | None:
        """See the port."""
        deadline = time.monotonic() + timeout
        with self._broker.changed:
            while True:
                self._check()
                found = self._next(queue)
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._broker.changed.wait(left)

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """See the port."""
        with self._broker.changed:
            self._check()
            for delivery in deliveries:
                if self._unacknowledged.pop(delivery.tag, None) is None:
                    self._lose("a message was acknowledged twice")

    def delete(self, queue: str) -> None:
        """See the port."""
        with self._broker.changed:
            self._check()
            self._broker.queues.pop(queue, None)
            for bound in self._broker.bindings.values():
                bound.discard(queue)
            self._broker.changed.notify_all()

    def close(self) -> None:
        """See the port."""
        with self._broker.changed:
            if not self.lost:
                self._give_back()
            self.lost = True

    def _next(self, name: str) -> Delivery | None:
        fifo = self._broker.queues.get(name)
        if fifo is None:
            self._lose(f"there is no queue {name}")
        if self not in fifo.consumers:
            fifo.consumers.append(self)
        if fifo.consumers[0] is not self or not fifo.ready or len(self._unacknowledged) >= PREFETCH:
            return None
        item = fifo.take()
        self._tag += 1
        self._unacknowledged[self._tag] = (name, item)
        return Delivery(name, self._tag, item.message.body, item.message.headers, item.redelivered)

    def _route(self, message: Message) -> Outcome:
        known = self._broker.queues
        names = self._bound(message.exchange) if message.exchange else {message.routing_key} & known.keys()
        for name in names:
            known[name].put(_Ready(message))
        return Outcome.CONFIRMED if names else Outcome.RETURNED

    def _bound(self, exchange: str) -> set[str]:
        try:
            return self._broker.bindings[exchange]
        except KeyError:
            self._lose(f"there is no exchange {exchange}")

    def _give_back(self) -> None:
        for name, item in reversed(self._unacknowledged.values()):
            if name in self._broker.queues:
                self._broker.queues[name].put_back(item)
        self._unacknowledged.clear()
        for fifo in self._broker.queues.values():
            if self in fifo.consumers:
                fifo.consumers.remove(self)
        self._broker.release(self)
        self._broker.changed.notify_all()

    def _check(self) -> None:
        if self.lost:
            raise BrokerUnavailable("the connection is closed")

    def _lose(self, message: str) -> NoReturn:
        self._give_back()
        self.lost = True
        raise BrokerUnavailable(message)
