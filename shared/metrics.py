"""Every Prometheus metric of a Kinward process, in one registry; /metrics serves what `exposition` gives.

Labels are names of services, event sources, routes and codes: never an id, never a field's value. One process is one
deployment, so the deployment is no label.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

LOG_BACKLOG = Gauge(
    "kinward_event_log_backlog_events", "Events written and not yet published", ["service"], registry=REGISTRY
)
LOG_AGE = Gauge(
    "kinward_event_log_age_seconds", "Age of the oldest event not yet published", ["service"], registry=REGISTRY
)
RELAY_ACTIVE = Gauge("kinward_relay_active", "1 where this process relays the log", ["service"], registry=REGISTRY)
RELAY_PUBLISHED = Counter("kinward_relay_published_events", "Events published", ["service"], registry=REGISTRY)
RELAY_REPLAYED = Counter(
    "kinward_relay_replayed_events", "Events sent again on request", ["service", "consumer"], registry=REGISTRY
)
RELAY_RETURNED = Counter(
    "kinward_relay_returned_messages", "Messages that no queue wanted", ["service"], registry=REGISTRY
)
RELAY_NACKED = Counter(
    "kinward_relay_nacked_messages", "Messages the broker could not take", ["service"], registry=REGISTRY
)

_STREAM = ["consumer", "source"]
STREAM_APPLIED = Counter("kinward_stream_applied_events", "Events applied", _STREAM, registry=REGISTRY)
STREAM_SKIPPED = Counter("kinward_stream_skipped_events", "Events known already", _STREAM, registry=REGISTRY)
STREAM_GAPS = Counter("kinward_stream_gaps", "Messages ahead of the watermark", _STREAM, registry=REGISTRY)
STREAM_REFUSED = Counter(
    "kinward_stream_refused_messages", "Messages from a source not consumed here", ["consumer"], registry=REGISTRY
)
STREAM_REQUESTS = Counter("kinward_stream_catch_up_requests", "Catch-ups asked for", _STREAM, registry=REGISTRY)
STREAM_LAG = Gauge("kinward_stream_lag_events", "Known head minus watermark", _STREAM, registry=REGISTRY)
STREAM_STOPPED = Gauge(
    "kinward_stream_stopped", "1 while a consumer is stopped: an alarm", ["consumer"], registry=REGISTRY
)

REQUESTS = Histogram(
    "kinward_http_request_seconds", "HTTP requests", ["service", "route", "method", "status"], registry=REGISTRY
)
HANDLERS = Histogram(
    "kinward_handler_seconds", "Commands and events handled", ["service", "handler", "outcome"], registry=REGISTRY
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
