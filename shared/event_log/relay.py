"""The relay: sends the log to the broker, in order, and again to consumers that ask.

Belongs here: one loop on one channel, so that replayed and live events reach a consumer in order. Not here: writing the
log, packing, and what consumers do. Whatever is lost on the way is asked for again; whatever is sent twice is skipped.
"""

import logging
import threading
import time
from uuid import UUID

import psycopg2
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import broker, envelope, failpoints, metrics
from shared.backoff import Backoff
from shared.broker import BrokerUnavailable, Connection, Message, Outcome
from shared.errors import Invalid
from shared.event_log import log, packing, replay
from shared.event_log.election import Election

LIVE = 5_000
"""Events published in one turn; the confirms of all of them are awaited together."""

REPLAYED = 2_000
"""Events sent again in one turn, to each consumer that asked."""

TICK = 5.0
"""Seconds between two head ticks, and between two looks at a log that nobody says has grown."""

GLANCE = 0.2
"""Seconds between two looks for catch-up requests while nothing is written."""

logger = logging.getLogger(__name__)


class Relay:
    """Publishes one service's log. `serve` runs until told to stop; `turn` does one round."""

    def __init__(self, engine: Engine, broker: broker.Broker, deployment: str, service: str) -> None:
        self._engine = engine
        self._broker = broker
        self._service = service
        self._source = envelope.source_urn(deployment, service)
        self._connection: Connection | None = None
        self._requests: list[replay.Request] = []
        self._windows = replay.Windows()
        self._ticked = 0.0
        self._backoff = Backoff(0.5, 30)

    def serve(self, stop: threading.Event) -> None:
        """Relay until `stop` is set, whenever elected; survives the loss of database and broker."""
        while not stop.is_set():
            try:
                self._serve_elected(stop)
            except (DBAPIError, PoolTimeout, psycopg2.Error) as error:
                logger.warning("relay lost its database", extra={"service": self._service, "error": _name(error)})
                stop.wait(self._backoff.wait())

    def turn(self) -> bool:
        """Publish what is new, up to LIVE events; send again what was asked for; tick. True if more may be waiting.

        Raises BrokerUnavailable; what was confirmed before is noted.
        """
        head = self._observe()
        connection = self._connected()
        published = self._publish(connection, head)
        self._hear(connection)
        self._open_windows(head.epoch)
        for consumer, window in self._windows.open():
            self._replay(connection, consumer, window, head.epoch, published)
        burst = published > head.published
        if published == head.sequence and (burst or time.monotonic() - self._ticked >= TICK):
            self._tick(connection, head.epoch, published)
        self._backoff.reset()
        return published < head.sequence or bool(self._windows.open())

    def close(self) -> None:
        """Close the broker connection; open windows are forgotten, their consumers ask again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._requests.clear()
        self._windows.clear()

    def _serve_elected(self, stop: threading.Event) -> None:
        election = Election(self._engine)
        try:
            self._relay(election, stop)
        finally:
            metrics.RELAY_ACTIVE.labels(self._service).set(0)
            self.close()
            election.close()

    def _relay(self, election: Election, stop: threading.Event) -> None:
        while not stop.is_set():
            if not election.stand():
                stop.wait(TICK)
                continue
            metrics.RELAY_ACTIVE.labels(self._service).set(1)
            self._round(election, stop)
            time.sleep(0)  # where threads are green, nothing in a long backlog would let a request have its turn

    def _round(self, election: Election, stop: threading.Event) -> None:
        try:
            if not self.turn():
                self._rest(election, stop)
        except BrokerUnavailable as error:
            logger.warning("relay lost its broker", extra={"service": self._service, "error": error.message})
            self.close()
            stop.wait(self._backoff.wait())

    def _rest(self, election: Election, stop: threading.Event) -> None:
        until = time.monotonic() + TICK
        while not stop.is_set() and time.monotonic() < until:
            if election.woken(GLANCE) or self._hear(self._connected()):
                return

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._broker.connect(self._service)
            exchange = broker.events_exchange(self._service)
            self._connection.declare([exchange], [broker.catch_up_queue(self._service)])
        return self._connection

    def _observe(self) -> log.Head:
        """Read the head, and tell the metrics first: backlog and age matter most while the broker is away."""
        with self._engine.begin() as connection:
            head = log.head(connection)
            age = log.oldest_unpublished_age(connection)
        metrics.LOG_BACKLOG.labels(self._service).set(head.sequence - head.published)
        metrics.LOG_AGE.labels(self._service).set(age)
        return head

    def _publish(self, connection: Connection, head: log.Head) -> int:
        """Publish from the head's mark on; returns the new mark: the end of the confirmed prefix."""
        messages = self._messages(
            head.epoch, head.published, LIVE, head.sequence, exchange=broker.events_exchange(self._service)
        )
        if not messages:
            return head.published
        outcomes = connection.publish(messages)
        nacked = outcomes.count(Outcome.NACKED)
        confirmed = messages[: outcomes.index(Outcome.NACKED)] if nacked else messages
        published = int(confirmed[-1].headers["last"]) if confirmed else head.published
        if confirmed:
            failpoints.hit("relay.published")
            with self._engine.begin() as database:
                log.mark_published(database, head.epoch, published)
            failpoints.hit("relay.marked")
        metrics.RELAY_PUBLISHED.labels(self._service).inc(published - head.published)
        metrics.RELAY_RETURNED.labels(self._service).inc(outcomes.count(Outcome.RETURNED))
        metrics.RELAY_NACKED.labels(self._service).inc(nacked)
        metrics.LOG_BACKLOG.labels(self._service).set(head.sequence - published)
        if published == head.sequence:
            metrics.LOG_AGE.labels(self._service).set(0)
        if nacked:
            raise BrokerUnavailable("the broker could not take a message")
        return published

    def _messages(
        self, epoch: UUID, after: int, limit: int, until: int, *, exchange: str = "", routing_key: str = ""
    ) -> list[Message]:
        with self._engine.begin() as database:
            events = log.read_text(database, epoch, after, limit, source=self._source, until=until)
            previous = log.id_at(database, epoch, after) if events else None
        return list(
            packing.pack(
                events,
                str(previous or ""),
                source=self._source,
                epoch=epoch,
                exchange=exchange,
                routing_key=routing_key,
            )
        )

    def _hear(self, connection: Connection) -> bool:
        """Take in the catch-up requests that are there; True if any waits to be looked at."""
        queue = broker.catch_up_queue(self._service).name
        while (delivery := connection.receive(queue, 0)) is not None:
            # Acknowledged before it is served: a consumer whose request is lost asks again.
            connection.acknowledge([delivery])
            try:
                self._requests.append(replay.decode_request(delivery.body))
            except Invalid:
                logger.warning("catch-up request refused", extra={"service": self._service})
        return bool(self._requests)

    def _open_windows(self, epoch: UUID) -> None:
        for request in self._requests:
            if not self._windows.ask(request, epoch):
                logger.warning("catch-up asked in another epoch", extra={"consumer": request.consumer})
        self._requests.clear()

    def _replay(
        self, connection: Connection, consumer: str, window: replay.Window, epoch: UUID, published: int
    ) -> None:
        """Send a window's next events straight into the consumer's inbox.

        A window that reaches the published head ends there: the next live message follows without a gap. Each ends
        with a tick, so that a consumer that is still behind asks on at once.
        """
        until = min(window.until, published)
        inbox = broker.inbox_queue(consumer).name
        messages = self._messages(epoch, window.after, REPLAYED, until, routing_key=inbox)
        if messages:
            last = int(messages[-1].headers["last"])
            metrics.RELAY_REPLAYED.labels(self._service, consumer).inc(last - window.after)
            window.after = last
        if window.after >= until:
            self._windows.close(consumer)
            messages.append(self._head_tick(epoch, published, routing_key=inbox))
        failpoints.hit("relay.replaying")
        outcomes = connection.publish(messages)
        if Outcome.RETURNED in outcomes:
            self._windows.close(consumer)
        if Outcome.NACKED in outcomes:
            raise BrokerUnavailable("the broker could not take a message")

    def _tick(self, connection: Connection, epoch: UUID, published: int) -> None:
        connection.publish([self._head_tick(epoch, published, exchange=broker.events_exchange(self._service))])
        self._ticked = time.monotonic()

    def _head_tick(self, epoch: UUID, published: int, *, exchange: str = "", routing_key: str = "") -> Message:
        with self._engine.begin() as database:
            last = log.id_at(database, epoch, published)
        return packing.head_tick(
            published, str(last or ""), source=self._source, epoch=epoch, exchange=exchange, routing_key=routing_key
        )


def _name(error: Exception) -> str:
    """The class of a foreign error, since its text may hold data."""
    return type(error).__name__
