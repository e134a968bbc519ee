"""The relay: sends the log to the broker, in order, and lets what was asked for follow on the same channel.

Belongs here: one loop on one channel, so that replayed and live events reach a consumer in order. Not here: writing the
log, packing, answering requests, and what consumers do. Whatever is lost on the way is asked for again; whatever is
sent twice is skipped.
"""

import logging
import math
import threading
import time

import psycopg2
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import broker, envelope, failpoints, metrics, telemetry
from shared.backoff import Backoff
from shared.broker import BrokerUnavailable, Connection, Outcome
from shared.event_log import epochs, log
from shared.event_log.answering import Answering
from shared.event_log.election import Election
from shared.event_log.epochs import Epoch
from shared.event_log.outgoing import Outgoing
from shared.telemetry import events as spans

LIVE = 5_000
"""Events published in one turn; the confirms of all of them are awaited together."""

REPLAYED = 2_000
"""Events sent again in one turn, to each consumer that asked."""

TICK = 5.0
"""Seconds between two head ticks, and between two looks at a log that nobody says has grown."""

SETTLED = 0.2
"""Seconds after a burst until its head tick: a tick behind every event of a steady flow would double the messages."""

GLANCE = 0.2
"""Seconds between two looks for catch-up requests while nothing is written."""

logger = logging.getLogger(__name__)


class Relay:
    """Publishes one service's log. `serve` runs until told to stop; `turn` does one round."""

    def __init__(self, engine: Engine, broker: broker.Broker, deployment: str, service: str) -> None:
        self._engine = engine
        self._broker = broker
        self._service = service
        self._outgoing = Outgoing(engine, envelope.source_urn(deployment, service))
        self._answering = Answering(engine, service, self._outgoing)
        self._chain: list[Epoch] = []
        self._connection: Connection | None = None
        self._ticked = 0.0
        self._backoff = Backoff(0.5, 30)

    def serve(self, stop: threading.Event) -> None:
        """Relay until `stop` is set, whenever elected; survives the loss of database and broker."""
        for each in metrics.BY_SERVICE:
            each.labels(self._service)  # at 0 from the beginning: a rate needs a first value
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
        self._answering.hear(connection)
        self._answering.answer(connection, self._chain, published, REPLAYED)
        if published > head.published:
            self._ticked = min(self._ticked, time.monotonic() - TICK + SETTLED)
        if published == head.sequence and time.monotonic() - self._ticked >= TICK:
            self._tick(connection, published)
        self._backoff.reset()
        return published < head.sequence or self._answering.open

    def close(self) -> None:
        """Close the broker connection; open windows are forgotten, their consumers ask again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._answering.forget()

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
        until = self._ticked + TICK
        while not stop.is_set() and time.monotonic() < until:
            if election.woken(GLANCE) or self._answering.hear(self._connected()):
                return

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._broker.connect(self._service)
            exchange = broker.events_exchange(self._service)
            self._connection.declare([exchange], [broker.catch_up_queue(self._service)])
        return self._connection

    def _observe(self) -> log.Head:
        """Begin an epoch if the database was restored, read the head, and tell the metrics.

        They first: backlog and age matter most while the broker is away. Compared in each turn and not only when a
        connection was lost, because one behind a pooler or a proxy may lead to another server without our noticing.
        """
        with self._engine.begin() as database:
            begun = epochs.begin_if_restored(database)
            head = log.head(database)
            age = log.oldest_unpublished_age(database)
            moved = not self._chain or self._chain[-1].id != head.epoch
            chain = epochs.chain(database) if moved else self._chain
        if moved:
            self._note_epoch(chain, begun)
        metrics.LOG_SEQUENCE.labels(self._service).set(head.sequence)
        metrics.LOG_BACKLOG.labels(self._service).set(head.sequence - head.published)
        metrics.LOG_AGE.labels(self._service).set(age)
        return head

    def _note_epoch(self, chain: list[Epoch], begun: epochs.Begun | None) -> None:
        """Say that an epoch has begun, by us or by a command; the first one seen after a start is none that began."""
        if begun is not None or self._chain:
            metrics.EPOCHS.labels(self._service).inc()
            parent = chain[-1].parent
            about = {
                "service": self._service,
                "code": "epoch-begun",
                "reason": "restored" if begun is None else begun.reason,
                "epochs": len(chain),
                "parent_sequence": 0 if parent is None else parent.sequence,
                "unpublished": None if begun is None else begun.unpublished,
            }
            logger.warning("a new epoch of the event log has begun", extra=about)
        self._chain, self._ticked = chain, -math.inf

    def _publish(self, connection: Connection, head: log.Head) -> int:
        """Publish from the head's mark on; returns the new mark: the end of the confirmed prefix."""
        exchange = broker.events_exchange(self._service)
        messages = self._outgoing.events(self._chain[-1], head.published, head.sequence, most=LIVE, exchange=exchange)
        if not messages:
            return head.published
        begun = telemetry.now()
        outcomes = connection.publish(messages)
        nacked = outcomes.count(Outcome.NACKED)
        confirmed = messages[: outcomes.index(Outcome.NACKED)] if nacked else messages
        published = int(confirmed[-1].headers["last"]) if confirmed else head.published
        if confirmed:
            failpoints.hit("relay.published")
            with self._engine.begin() as database:
                log.mark_published(database, head.epoch, published)
            failpoints.hit("relay.marked")
            if telemetry.on():
                sent = (event for message in confirmed for event in envelope.decode_batch(message.body))
                spans.published(self._service, exchange, sent, begun)
        metrics.RELAY_PUBLISHED.labels(self._service).inc(published - head.published)
        metrics.RELAY_RETURNED.labels(self._service).inc(outcomes.count(Outcome.RETURNED))
        metrics.RELAY_NACKED.labels(self._service).inc(nacked)
        metrics.LOG_BACKLOG.labels(self._service).set(head.sequence - published)
        if published == head.sequence:
            metrics.LOG_AGE.labels(self._service).set(0)
        if nacked:
            raise BrokerUnavailable("the broker could not take a message")
        return published

    def _tick(self, connection: Connection, published: int) -> None:
        exchange = broker.events_exchange(self._service)
        connection.publish([self._outgoing.tick(self._chain[-1], published, exchange=exchange)])
        self._ticked = time.monotonic()


def _name(error: Exception) -> str:
    """The class of a foreign error, since its text may hold data."""
    return type(error).__name__
