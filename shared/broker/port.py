"""The broker port: what the relay and the stream need of a broker, and the names of exchanges and queues.

Not here: any broker's library. What the port promises is little, since the log and the watermark make up for all else:
messages of one connection to one queue arrive in order, a confirmed message is in every bound queue, and what was not
acknowledged comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from shared.errors import Unavailable

PREFETCH = 50
"""Messages handed out before the first of them is acknowledged."""

MEBIBYTE = 1024 * 1024


class BrokerUnavailable(Unavailable):
    """The broker or this connection is lost; connect again."""

    code = "broker-unavailable"
    title = "The message broker cannot be reached"


class Outcome(Enum):
    """What became of a published message."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"
    """Taken over by the broker, but no queue wanted it."""
    NACKED = "nacked"


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue with one active consumer, bound to fanout exchanges; over `max_bytes` its oldest are dropped."""

    name: str
    exchanges: tuple[str, ...] = ()
    max_bytes: int = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent: to an exchange, or with the exchange "" straight into the queue `routing_key`."""

    exchange: str
    body: bytes
    headers: Mapping[str, str | int] = field(default_factory=dict)
    routing_key: str = ""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was received, and the tag to acknowledge it by on the same connection."""

    queue: str
    tag: int
    body: bytes
    headers: Mapping[str, str | int]
    redelivered: bool


class Connection(Protocol):
    """One connection with one channel, used by one thread. Every method raises BrokerUnavailable once it is lost."""

    def declare(self, exchanges: Sequence[str], queues: Sequence[Queue]) -> None:
        """Make sure that the durable fanout exchanges and the queues with their bindings exist."""

    def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """Send all, persistent and mandatory, then wait until the broker has answered for each."""

    def receive(self, queue: str, timeout: float) -> Delivery | None:
        """The next message of the queue; None when there is none within `timeout` seconds (0: only what is there)."""

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that these are done with."""

    def delete(self, queue: str) -> None:
        """Make sure that the queue does not exist: one that nobody empties must not stay bound."""

    def close(self) -> None:
        """Give everything back that was not acknowledged. Never raises; may be called twice."""


class Broker(Protocol):
    """Where connections come from."""

    def connect(self, service: str) -> Connection:
        """Open a connection; `service` names it for operators. Raises BrokerUnavailable."""


def events_exchange(service: str) -> str:
    """The exchange to which a service publishes."""
    return f"{service}.events"


def inbox_queue(service: str, sources: Sequence[str] = ()) -> Queue:
    """The queue of all that a service consumes, bound to the services it consumes from."""
    return Queue(f"{service}.inbox", tuple(events_exchange(source) for source in sources))


def catch_up_queue(service: str) -> Queue:
    """The queue of requests to a service to send events again; a request lost is made again."""
    return Queue(f"{service}.catch-up", max_bytes=MEBIBYTE)
