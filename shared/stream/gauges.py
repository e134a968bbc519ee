"""What the metrics say of a consumer's standing state, read from its database: lag, stopped, parked, waiting.

Belongs here: facts that outlive the process. A restart, a second instance and a command beside the process would leave
a gauge wrong that is set only where something happens; so each instance reads them, at start and every few seconds.
Not here: what is counted as it happens (consumer, parking), and any decision.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from shared import metrics
from shared.technical_tables import parked_event, stream, watermark

REASONS = ("forked", "undecodable", "too-many-parked")
"""Why a source may be stopped."""

KINDS = ("failed", "blocked", "waiting", "undecodable")
"""Why an event may be put aside."""

_WAITING_SINCE = func.min(parked_event.c.parked_at).filter(parked_event.c.kind == "waiting")
_WAITING = func.coalesce(func.extract("epoch", func.clock_timestamp() - _WAITING_SINCE), 0)


class Gauges:
    """The gauges of one consumer; every series stands at 0 from the beginning, since a rate needs a first value."""

    def __init__(self, consumer: str, services: Mapping[str, str]) -> None:
        """Take the consumer's name and the services that it consumes, by their sources' URNs."""
        self._consumer = consumer
        self._services = dict(services)
        self._reasons = set(REASONS)
        for counter in (metrics.STREAM_REFUSED, metrics.TRANSIENT):
            counter.labels(consumer)
        for service in self._services.values():
            metrics.STREAM_HEARD.labels(consumer, service).set_to_current_time()
            for counter in metrics.STREAM_COUNTERS:
                counter.labels(consumer, service)

    def show(self, connection: Connection) -> None:
        """Read the consumer's state and set what changed, healed things included. Raises DBAPIError."""
        self._show_sources(connection)
        self._show_parked(connection)
        state = connection.execute(select(stream.c.state).where(stream.c.consumer == self._consumer)).scalar()
        metrics.STREAM_STOPPED.labels(self._consumer).set(state == "stopped")

    def forget(self) -> None:
        """Take every series of the consumer away: it is gone for good, as the shadow of a rebuild that has ended."""
        for each in metrics.BY_CONSUMER:
            each.remove_by_labels({"consumer": self._consumer})

    def _show_sources(self, connection: Connection) -> None:
        found = {
            self._services[row.source]: row
            for row in connection.execute(select(watermark).where(watermark.c.consumer == self._consumer))
            if row.source in self._services
        }
        self._reasons |= {row.reason for row in found.values() if row.reason}
        for service, row in found.items():
            metrics.STREAM_SEQUENCE.labels(self._consumer, service).set(row.sequence)
            metrics.STREAM_LAG.labels(self._consumer, service).set(max(row.head - row.sequence, 0))
            for reason in self._reasons:
                metrics.SOURCE_STOPPED.labels(self._consumer, service, reason).set(row.reason == reason)

    def _show_parked(self, connection: Connection) -> None:
        ours = parked_event.c.consumer == self._consumer
        label = parked_event.c.source, parked_event.c.kind
        rows = connection.execute(select(*label, func.count().label("events")).where(ours).group_by(*label))
        parked = {(row.source, row.kind): row.events for row in rows}
        for urn, service in self._services.items():
            for kind in KINDS:
                metrics.PARKED.labels(self._consumer, service, kind).set(parked.get((urn, kind), 0))
        age = connection.execute(select(_WAITING).where(ours)).scalar_one()
        metrics.WAITING_AGE.labels(self._consumer).set(float(age))
