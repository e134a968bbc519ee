"""The technical tables' third version: audit rows are numbered without gaps, chained by hashes, and never changed.

Never edited once released. Rows from before are chained in the order of their ids, which is that of their making.
"""

from typing import Any

from sqlalchemy import Connection, text

from shared import audit_chain
from shared.technical_tables.executes import Migrates

_BATCH = 5000

_COLUMNS = (
    """
    ALTER TABLE audit
        ADD COLUMN sequence bigint UNIQUE CHECK (sequence > 0),
        ADD COLUMN hash bytea CHECK (octet_length(hash) = 32)
    """,
    """
    CREATE TABLE audit_head (
        one smallint PRIMARY KEY CHECK (one = 1),
        sequence bigint NOT NULL CHECK (sequence >= 0),
        hash bytea NOT NULL CHECK (octet_length(hash) = 32)
    )
    """,
)

_CLOSED = (
    "ALTER TABLE audit ALTER COLUMN sequence SET NOT NULL, ALTER COLUMN hash SET NOT NULL",
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER one_head BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

_UNCHAINED = text(
    f"SELECT {audit_chain.STORED} FROM audit WHERE CAST(:after AS uuid) IS NULL OR audit.id > :after "  # noqa: S608 (columns)
    "ORDER BY audit.id LIMIT :limit"
)
_CHAIN = text(
    """
    UPDATE audit SET sequence = given.sequence, hash = decode(given.hash, 'hex')
    FROM unnest(CAST(:ids AS uuid[]), CAST(:sequences AS bigint[]), CAST(:hashes AS text[]))
         AS given (id, sequence, hash)
    WHERE audit.id = given.id
    """
)
_HEAD = text("INSERT INTO audit_head (one, sequence, hash) VALUES (1, :sequence, :hash)")


def create_v3(op: Migrates) -> None:
    """Bring the technical tables from their second version to the third."""
    for statement in _COLUMNS:
        op.execute(statement)
    sequence, hash_ = _chain_all(op.get_bind())
    op.get_bind().execute(_HEAD, {"sequence": sequence, "hash": hash_})
    for statement in _CLOSED:
        op.execute(statement)


def _chain_all(connection: Connection) -> tuple[int, bytes]:
    """Chain the rows that there are, in batches; the last one's sequence and hash."""
    sequence, before, after = 0, audit_chain.BEGINNING, None
    while rows := connection.execute(_UNCHAINED, {"after": after, "limit": _BATCH}).mappings().all():
        given: dict[str, list[Any]] = {"ids": [], "sequences": [], "hashes": []}
        for row in rows:
            sequence += 1
            before = audit_chain.link(before, sequence, audit_chain.stored_digest(row))
            given["ids"].append(row["id"])
            given["sequences"].append(sequence)
            given["hashes"].append(before.hex())
        connection.execute(_CHAIN, given)
        after = rows[-1]["id"]
    return sequence, before
