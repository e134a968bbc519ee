"""The consumer: takes messages from a service's inbox, has their events applied once, asks for what is missing.

Belongs here: one loop that takes, applies and acknowledges. Not here: the comparison with the watermark (judgement),
how to apply (batch, applier), when to ask (catch_up).

Acknowledged only after the commit. What passes by itself is tried again in place, with the messages in hand; after
PATIENCE the channel is closed, the broker gives everything back, and whatever was committed is skipped when it comes
again. An event that is refused is parked, so that the rest flows; a source that cannot go on stops alone.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import broker, envelope, failpoints, keeping, metrics
from shared.backoff import Backoff
from shared.broker import Connection, Delivery, Message, Outcome
from shared.envelope import Undecodable
from shared.event_log.replay import Request
from shared.stream import batch, failures, incoming, journal, watermark
from shared.stream.applier import Applier
from shared.stream.batch import Batches
from shared.stream.catch_up import CatchUp
from shared.stream.gauges import Gauges
from shared.stream.incoming import Run
from shared.stream.watermark import Mark

MOST_EVENTS = 500
"""Events taken at a time and applied in one transaction, unless one message holds more."""

AS_BEFORE = "as-before"
"""The reason until this process has applied something: the row may still tell why an earlier one stopped."""

WAIT = 1.0
"""Seconds to wait for a first message; it never waits for a second."""

PATIENCE = 60.0
"""Seconds to try again with the messages in hand, before they are given back."""

LOOK = 5.0
"""Seconds between two looks at what the metrics say of the consumer's standing state."""

TIDY = 3600.0
"""Seconds between two rounds of forgetting what was applied long ago."""

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
        self._name = name or service
        self._services = {envelope.source_urn(deployment, source): source for source in sources}
        self._batches = Batches(applier, self._name, service)
        self._gauges = Gauges(self._name, self._services)
        self._catch_up = {source: CatchUp() for source in self._services}
        self._marks: dict[str, Mark] = {}
        self._level: set[str] = set()
        self._connection: Connection | None = None
        self._held: tuple[Delivery, Run] | None = None
        self._reason: str | None = AS_BEFORE
        self._backoff = Backoff(0.5, 60)
        self._stop = threading.Event()
        self._proven = False
        self._looked = self._tidied = 0.0

    def serve(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; survives the loss of database and broker, and bugs, with growing pauses."""
        self._stop = stop
        while not stop.is_set():
            try:
                self.turn()
                self._look()
                time.sleep(0)  # where threads are green, nothing in a long backlog would let a request have its turn
            except Exception as error:  # noqa: BLE001  the edge: whatever happens, the service lives on
                self._fail(error)
                stop.wait(self._backoff.wait())
        self.close()

    def turn(self, wait: float = WAIT) -> int:
        """Take what is there, apply it, acknowledge, ask for what is missing.

        Returns the number of events applied or parked. Raises the loss of database or broker, or what is a bug of the
        stream itself; then `close` must be called, which gives everything back.
        """
        connection = self._connected()
        deliveries, runs = self._take(connection, wait)
        applied = 0
        if runs:
            failpoints.hit("consumer.taken")
            outcome = self._apply_patiently(runs, any(each.redelivered for each in deliveries))
            applied = sum(outcome.applied.values())
            self._committed(outcome)
            failpoints.hit("consumer.committed")
        if deliveries:
            connection.acknowledge(deliveries)
            failpoints.hit("consumer.acknowledged")
            self._recovered()
        self._ask(connection)
        return applied

    @property
    def level(self) -> bool:
        """Whether every source's log was read to its end, at some time since the connection was made."""
        return self._connection is not None and self._level.issuperset(self._services)

    def close(self) -> None:
        """Close the channel: what was not acknowledged goes back to the broker."""
        self._held = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            with self._engine.begin() as database:
                watermark.ensure(database, self._name, list(self._services))
                self._marks = watermark.read(database, self._name)
                self._gauges.show(database)
            self._connection = self._broker.connect(self._name)
            exchanges = [broker.events_exchange(source) for source in self._services.values()]
            inbox = broker.inbox_queue(self._name, list(self._services.values()))
            self._connection.declare(exchanges, [inbox])
            self._level.clear()
            for catch_up in self._catch_up.values():
                catch_up.begin(time.monotonic())
        return self._connection

    def _take(self, connection: Connection, wait: float) -> tuple[list[Delivery], list[Run]]:
        """What is there, up to MOST_EVENTS; a message too many is held for the next turn."""
        deliveries: list[Delivery] = []
        runs: list[Run] = []
        count = 0
        while (delivery := self._next(connection, 0 if deliveries else wait)) is not None:
            run = self._read(delivery)
            if run is not None and runs and count + run.count > MOST_EVENTS:
                self._held = delivery, run
                break
            deliveries.append(delivery)
            if run is not None:
                runs.append(run)
                count += run.count
        return deliveries, runs

    def _next(self, connection: Connection, wait: float) -> Delivery | None:
        if self._held is not None:
            return self._held[0]
        return connection.receive(broker.inbox_queue(self._name).name, wait)

    def _read(self, delivery: Delivery) -> Run | None:
        """The run that a message holds; None for one that is not for us, or tells no place: it is acknowledged unseen.

        What another deployment tells its own services is never to be known here. What tells no place comes again.
        """
        if self._held is not None:
            (_, run), self._held = self._held, None
            return run
        try:
            run = incoming.read_headers(delivery)
        except Undecodable:
            metrics.UNDECODABLE.labels(self._name, "unknown").inc()
            logger.error("message without a place dropped", extra={"consumer": self._name})
            return None
        if run.source not in self._services:
            metrics.STREAM_REFUSED.labels(self._name).inc()
            logger.error("message of a foreign source refused", extra={"consumer": self._name})
            return None
        metrics.STREAM_HEARD.labels(self._name, self._services[run.source]).set_to_current_time()
        return run

    def _apply_patiently(self, runs: Sequence[Run], redelivered: bool) -> batch.Outcome:
        """Apply; try again in place what passes by itself. Raises it once PATIENCE is over, or when told to stop."""
        backoff, deadline = Backoff(0.1, 5), time.monotonic() + PATIENCE
        while True:
            try:
                outcome = self._batches.apply(runs, suspect=redelivered or not self._proven)
            except Exception as error:
                if not failures.passes(error):
                    raise
                metrics.TRANSIENT.labels(self._name).inc()
                if time.monotonic() > deadline or self._stop.is_set():
                    raise
                logger.warning("applying again", extra={"consumer": self._name, "reason": failures.reason(error)})
                self._stop.wait(backoff.wait())
            else:
                self._proven = True
                return outcome

    def _committed(self, outcome: batch.Outcome) -> None:
        """What the commits mean for metrics and for what is still to be asked."""
        now, first = time.monotonic(), outcome.first
        self._level |= first.level
        for source, mark in outcome.marks.items():
            labels = (self._name, self._services[source])
            metrics.STREAM_APPLIED.labels(*labels).inc(outcome.applied.get(source, 0))
            metrics.STREAM_SKIPPED.labels(*labels).inc(first.skipped.get(source, 0))
            metrics.STREAM_GAPS.labels(*labels).inc(first.gaps.get(source, 0))
            metrics.DOUBTFUL.labels(*labels).inc(first.doubtful.get(source, 0))
            metrics.UNDECODABLE.labels(*labels).inc(1 if source in first.undecodable else 0)
            metrics.PARKED_TOTAL.labels(*labels).inc(outcome.parked.get(source, 0))
            metrics.ISOLATED.labels(*labels).inc(outcome.isolated.get(source, 0))
            metrics.STREAM_LAG.labels(*labels).set(max(mark.head - mark.sequence, 0))
            self._note_stop(source, mark)
            self._steer(now, source, mark, outcome)
            self._marks[source] = mark

    def _steer(self, now: float, source: str, mark: Mark, outcome: batch.Outcome) -> None:
        """What is still to be asked of a source."""
        catch_up, before = self._catch_up[source], self._marks.get(source)
        if mark.stopped is not None:
            catch_up.end()
            return
        if before is not None and (before.stopped is not None or before.epoch != mark.epoch):
            catch_up.begin(now)  # what was asked before was asked from elsewhere
        if source in outcome.applied or mark.sequence >= mark.head:
            catch_up.arrived(now, mark.sequence, mark.head)
        if source in outcome.first.gaps and mark.sequence < mark.head:
            catch_up.ahead(now, mark.sequence)
        if source in outcome.first.doubtful:
            catch_up.doubtful(now, mark.sequence)
        if source in outcome.doubted:
            catch_up.begin(now)

    def _note_stop(self, source: str, mark: Mark) -> None:
        before = self._marks.get(source)
        if mark.stopped is None or (before is not None and before.stopped == mark.stopped):
            return
        place = {"source": self._services[source], "reason": mark.stopped, "sequence": mark.sequence}
        logger.error("source stopped", extra={"consumer": self._name} | place)
        self._looked = 0.0

    def _ask(self, connection: Connection) -> None:
        for source, catch_up in self._catch_up.items():
            if not catch_up.due(time.monotonic()):
                continue
            # Read again, since another instance of this consumer may be the active one.
            with self._engine.begin() as database:
                mark = watermark.note_request(database, self._name, source)
            if mark.stopped is not None:
                catch_up.end()
                continue
            request = Request(self._name, mark.epoch, mark.sequence, mark.event_id)
            service = self._services[source]
            queue = broker.catch_up_queue(service).name
            outcomes = connection.publish([Message("", request.encode(), routing_key=queue)])
            metrics.STREAM_REQUESTS.labels(self._name, service).inc()
            catch_up.asked(time.monotonic(), mark.sequence)
            if outcomes != [Outcome.CONFIRMED]:
                catch_up.unheard()

    def _look(self) -> None:
        """Now and then: show the standing state, forget what was applied long ago and what is kept for a while only."""
        now = time.monotonic()
        if now - self._looked >= LOOK:
            with self._engine.begin() as database:
                self._gauges.show(database)
            self._looked = now
        if now - self._tidied >= TIDY:
            with self._engine.begin() as database:
                journal.forget_old(database, self._name)
                keeping.forget_old(database)
            self._tidied = now

    def _fail(self, error: Exception) -> None:
        self.close()
        reason = failures.reason(error)
        if failures.passes(error):
            logger.warning("stream interrupted", extra={"consumer": self._name, "reason": reason})
            return
        logger.error("stream stopped", extra={"consumer": self._name, "reason": reason})
        self._note_state(reason)

    def _recovered(self) -> None:
        self._backoff.reset()
        if self._reason is not None:
            self._note_state(None)

    def _note_state(self, reason: str | None) -> None:
        metrics.STREAM_STOPPED.labels(self._name).set(0 if reason is None else 1)
        with suppress(DBAPIError, PoolTimeout), self._engine.begin() as database:
            watermark.set_state(database, self._name, reason)
            self._reason = reason
