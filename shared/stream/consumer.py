"""The consumer: takes messages from a service's inbox, applies their events exactly once, asks for what is missing.

Belongs here: one loop that takes, applies and acknowledges. Not here: the comparison with the watermark (watermark),
when to ask (catch_up), how to apply (applier).

Acknowledged only after the commit, never on an error: then the channel is closed, the broker gives everything back, and
whatever was committed already is skipped when it comes again.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import broker, envelope, failpoints, metrics
from shared.backoff import Backoff
from shared.broker import Connection, Delivery, Message, Outcome
from shared.event_log.replay import Request
from shared.stream import failures, incoming, watermark
from shared.stream.applier import Applier
from shared.stream.catch_up import CatchUp
from shared.stream.incoming import Run
from shared.stream.watermark import Judgement, Mark

MOST_EVENTS = 500
"""Events applied in one transaction, unless one message holds more."""

AS_BEFORE = "as-before"
"""The reason until this process has applied something: the row may still tell why an earlier one stopped."""

WAIT = 1.0
"""Seconds to wait for a first message; it never waits for a second."""

logger = logging.getLogger(__name__)


class Consumer:
    """One service's inbox. `serve` runs until told to stop; `turn` takes what is there once."""

    def __init__(
        self,
        engine: Engine,
        broker: broker.Broker,
        deployment: str,
        service: str,
        *,
        sources: Sequence[str],
        applier: Applier,
        name: str | None = None,
    ) -> None:
        """Consume as `name` (its queue and rows bear it), which is the service's own name unless said otherwise."""
        self._engine = engine
        self._broker = broker
        self._service = name or service
        self._services = {envelope.source_urn(deployment, source): source for source in sources}
        self._applier = applier
        self._catch_up = {source: CatchUp() for source in self._services}
        self._connection: Connection | None = None
        self._held: tuple[Delivery, Run] | None = None
        self._reason: str | None = AS_BEFORE
        self._backoff = Backoff(0.5, 60)

    def serve(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; survives the loss of database and broker, and refusals, with growing pauses."""
        while not stop.is_set():
            try:
                self.turn()
                time.sleep(0)  # where threads are green, nothing in a long backlog would let a request have its turn
            except Exception as error:  # noqa: BLE001  the edge: whatever an event does, the service lives on
                self._fail(error)
                stop.wait(self._backoff.wait())
        self.close()

    def turn(self, wait: float = WAIT) -> int:
        """Take what is there, apply it in one transaction, acknowledge, ask for what is missing.

        Returns the number of events applied. Raises whatever refused, or the loss of database or broker; then `close`
        must be called, which gives everything back.
        """
        connection = self._connected()
        deliveries, runs = self._take(connection, wait)
        applied = 0
        if runs:
            failpoints.hit("consumer.taken")
            applied = self._apply(runs)
            failpoints.hit("consumer.committed")
        if deliveries:
            connection.acknowledge(deliveries)
            failpoints.hit("consumer.acknowledged")
            self._recovered()
        self._ask(connection)
        return applied

    def close(self) -> None:
        """Close the channel: what was not acknowledged goes back to the broker."""
        self._held = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            with self._engine.begin() as database:
                watermark.ensure(database, self._service, list(self._services))
            self._connection = self._broker.connect(self._service)
            exchanges = [broker.events_exchange(source) for source in self._services.values()]
            inbox = broker.inbox_queue(self._service, list(self._services.values()))
            self._connection.declare(exchanges, [inbox])
            for catch_up in self._catch_up.values():
                catch_up.begin(time.monotonic())
        return self._connection

    def _take(self, connection: Connection, wait: float) -> tuple[list[Delivery], list[Run]]:
        """What is there, up to MOST_EVENTS; a message too many is held for the next turn."""
        deliveries: list[Delivery] = []
        runs: list[Run] = []
        count = 0
        while (taken := self._next(connection, 0 if deliveries else wait)) is not None:
            delivery, run = taken
            if runs and count + run.count > MOST_EVENTS:
                self._held = taken
                break
            deliveries.append(delivery)
            if run.source in self._services:
                runs.append(run)
                count += run.count
            else:
                # Acknowledged unseen: what another deployment tells its own services is never to be known here.
                metrics.STREAM_REFUSED.labels(self._service).inc()
                logger.error("message of a foreign source refused", extra={"consumer": self._service})
        return deliveries, runs

    def _next(self, connection: Connection, wait: float) -> tuple[Delivery, Run] | None:
        if self._held is not None:
            taken, self._held = self._held, None
            return taken
        delivery = connection.receive(broker.inbox_queue(self._service).name, wait)
        return None if delivery is None else (delivery, incoming.read_headers(delivery))

    def _apply(self, runs: Sequence[Run]) -> int:
        with self._applier.transaction() as work:
            marks = watermark.lock(work.connection, self._service)
            judgement = watermark.judge(marks, runs)
            if judgement.fresh:
                work.apply(judgement.fresh)
            touched = [marks[source] for source in dict.fromkeys(run.source for run in runs)]
            for mark in touched:
                watermark.save(work.connection, self._service, mark)
            failpoints.hit("consumer.applied")
        self._committed(judgement, touched)
        return len(judgement.fresh)

    def _committed(self, judgement: Judgement, marks: Sequence[Mark]) -> None:
        """What the commit means for metrics and for what is still to be asked."""
        applied: dict[str, int] = {}
        for event in judgement.fresh:
            applied[event.source] = applied.get(event.source, 0) + 1
        now = time.monotonic()
        for mark in marks:
            labels = (self._service, self._services[mark.source])
            metrics.STREAM_APPLIED.labels(*labels).inc(applied.get(mark.source, 0))
            metrics.STREAM_SKIPPED.labels(*labels).inc(judgement.skipped.get(mark.source, 0))
            metrics.STREAM_GAPS.labels(*labels).inc(judgement.gaps.get(mark.source, 0))
            metrics.STREAM_LAG.labels(*labels).set(mark.head - mark.sequence)
            catch_up = self._catch_up[mark.source]
            if mark.source in applied or mark.sequence >= mark.head:
                catch_up.arrived(now, mark.sequence, mark.head)
            if mark.source in judgement.gaps and mark.sequence < mark.head:
                catch_up.ahead(now, mark.sequence)

    def _ask(self, connection: Connection) -> None:
        for source, catch_up in self._catch_up.items():
            if not catch_up.due(time.monotonic()):
                continue
            # Read again, since another instance of this consumer may be the active one.
            with self._engine.begin() as database:
                mark = watermark.note_request(database, self._service, source)
            request = Request(self._service, mark.epoch, mark.sequence, mark.event_id)
            name = self._services[source]
            outcomes = connection.publish([Message("", request.encode(), routing_key=broker.catch_up_queue(name).name)])
            metrics.STREAM_REQUESTS.labels(self._service, name).inc()
            catch_up.asked(time.monotonic(), mark.sequence)
            if outcomes != [Outcome.CONFIRMED]:
                catch_up.unheard()

    def _fail(self, error: Exception) -> None:
        self.close()
        reason = failures.reason(error)
        if failures.passes(error):
            logger.warning("stream interrupted", extra={"consumer": self._service, "reason": reason})
            return
        logger.error("stream stopped", extra={"consumer": self._service, "reason": reason})
        self._note_state(reason)

    def _recovered(self) -> None:
        self._backoff.reset()
        if self._reason is not None:
            self._note_state(None)

    def _note_state(self, reason: str | None) -> None:
        metrics.STREAM_STOPPED.labels(self._service).set(0 if reason is None else 1)
        with suppress(DBAPIError, PoolTimeout), self._engine.begin() as database:
            watermark.set_state(database, self._service, reason)
            self._reason = reason
