"""Catch-up requests and their answers: events sent again, in parts, straight into the inbox of whoever asked.

Belongs here: hearing, judging where a consumer stands, and sending the next part. Not here: the loop and the channel,
which are the relay's, so that replayed and live events reach a consumer in order.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine

from shared import broker, failpoints, metrics
from shared.broker import BrokerUnavailable, Connection, Message, Outcome
from shared.errors import Invalid
from shared.event_log import epochs, log, replay
from shared.event_log.epochs import Epoch
from shared.event_log.outgoing import Outgoing
from shared.event_log.replay import Request, Stretch, Window

logger = logging.getLogger(__name__)


class Answering:
    """The requests of one service's consumers."""

    def __init__(self, engine: Engine, service: str, outgoing: Outgoing) -> None:
        self._engine = engine
        self._service = service
        self._outgoing = outgoing
        self._requests: list[Request] = []
        self._windows = replay.Windows()

    @property
    def open(self) -> bool:
        """Tell whether something is still to be sent."""
        return bool(self._windows.open())

    def forget(self) -> None:
        """Forget everything; whoever still needs something asks again."""
        self._requests.clear()
        self._windows.clear()

    def hear(self, connection: Connection) -> bool:
        """Take in the requests that are there; True if any waits to be looked at."""
        queue = broker.catch_up_queue(self._service).name
        while (delivery := connection.receive(queue, 0)) is not None:
            # Acknowledged before it is served: a consumer whose request is lost asks again.
            connection.acknowledge([delivery])
            try:
                self._requests.append(replay.decode_request(delivery.body))
            except Invalid:
                logger.warning("catch-up request refused", extra={"service": self._service})
        return bool(self._requests)

    def answer(self, connection: Connection, chain: Sequence[Epoch], published: int, most: int) -> None:
        """Send the next part to everybody who asked, at most `most` events to each. Raises BrokerUnavailable.

        `published` is the head of the chain's last epoch.
        """
        for request in self._newest():
            self._look_at(connection, chain, published, request)
        for consumer, window in self._windows.open():
            self._send(connection, chain, published, consumer, window, most)

    def _newest(self) -> list[Request]:
        """The newest request of each consumer; the others are answered by it."""
        newest = {request.consumer: request for request in self._requests}
        for request in self._requests:
            metrics.RELAY_REQUESTS.labels(self._service, request.consumer).inc()
        self._requests.clear()
        return list(newest.values())

    def _look_at(self, connection: Connection, chain: Sequence[Epoch], published: int, request: Request) -> None:
        self._windows.close(request.consumer)
        known = self._known(chain, request)
        if known is not None:
            self._windows.ask(request.consumer, *known)
            return
        metrics.STRANGERS.labels(self._service, request.consumer).inc()
        logger.warning("a consumer asks from an unknown place", extra={"consumer": request.consumer})
        inbox = broker.inbox_queue(request.consumer).name
        self._publish(connection, [self._outgoing.tick(chain[-1], published, asked=request, routing_key=inbox)])

    def _known(self, chain: Sequence[Epoch], request: Request) -> tuple[UUID, int] | None:
        """Where the events begin that follow what the consumer has; None if the log never had what it has."""
        if request.after == 0:
            epoch = chain[0].id if request.epoch is None else request.epoch
            return (epoch, 0) if any(each.id == epoch for each in chain) else None
        if request.epoch is None or request.id is None:
            return None
        with self._engine.begin() as database:
            found = log.id_at(database, request.epoch, request.after)
        return (request.epoch, request.after) if found == request.id else None

    def _send(
        self, connection: Connection, chain: Sequence[Epoch], published: int, consumer: str, window: Window, most: int
    ) -> None:
        """Send a window's next events straight into the consumer's inbox.

        Each ends with a tick, so that a consumer that is still behind asks on at once.
        """
        ends, by_id = epochs.ends(chain, published), {epoch.id: epoch for epoch in chain}
        if window.epoch not in by_id:
            # It had no events when the next one began, and is nobody's parent: whoever waits there asks again.
            self._windows.close(consumer)
            return
        inbox = broker.inbox_queue(consumer).name
        stretches = window.take(ends, most)
        messages = [message for each in stretches for message in self._part(by_id[each.epoch], each, inbox)]
        metrics.RELAY_REPLAYED.labels(self._service, consumer).inc(sum(each.count for each in stretches))
        if window.through(ends):
            self._windows.close(consumer)
            # One who has more than is noted as published yet is told its own place: lower would look like a loss.
            head = max(published, window.after if window.epoch == chain[-1].id else 0)
            messages.append(self._outgoing.tick(chain[-1], head, routing_key=inbox))
        failpoints.hit("relay.replaying")
        if Outcome.RETURNED in self._publish(connection, messages):
            self._windows.close(consumer)

    def _part(self, epoch: Epoch, stretch: Stretch, inbox: str) -> list[Message]:
        return self._outgoing.events(epoch, stretch.after, stretch.until, most=stretch.count, routing_key=inbox)

    def _publish(self, connection: Connection, messages: Sequence[Message]) -> list[Outcome]:
        outcomes = connection.publish(messages)
        if Outcome.NACKED in outcomes:
            raise BrokerUnavailable("the broker could not take a message")
        return outcomes
