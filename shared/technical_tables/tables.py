"""The tables as the code reads and writes them, in their newest version. Not here: how they come to be (v1, v2, v3)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

metadata = MetaData()

event_head = Table(
    "event_head",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", Uuid, ForeignKey("event_epoch.epoch"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("system_identifier", Text, nullable=False),
    Column("timeline_id", Integer, nullable=False),
)

event_epoch = Table(
    "event_epoch",
    metadata,
    Column("epoch", Uuid, primary_key=True),
    Column("ordinal", Integer, nullable=False, unique=True),
    Column("begun_at", TIMESTAMP(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("parent_epoch", Uuid, ForeignKey("event_epoch.epoch")),
    Column("parent_sequence", BigInteger),
    Column("parent_id", Uuid),
)

event_log = Table(
    "event_log",
    metadata,
    Column("epoch", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("subject_version", Integer, nullable=False),
    Column("time", TIMESTAMP(timezone=True), nullable=False),
    Column("correlation_id", Uuid, nullable=False),
    Column("causation_id", Uuid),
    Column("data", JSONB(none_as_null=True)),
)

stream = Table(
    "stream",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
)

watermark = Table(
    "watermark",
    metadata,
    Column("consumer", Text, ForeignKey("stream.consumer"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("epoch", Uuid),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", Uuid),
    Column("head", BigInteger, nullable=False),
    Column("requested_at", TIMESTAMP(timezone=True)),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("stopped_at", TIMESTAMP(timezone=True)),
)

applied_run = Table(
    "applied_run",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("place", BigInteger, Identity(always=True), nullable=False),
    Column("ids", ARRAY(Uuid), nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("subjects", ARRAY(Uuid), nullable=False),
    Column("applied_at", TIMESTAMP(timezone=True), nullable=False),
    Index("applied_run_at", "applied_at"),
)

stream_attempt = Table(
    "stream_attempt",
    metadata,
    Column("consumer", Text, ForeignKey("stream.consumer"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("singly", Boolean, nullable=False),
)

parked_event = Table(
    "parked_event",
    metadata,
    Column("consumer", Text, ForeignKey("stream.consumer"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("place", BigInteger, Identity(always=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("subject", Uuid),
    Column("touched", ARRAY(Uuid), nullable=False),
    Column("waits_for", Uuid),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", TIMESTAMP(timezone=True), nullable=False),
)

dropped_event = Table(
    "dropped_event",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False),
    Column("dropped_at", TIMESTAMP(timezone=True), nullable=False),
    Column("dropped_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

orphan_event = Table(
    "orphan_event",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("applied_at", TIMESTAMP(timezone=True), nullable=False),
    Column("resolved_at", TIMESTAMP(timezone=True), nullable=False),
    Column("resolved_by", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", TIMESTAMP(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Uuid),
    Column("outcome", Text, nullable=False),
    Column("request_id", Text),
    Column("correlation_id", Uuid, nullable=False),
    Column("detail", JSONB(none_as_null=True)),
    Column("sequence", BigInteger, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_subject", "subject", "id"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("principal", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", Text, nullable=False),
    Column("status", Integer),
    Column("answer", JSONB(none_as_null=True)),
    Column("at", TIMESTAMP(timezone=True), nullable=False),
)
