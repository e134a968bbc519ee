"""The spans of events: written, published, handled, projected. Not here: what a span is (the package itself)."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Protocol
from uuid import UUID

from shared import telemetry
from shared.telemetry import Kind, Place, Span


class Written(Protocol):
    """An event that was just written: what a span needs of it."""

    @property
    def id(self) -> UUID:
        """The event's id."""

    @property
    def type(self) -> str:
        """Its type."""

    @property
    def correlation_id(self) -> UUID:
        """Its trace."""

    @property
    def causation_id(self) -> UUID | None:
        """The event that it answers."""


def written(service: str, events: Sequence[Written], begun: int) -> None:
    """Events were committed: each below the request, or below the handling of the event that it answers."""
    place, ended = telemetry.current(), telemetry.now()
    for event in islice(events, telemetry.MOST):
        parent = None
        if event.causation_id is not None:
            parent = telemetry.of_handling(service, event.causation_id)
        elif place is not None and place.trace == event.correlation_id:
            parent = place.span
        here = Place(event.correlation_id, telemetry.of_event(event.id))
        said = {"kinward.service": service, "kinward.event.type": event.type}
        telemetry.record(Span(f"{service} write", Kind.INTERNAL, here, parent, begun, ended, said))


def published(service: str, exchange: str, events: Iterable[Written], begun: int) -> None:
    """The broker has confirmed events: each below its writing."""
    ended = telemetry.now()
    for event in islice(events, telemetry.MOST):
        here = Place(event.correlation_id, telemetry.of_handling(telemetry.RELAY, event.id))
        said = {
            "kinward.service": service,
            "kinward.event.type": event.type,
            "messaging.system": "rabbitmq",
            "messaging.destination.name": exchange,
            "messaging.operation.type": "send",
        }
        parent = telemetry.of_event(event.id)
        telemetry.record(Span(f"send {exchange}", Kind.PRODUCER, here, parent, begun, ended, said))


def handled(
    consumer: str, queue: str, events: Sequence[Written], begun: int, projected: tuple[int, int] | None
) -> None:
    """A consumer has committed events: each below its publishing. `projected`: when they went into read tables."""
    ended = telemetry.now()
    for event in islice(events, telemetry.MOST):
        here = Place(event.correlation_id, telemetry.of_handling(consumer, event.id))
        said: dict[str, str | int] = {
            "kinward.consumer": consumer,
            "kinward.event.type": event.type,
            "messaging.system": "rabbitmq",
            "messaging.destination.name": queue,
            "messaging.operation.type": "process",
            "messaging.batch.message_count": len(events),
        }
        parent = telemetry.of_handling(telemetry.RELAY, event.id)
        telemetry.record(Span(f"process {queue}", Kind.CONSUMER, here, parent, begun, ended, said))
        if projected is not None:
            below = Place(event.correlation_id, telemetry.of_handling(f"{consumer} figures", event.id))
            about = {"kinward.consumer": consumer, "kinward.event.type": event.type}
            telemetry.record(Span(f"{consumer} figures", Kind.INTERNAL, below, here.span, *projected, about))
