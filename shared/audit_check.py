"""Finding where the audit log's chain is broken: rows streamed in order, each hash computed anew.

That there is a break, and the first number where, is certain. Its kind is judged from what the other rows still show:
who rewrites many rows can make one kind look like another. Who rewrites every row from some place on, and the head,
leaves a sound chain: that is found by an anchor that was taken before and kept elsewhere. Not here: anchors' files.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, text

from shared import audit_chain
from shared.technical_tables import audit_head

AT_ONCE = 2000
LOOKED_BACK = 16

_ROWS = text(
    f"SELECT sequence, hash, {audit_chain.STORED} FROM audit "  # noqa: S608 (names of columns)
    "WHERE sequence >= :first OR sequence IS NULL ORDER BY audit.sequence, audit.id"
)


class Kind(StrEnum):
    """What was done to the rows."""

    CHANGED = "row changed"
    MISSING = "row missing"
    INSERTED = "row inserted"
    MOVED = "order changed"
    CUT = "tail cut off"
    REWRITTEN = "rewritten"


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold. REWRITTEN: somewhere up to there, as an anchor shows."""

    sequence: int
    kind: Kind


@dataclass(frozen=True)
class Head:
    """Where a chain ends: the last row's number (0: no row yet) and hash."""

    sequence: int
    hash: bytes


@dataclass(frozen=True)
class Verdict:
    """How many rows hold, from the first on, and what is wrong with the one that follows."""

    rows: int
    broken: Break | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it is stored, with the digest of what stands in it."""

    sequence: int | None
    hash: bytes
    digest: bytes

    def fits(self, before: bytes, sequence: int) -> bool:
        """Whether its hash is the one of that number behind that hash."""
        return audit_chain.link(before, sequence, self.digest) == self.hash


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the rows and the head of one moment, whoever writes meanwhile, and writes nothing."""
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def head(connection: Connection) -> Head | None:
    """Where the chain ends, by the one row that says so; None where that row is gone."""
    row = connection.execute(select(audit_head.c.sequence, audit_head.c.hash)).one_or_none()
    return None if row is None else Head(row.sequence, bytes(row.hash))


def verify(connection: Connection, anchors: Mapping[int, bytes] | None = None) -> Verdict:
    """The verdict over the whole log, in flat memory; `anchors` are hashes that rows had, by their number."""
    anchors, end = anchors or {}, head(connection)
    sequence, before, earlier = 0, audit_chain.BEGINNING, None
    for row in _rows(connection, 1):
        if row.sequence != sequence + 1 or not row.fits(before, sequence + 1):
            return Verdict(sequence, _judge(connection, sequence + 1, row, before, earlier))
        sequence, before, earlier = sequence + 1, row.hash, before
        if anchors.get(sequence, before) != before:
            return Verdict(sequence, Break(sequence, Kind.REWRITTEN))
    return Verdict(sequence, _ending(sequence, before, end, max(anchors, default=0)))


def _ending(sequence: int, last: bytes, end: Head | None, anchored: int) -> Break | None:
    """What is wrong behind the last row, whose own hash holds."""
    if end is None or end.sequence > sequence or anchored > sequence:
        return Break(sequence + 1, Kind.CUT)
    if end.sequence < sequence:
        return Break(end.sequence + 1, Kind.INSERTED)
    return None if end.hash == last else Break(sequence, Kind.CHANGED)


def _judge(connection: Connection, place: int, row: _Row, before: bytes, earlier: bytes | None) -> Break:
    """What is wrong at `place`, where `row` stands though it does not follow `before`."""
    if row.sequence is None or row.sequence < place:
        return Break(place, Kind.INSERTED)  # beside the chain, or its number is there twice
    if row.sequence > place:
        return Break(place, Kind.CHANGED if row.fits(before, place) else Kind.MISSING)
    if earlier is not None and row.fits(earlier, place - 1):
        return Break(place - 1, Kind.INSERTED)  # what stood there before was given the next number
    kind = _displaced(connection, place, row, before) or _lost(connection, place, row) or Kind.CHANGED
    return Break(place, kind)


def _displaced(connection: Connection, place: int, row: _Row, before: bytes) -> Kind | None:
    """INSERTED or MOVED where the row that belongs at `place` stands further on; None where it is not found."""
    previous = row
    rows = _rows(connection, place + 1)
    for found in rows:
        belonging = audit_chain.link(before, place, found.digest)
        if belonging == row.hash:
            return Kind.MOVED  # what the rows say was exchanged, not their numbers
        if belonging == found.hash and found.sequence is not None:
            if row.fits(found.hash, place + 1) or row.fits(previous.hash, found.sequence):
                return Kind.MOVED
            return Kind.INSERTED if _all_shifted(rows, found, found.sequence - place) else Kind.MOVED
        previous = found
    return None


def _all_shifted(rows: Iterator[_Row], previous: _Row, by: int) -> bool:
    """Whether all that follows is sound but for its numbers: as many rows were put before it."""
    for row in rows:
        if row.sequence is None or not row.fits(previous.hash, row.sequence - by):
            return False
        previous = row
    return True


def _lost(connection: Connection, place: int, row: _Row) -> Kind | None:
    """MISSING where rows before this one were taken out and the others numbered anew; else None."""
    follower = next(_rows(connection, place + 1), None)
    if follower is not None:
        lost = range(1, LOOKED_BACK + 1)
        return Kind.MISSING if any(follower.fits(row.hash, place + 1 + count) for count in lost) else None
    end = head(connection)
    return Kind.MISSING if end is not None and end.hash == row.hash and end.sequence > place else None


def _rows(connection: Connection, first: int) -> Iterator[_Row]:
    """The rows from number `first` on, in order, those without a number last."""
    found = connection.execute(_ROWS, {"first": first}, execution_options={"yield_per": AT_ONCE})
    for row in found.mappings():
        yield _Row(row["sequence"], bytes(row["hash"] or b""), audit_chain.stored_digest(row))
