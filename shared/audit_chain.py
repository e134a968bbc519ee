"""The chain that binds audit rows: the bytes that stand for a row, and the hash that each passes on to the next.

Pure, and never changed once released: rows were chained by it. A row's hash is SHA-256 over the hash of the row before
(32 bytes, zeros before the first), its sequence (8 bytes, big-endian) and the SHA-256 of its canonical bytes. These are
a JSON list in ASCII without blanks, object keys sorted: the form's number, then the columns in the order of COLUMNS;
ids as text, the instant as microseconds since 1970 in UTC.

Not here: where rows are written (audit), checked (audit_check) and told elsewhere (the command line).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

FORM = 1
BEGINNING = bytes(32)
COLUMNS = (
    "id", "at", "actor", "roles", "action", "subject", "outcome", "request_id", "correlation_id", "detail",
)  # fmt: skip
STORED = """
    id::text AS id, CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint END AS at, actor, roles,
    action, subject::text AS subject, outcome, request_id, correlation_id::text AS correlation_id,
    detail::text AS detail
"""
"""What is to be selected of a stored row for `stored_digest`. An instant that no row can have been given is null."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = "\0"


def canonical(values: Sequence[object]) -> bytes:
    """The bytes of a row: `values` in the order of COLUMNS, numbers within `detail` as `_read` has them.

    No two rows share them: JSON tells text, null, lists and objects apart, and keys are text.
    """
    return json.dumps([FORM, *values], sort_keys=True, separators=(",", ":")).encode("ascii")


def digest(values: Mapping[Any, Any]) -> bytes:
    """SHA-256 of a row that is to be written, `at` an aware instant.

    Raises TypeError for a number in `detail` that is not whole: it would not be stored as it was given.
    """
    row = {name: values[name] for name in COLUMNS}
    for name in ("id", "subject", "correlation_id"):
        row[name] = None if row[name] is None else str(row[name])
    row["at"] = (row["at"] - _EPOCH) // timedelta(microseconds=1)
    row["roles"] = list(row["roles"])
    row["detail"] = _read(json.dumps(row["detail"]), _refuse)
    return hashlib.sha256(canonical(list(row.values()))).digest()


def stored_digest(values: Mapping[Any, Any]) -> bytes:
    """SHA-256 of a row as STORED selects it, whatever stands in it."""
    row = {name: values[name] for name in COLUMNS}
    if row["detail"] is not None:
        row["detail"] = stored_detail(row["detail"])
    return hashlib.sha256(canonical(list(row.values()))).digest()


def link(before: bytes, sequence: int, digest: bytes) -> bytes:
    """The hash of the row with that sequence and digest, behind the row whose hash is `before`."""
    return hashlib.sha256(before + sequence.to_bytes(8, "big", signed=True) + digest).digest()


def stored_detail(text: str) -> object:
    """What PostgreSQL's text of a JSON value says; text that is nested too deep to be read stands for itself."""
    try:
        return _read(text, _as_written)
    except RecursionError:
        return _NUMBER + text


def _read(text: str, fraction: Any) -> object:
    """A JSON value whose numbers are kept as they are written, marked by a letter that no stored text can hold."""
    return json.loads(text, parse_int=_as_written, parse_float=fraction, parse_constant=fraction)


def _as_written(number: str) -> str:
    return _NUMBER + number


def _refuse(number: str) -> str:
    raise TypeError(f"an audit row's numbers are whole: {number}")
