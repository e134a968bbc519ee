"""The technical tables' second version: epochs with their parents, what is parked, waited for, attempted, applied.

Never edited once released. The constraints make half-states unrepresentable: no stop without its reason, no parked
event without what it is and whom it blocks, no epoch whose parent has no end.
"""

from shared.technical_tables.executes import Executes
from shared.technical_tables.v2_functions import FUNCTIONS

_V2 = (
    """
    CREATE TABLE event_epoch (
        epoch uuid PRIMARY KEY,
        ordinal integer NOT NULL UNIQUE CHECK (ordinal > 0),
        begun_at timestamptz NOT NULL DEFAULT now(),
        reason text NOT NULL CHECK (reason IN ('created', 'cluster', 'restored')),
        parent_epoch uuid REFERENCES event_epoch,
        parent_sequence bigint CHECK (parent_sequence > 0),
        parent_id uuid,
        CHECK ((parent_epoch IS NULL) = (parent_sequence IS NULL) AND (parent_epoch IS NULL) = (parent_id IS NULL))
    )
    """,
    "INSERT INTO event_epoch (epoch, ordinal, reason) SELECT epoch, 1, 'created' FROM event_head",
    """
    ALTER TABLE event_head
        DROP COLUMN parent_epoch, DROP COLUMN parent_sequence, DROP COLUMN parent_id,
        ADD FOREIGN KEY (epoch) REFERENCES event_epoch
    """,
    """
    ALTER TABLE watermark
        ADD COLUMN state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'stopped')),
        ADD COLUMN reason text,
        ADD COLUMN stopped_at timestamptz,
        ADD CHECK ((state = 'stopped') = (reason IS NOT NULL) AND (state = 'stopped') = (stopped_at IS NOT NULL))
    """,
    """
    CREATE TABLE applied_run (
        consumer text NOT NULL,
        source text NOT NULL,
        epoch uuid NOT NULL,
        first bigint NOT NULL CHECK (first > 0),
        last bigint NOT NULL,
        place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        ids uuid[] NOT NULL,
        types text[] NOT NULL,
        subjects uuid[] NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, source, epoch, first),
        CHECK (cardinality(ids) = last - first + 1),
        CHECK (cardinality(types) = cardinality(ids) AND cardinality(subjects) = cardinality(ids))
    )
    """,
    "CREATE INDEX applied_run_at ON applied_run (applied_at)",
    """
    CREATE TABLE stream_attempt (
        consumer text NOT NULL REFERENCES stream,
        source text NOT NULL,
        sequence bigint NOT NULL,
        attempts integer NOT NULL CHECK (attempts > 0),
        singly boolean NOT NULL,
        PRIMARY KEY (consumer, source)
    )
    """,
    """
    CREATE TABLE parked_event (
        consumer text NOT NULL REFERENCES stream,
        source text NOT NULL,
        epoch uuid NOT NULL,
        sequence bigint NOT NULL,
        last bigint NOT NULL CHECK (last >= sequence),
        place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL CHECK (kind IN ('failed', 'blocked', 'waiting', 'undecodable')),
        reason text NOT NULL,
        event_id uuid,
        type text,
        subject uuid,
        touched uuid[] NOT NULL,
        waits_for uuid,
        body bytea NOT NULL,
        attempts integer NOT NULL CHECK (attempts >= 0),
        parked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, source, epoch, sequence),
        CHECK ((kind = 'undecodable') = (event_id IS NULL) AND (event_id IS NULL) = (type IS NULL)
               AND (event_id IS NULL) = (subject IS NULL)),
        CHECK (kind = 'undecodable' OR (last = sequence AND cardinality(touched) > 0)),
        CHECK ((kind = 'waiting') = (waits_for IS NOT NULL))
    )
    """,
    """
    CREATE TABLE dropped_event (
        consumer text NOT NULL,
        source text NOT NULL,
        epoch uuid NOT NULL,
        sequence bigint NOT NULL,
        event_id uuid NOT NULL,
        dropped_at timestamptz NOT NULL DEFAULT now(),
        dropped_by text NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (consumer, source, epoch, sequence)
    )
    """,
    """
    CREATE TABLE orphan_event (
        consumer text NOT NULL,
        source text NOT NULL,
        epoch uuid NOT NULL,
        sequence bigint NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        subject uuid NOT NULL,
        applied_at timestamptz NOT NULL,
        resolved_at timestamptz NOT NULL DEFAULT now(),
        resolved_by text NOT NULL,
        PRIMARY KEY (consumer, source, epoch, sequence)
    )
    """,
)


def create_v2(op: Executes) -> None:
    """Bring the technical tables from their first version to the second."""
    for statement in (*_V2, *FUNCTIONS):
        op.execute(statement)
