"""Every Prometheus metric of a Kinward process, in one registry; /metrics serves what `exposition` gives.

Labels are names of services, event sources, routes and codes: never an id, never a field's value. One process is one
deployment, so the deployment is no label.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

LOG_SEQUENCE = Gauge(
    "kinward_event_log_sequence", "The last place of the log, in its current epoch", ["service"], registry=REGISTRY
)
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
RELAY_REQUESTS = Counter(
    "kinward_relay_catch_up_requests", "Catch-ups asked of this log", ["service", "consumer"], registry=REGISTRY
)
STRANGERS = Counter(
    "kinward_relay_unknown_places",
    "Catch-ups asked from a place that is not in this log",
    ["service", "consumer"],
    registry=REGISTRY,
)
EPOCHS = Counter("kinward_event_log_epochs_begun", "Epochs seen to begin", ["service"], registry=REGISTRY)

BY_SERVICE = (LOG_SEQUENCE, LOG_BACKLOG, LOG_AGE, RELAY_ACTIVE, RELAY_PUBLISHED, RELAY_RETURNED, RELAY_NACKED, EPOCHS)
"""What a relay says of its service's log."""

_STREAM = ["consumer", "source"]
STREAM_APPLIED = Counter("kinward_stream_applied_events", "Events applied", _STREAM, registry=REGISTRY)
STREAM_SKIPPED = Counter("kinward_stream_skipped_events", "Events known already", _STREAM, registry=REGISTRY)
STREAM_GAPS = Counter("kinward_stream_gaps", "Messages ahead of the watermark", _STREAM, registry=REGISTRY)
STREAM_REFUSED = Counter(
    "kinward_stream_refused_messages", "Messages from a source not consumed here", ["consumer"], registry=REGISTRY
)
STREAM_REQUESTS = Counter("kinward_stream_catch_up_requests", "Catch-ups asked for", _STREAM, registry=REGISTRY)
STREAM_SEQUENCE = Gauge(
    "kinward_stream_sequence",
    "The last place applied, in the epoch that the consumer is in",
    _STREAM,
    registry=REGISTRY,
)
STREAM_LAG = Gauge(
    "kinward_stream_lag_events",
    "Highest place heard of minus last one applied: what still stands in the queue is not heard of",
    _STREAM,
    registry=REGISTRY,
)
STREAM_HEARD = Gauge(
    "kinward_stream_heard_timestamp_seconds",
    "When the last message of the source arrived, a head tick too: who hears nothing knows of no lag",
    _STREAM,
    registry=REGISTRY,
)
STREAM_STOPPED = Gauge(
    "kinward_stream_stopped", "1 while a consumer is stopped: an alarm", ["consumer"], registry=REGISTRY
)
SOURCE_STOPPED = Gauge(
    "kinward_stream_source_stopped",
    "1 while a consumer takes nothing of a source: forked, undecodable or too-many-parked",
    [*_STREAM, "reason"],
    registry=REGISTRY,
)
PARKED = Gauge(
    "kinward_stream_parked_events",
    "Events put aside: failed, blocked, waiting or undecodable",
    [*_STREAM, "kind"],
    registry=REGISTRY,
)
PARKED_TOTAL = Counter("kinward_stream_newly_parked_events", "Events put aside", _STREAM, registry=REGISTRY)
WAITING_AGE = Gauge(
    "kinward_stream_waiting_age_seconds",
    "Age of the oldest event that waits for a fact of another source; 0 without one",
    ["consumer"],
    registry=REGISTRY,
)
DOUBTFUL = Counter(
    "kinward_stream_doubtful_messages",
    "Messages that do not fit the watermark: asked about",
    _STREAM,
    registry=REGISTRY,
)
UNDECODABLE = Counter(
    "kinward_stream_undecodable_messages",
    "Messages that cannot be read or contradict their headers",
    _STREAM,
    registry=REGISTRY,
)
ISOLATED = Counter(
    "kinward_stream_isolated_events", "Events applied one by one to find a poison", _STREAM, registry=REGISTRY
)
TRANSIENT = Counter(
    "kinward_stream_transient_errors", "Errors of the database retried in place", ["consumer"], registry=REGISTRY
)

STREAM_COUNTERS = (
    STREAM_APPLIED, STREAM_SKIPPED, STREAM_GAPS, STREAM_REQUESTS, PARKED_TOTAL, DOUBTFUL, UNDECODABLE, ISOLATED,
)  # fmt: skip
"""What is counted by consumer and source."""

BY_CONSUMER = (
    *STREAM_COUNTERS, STREAM_REFUSED, STREAM_SEQUENCE, STREAM_LAG, STREAM_HEARD, STREAM_STOPPED, SOURCE_STOPPED, PARKED,
    WAITING_AGE, TRANSIENT,
)  # fmt: skip
"""What says something of one consumer."""

TIMER_RUN = Gauge(
    "kinward_timer_last_run_timestamp_seconds",
    "When a timed handler last ran to its end",
    ["service", "timer"],
    registry=REGISTRY,
)
TIMER_FAILURES = Counter(
    "kinward_timer_failures", "Runs of a timed handler that failed", ["service", "timer"], registry=REGISTRY
)
REBUILD_STATE = Gauge(
    "kinward_rebuild_running", "1 while a projection is built beside the live one", ["service"], registry=REGISTRY
)

CERTIFICATE_ENDS = Gauge(
    "kinward_certificate_end_timestamp_seconds",
    "When the certificate of an address of the settings ends, by the variable that names it",
    ["which"],
    registry=REGISTRY,
)
LOG_SIZE = Gauge("kinward_event_log_size_bytes", "Bytes of the log with its indexes", ["service"], registry=REGISTRY)
DATABASE_SIZE = Gauge("kinward_database_size_bytes", "Bytes of the service's database", ["service"], registry=REGISTRY)
DISK_FULL = Gauge(
    "kinward_disk_full_timestamp_seconds",
    "When the databases' disk is full at the pace of the last month; nothing where nothing is written",
    ["which"],
    registry=REGISTRY,
)
KEPT = Gauge(
    "kinward_kept_timestamp_seconds",
    "When a backup was taken, verified, the keys copied, the keys written; 0 for never",
    ["which"],
    registry=REGISTRY,
)

REQUESTS = Histogram(
    "kinward_http_request_seconds", "HTTP requests", ["service", "route", "method", "status"], registry=REGISTRY
)
UNANSWERED = Counter(
    "kinward_portal_unanswered_questions",
    "Questions of the portal that a service did not answer, or only with 502 to 504",
    ["service", "reason"],
    registry=REGISTRY,
)
HANDLERS = Histogram(
    "kinward_handler_seconds", "Commands and events handled", ["service", "handler", "outcome"], registry=REGISTRY
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
