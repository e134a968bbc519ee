"""The broker port on RabbitMQ 3.10 and newer, by kombu and py-amqp.

Publisher confirms are pipelined: all messages are written, then the answers are awaited. kombu's own producer waits for
each message, forty times slower.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import amqp
import amqp.exceptions
import kombu.exceptions
from kombu.connection import Connection

from shared.broker.port import PREFETCH, BrokerUnavailable, Delivery, Message, Outcome, Queue

HEARTBEAT = 30
"""Seconds, unless the broker wants it shorter; it drops a connection that was silent for twice as long."""

PATIENCE = 30.0
"""Seconds to wait for confirms: a broker out of memory or disk takes messages and does not answer."""

BEGIN_PATIENCE = 15.0
"""Seconds to wait until the broker has begun to hand out a queue's messages.

RabbitMQ 3.10 brings a quorum queue that was made just before the node was killed back without a leader: it can be
declared, but never consumed, and no message to an exchange that it is bound to is confirmed any more. Such a queue is
deleted and made anew; what was in it comes again from the logs.
"""

_LOST = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.OperationalError)


class RabbitMQBroker:
    """Opens connections to one vhost, named by an AMQP URI."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._dead: set[str] = set()

    def connect(self, service: str) -> "RabbitMQConnection":
        """Open a connection; raises BrokerUnavailable."""
        return RabbitMQConnection(self._uri, service, self._dead)


class RabbitMQConnection:
    """The port's methods on one AMQP connection and channel."""

    def __init__(self, uri: str, service: str, dead: set[str]) -> None:
        """`dead` are the queues found without a leader, by whatever connection."""
        self._dead = dead
        self._since: float | None = None
        self._limit = 0.0
        self._hung = False
        self._idle = 0.0
        self._heard = 0
        self._heartbeat = HEARTBEAT
        self._tag = 0
        self._awaited: dict[int, int] = {}
        self._outcomes: list[Outcome] = []
        self._inboxes: dict[str, deque[Delivery]] = {}
        self._closed = threading.Event()
        self._connection: Any = Connection(  # type: ignore[no-untyped-call]
            uri,
            heartbeat=HEARTBEAT,
            connect_timeout=10,
            transport_options={"client_properties": {"connection_name": f"kinward {service}"}},
        )
        with self._talking():
            self._amqp: Any = self._connection.connect()  # type: ignore[no-untyped-call]
            self._heartbeat = self._amqp.heartbeat or HEARTBEAT
            self._channel = self._amqp.channel()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)
            self._channel.confirm_select()
            self._channel.basic_qos(0, PREFETCH, False)
        threading.Thread(target=self._beat, name=f"heartbeat {service}", daemon=True).start()

    def declare(self, exchanges: Sequence[str], queues: Sequence[Queue]) -> None:
        """See the port."""
        with self._talking():
            for exchange in exchanges:
                self._channel.exchange_declare(exchange, "fanout", durable=True, auto_delete=False)
            for queue in queues:
                if queue.name in self._dead:
                    self._channel.queue_delete(queue.name)
                    self._dead.discard(queue.name)
                self._channel.queue_declare(
                    queue.name, durable=True, exclusive=False, auto_delete=False, arguments=arguments(queue)
                )
                for exchange in queue.exchanges:
                    self._channel.queue_bind(queue.name, exchange)

    def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """See the port."""
        self._outcomes = [Outcome.CONFIRMED] * len(messages)
        with self._talking():
            for place, message in enumerate(messages):
                self._tag += 1
                self._awaited[self._tag] = place
                self._channel.basic_publish(
                    amqp.Message(
                        message.body,
                        content_type=message.content_type,
                        application_headers=dict(message.headers),
                        delivery_mode=2,
                        message_id=str(place),
                    ),
                    exchange=message.exchange,
                    routing_key=message.routing_key,
                    mandatory=True,
                )
            deadline = time.monotonic() + PATIENCE
            while self._awaited:
                self._amqp.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        return self._outcomes

    def receive(self, queue: str, timeout: float) -> Delivery | None:
        """See the port."""
        with self._talking():
            inbox = self._inboxes.get(queue)
            if inbox is None:
                inbox = self._begin(queue)
            deadline = time.monotonic() + timeout
            while not inbox:
                try:
                    self._amqp.drain_events(timeout=max(deadline - time.monotonic(), 0))
                    self._idle = 0.0
                except TimeoutError:
                    self._note_silence(timeout)
                    return None
            return inbox.popleft()

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """See the port."""
        with self._talking():
            for delivery in deliveries:
                self._channel.basic_ack(delivery.tag)

    def delete(self, queue: str) -> None:
        """See the port."""
        with self._talking():
            self._channel.queue_delete(queue)

    def close(self) -> None:
        """See the port."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._since = time.monotonic()
        with suppress(*_LOST):
            self._connection.close()
        with suppress(*_LOST, AttributeError):  # a farewell that failed, as behind a deleted queue, leaves it open
            self._amqp.collect()

    def _begin(self, queue: str) -> deque[Delivery]:
        """Have a queue's messages handed out; one that never answers is found dead."""
        inbox = self._inboxes[queue] = deque()
        self._limit = BEGIN_PATIENCE
        try:
            self._channel.basic_consume(queue, callback=self._into(queue, inbox))
        except _LOST:
            if self._hung:
                self._dead.add(queue)
            raise
        self._limit = self._longest
        return inbox

    def _into(self, queue: str, inbox: deque[Delivery]) -> Any:
        def deliver(message: Any) -> None:
            body = message.body if isinstance(message.body, bytes) else bytes(message.body, "utf-8")
            headers = message.properties.get("application_headers", {})
            info = message.delivery_info
            inbox.append(Delivery(queue, info["delivery_tag"], body, headers, bool(info["redelivered"])))

        return deliver

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for each in [each for each in self._awaited if each <= tag] if multiple else [tag]:
            self._awaited.pop(each, None)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for each in [each for each in self._awaited if each <= tag] if multiple else [tag]:
            place = self._awaited.pop(each, None)
            if place is not None:
                self._outcomes[place] = Outcome.NACKED

    def _on_return(self, _error: Exception, _exchange: str, _routing_key: str, message: Any) -> None:
        self._outcomes[int(message.properties["message_id"])] = Outcome.RETURNED

    @property
    def _longest(self) -> float:
        """Seconds that a conversation may take."""
        return PATIENCE + self._heartbeat

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Translate py-amqp's errors, and let the heartbeat thread see a conversation that got stuck."""
        if self._closed.is_set():
            raise BrokerUnavailable("the connection is closed")
        self._since, self._limit = time.monotonic(), self._longest
        try:
            yield
        except _LOST as error:
            self.close()
            # The class alone: the text of a foreign error may hold the URI with its password.
            raise BrokerUnavailable(f"RabbitMQ: {type(error).__name__}") from None
        finally:
            self._since = None

    def _note_silence(self, waited: float) -> None:
        """The broker's heartbeats are read while we listen; two missed in a row mean that nobody is there."""
        heard = self._amqp.bytes_recv
        self._idle = self._idle + waited if heard == self._heard else 0.0
        self._heard = heard
        if self._idle > 2 * self._heartbeat:
            raise OSError("no heartbeat")

    def _beat(self) -> None:
        """Send heartbeats from an own thread, so that a long transaction does not cost the connection."""
        while not self._closed.wait(self._heartbeat / 3):
            since = self._since
            if since is not None and time.monotonic() - since > self._limit:
                self._hang_up()
            with suppress(*_LOST, AttributeError):
                self._amqp.send_heartbeat()

    def _hang_up(self) -> None:
        """Wake whoever waits for an answer that will not come."""
        self._hung = True
        with suppress(OSError, AttributeError):
            self._amqp.transport.sock.shutdown(socket.SHUT_RDWR)


def arguments(queue: Queue) -> dict[str, Any]:
    """What a queue of ours is declared with; one that has other arguments is refused by the broker."""
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-max-length-bytes": queue.max_bytes,
        "x-overflow": "drop-head",
        # Never -1: RabbitMQ 3.10 then drops a message at its first return.
        "x-delivery-limit": 1_000_000,
    }
