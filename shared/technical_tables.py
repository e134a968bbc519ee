"""The tables that every service database has, whatever the service: events out, events in, audit, repeated requests.

Belongs here: the tables and how each of their versions comes to be (services' migrations call `create_v1`). Not here:
any table of a service, and the code that reads and writes these.
"""

from typing import Protocol

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

metadata = MetaData()

event_head = Table(
    "event_head",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("system_identifier", Text, nullable=False),
    Column("timeline_id", Integer, nullable=False),
    Column("parent_epoch", Uuid),
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
    Index("audit_subject", "subject", "id"),
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


class Executes(Protocol):
    """The one thing needed of Alembic's `op`."""

    def execute(self, sqltext: str) -> object:
        """Run one SQL statement."""


# The constraints make half-states unrepresentable: nothing published that was never written, no position without its
# epoch and event id, no reason while running, no parent epoch without its end.
_V1 = (
    """
    CREATE TABLE event_head (
        one smallint PRIMARY KEY CHECK (one = 1),
        epoch uuid NOT NULL,
        sequence bigint NOT NULL CHECK (sequence >= 0),
        published bigint NOT NULL CHECK (published BETWEEN 0 AND sequence),
        system_identifier text NOT NULL,
        timeline_id integer NOT NULL,
        parent_epoch uuid,
        parent_sequence bigint,
        parent_id uuid,
        CHECK ((parent_epoch IS NULL) = (parent_sequence IS NULL)),
        CHECK (parent_epoch IS NOT NULL OR parent_id IS NULL)
    )
    """,
    """
    INSERT INTO event_head (one, epoch, sequence, published, system_identifier, timeline_id)
    SELECT 1, gen_random_uuid(), 0, 0, cluster.system_identifier::text, checkpoint.timeline_id
    FROM pg_control_system() AS cluster, pg_control_checkpoint() AS checkpoint
    """,
    """
    CREATE TABLE event_log (
        epoch uuid NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        id uuid NOT NULL UNIQUE,
        type text NOT NULL CHECK (type ~ '^[a-z_]+[.][a-z0-9-]+[.]v[0-9]+$'),
        subject uuid NOT NULL,
        subject_version integer NOT NULL,
        time timestamptz NOT NULL,
        correlation_id uuid NOT NULL,
        causation_id uuid,
        data jsonb CHECK (jsonb_typeof(data) = 'object'),
        PRIMARY KEY (epoch, sequence)
    )
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TABLE stream (
        consumer text PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('running', 'stopped')),
        reason text,
        CHECK ((state = 'stopped') = (reason IS NOT NULL))
    )
    """,
    """
    CREATE TABLE watermark (
        consumer text NOT NULL REFERENCES stream,
        source text NOT NULL,
        epoch uuid,
        sequence bigint NOT NULL CHECK (sequence >= 0),
        event_id uuid,
        head bigint NOT NULL CHECK (head >= 0),
        requested_at timestamptz,
        PRIMARY KEY (consumer, source),
        CHECK ((sequence = 0) = (event_id IS NULL)),
        CHECK (sequence = 0 OR epoch IS NOT NULL)
    )
    """,
    """
    CREATE TABLE audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        roles text[] NOT NULL,
        action text NOT NULL,
        subject uuid,
        outcome text NOT NULL,
        request_id text,
        correlation_id uuid NOT NULL,
        detail jsonb
    )
    """,
    "CREATE INDEX audit_subject ON audit (subject, id)",
    """
    CREATE TABLE idempotency_key (
        principal text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        body_sha256 text NOT NULL,
        status integer,
        answer jsonb,
        at timestamptz NOT NULL,
        PRIMARY KEY (principal, route, key)
    )
    """,
)


def create_v1(op: Executes) -> None:
    """Create the technical tables in an empty service database, with event_head's row; never edited once released."""
    for statement in _V1:
        op.execute(statement)
