"""The technical tables as they first were. Never edited: databases were made by it."""

from shared.technical_tables.executes import Executes

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
