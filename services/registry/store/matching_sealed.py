"""Sealed records and the search for the same child: their terms under another key, what was asked compared with them.

A sealed record has no term among those that a search asks. They stand in seal_term, keyed once more: with the tables
alone neither what was asked nor the terms of another record can be laid beside them. Not here: the search (matching).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, delete, exists, insert, or_, select, text
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from services.registry.domain import sealing
from services.registry.domain.matching_keys import Kind
from services.registry.domain.matching_sealed import may_be
from services.registry.store.children import child, read_identity
from services.registry.store.mapping import metadata
from services.registry.store.matching import Matches
from services.registry.store.matching_tables import match_asked, match_due, match_pair, match_term, seal_term
from services.registry.store.matching_terms import BITS, Terms
from shared import copying, protection, queries
from shared.countries import Pack
from shared.ids import new_id
from shared.unit_of_work import Context

PURPOSE = "sealed-match-term"
KEYED_BITS = 26
"""More than a term has: two that differ stay two."""
RENEWED = 50
NOTHING = 0
"""Stands for a record that has no terms."""
MANY = 20
"""From so many rows on they are written by COPY."""
_COLUMNS = ("id", "at", "by", "child", "terms")

_SHARED = text(
    "select asked.place, seal.id as seal, array_agg(distinct asked.term) as terms"
    " from unnest(:places, :terms) asked (place, term) join seal_term held on held.term = asked.term"
    " join seal on seal.id = held.seal and seal.decided_at <= (cast(:times as timestamptz[]))[asked.place]"
    " group by asked.place, seal.id"
).bindparams(bindparam("places", type_=ARRAY(Integer)), bindparam("terms", type_=ARRAY(Integer)))


def keyed(ring: protection.Keyring, term: int) -> int:
    """A term as it stands for a sealed record: its kind, then some bits of a digest of all of it."""
    digest = int.from_bytes(ring.blind(PURPOSE, str(term))[:4], "big")
    return (term >> BITS) << KEYED_BITS | digest >> (32 - KEYED_BITS)


def hide(session: Session, seal: UUID, children: Sequence[UUID]) -> None:
    """Take sealed children out of the search: terms go to the seal, what waited to be compared or decided goes.

    The caller sees all rows. Pairs that were decided stay: where one of the two is sealed nobody sees them.
    """
    gone = delete(match_term).where(match_term.c.child.in_(children))
    rows = session.execute(gone.returning(match_term.c.term, match_term.c.version)).all()
    for version in {row.version for row in rows}:
        keep(session, seal, [row.term for row in rows if row.version == version], version)
    session.execute(delete(match_due).where(match_due.c.child.in_(children)))
    session.execute(delete(match_asked).where(match_asked.c.child.in_(children)))
    named = or_(match_pair.c.child.in_(children), match_pair.c.other.in_(children))
    session.execute(delete(match_pair).where(named, match_pair.c.decision == "proposed"))


def keep(session: Session, seal: UUID, terms: Iterable[int], version: int) -> None:
    """Let a sealed record be met under these terms, made in this version (matching_terms)."""
    ring = protection.keyring(session)
    rows = [{"seal": seal, "term": keyed(ring, term), "version": version} for term in set(terms)]
    if rows:
        session.execute(insert_once(seal_term).on_conflict_do_nothing(), rows)


class Asked:
    """What was asked for and not yet compared with sealed records. Written with the commit."""

    def __init__(self, session: Session, context: Context, pack: Pack) -> None:
        self._session, self._context, self._pack = session, context, pack
        self._rows: list[dict[str, Any]] = []

    def leave(self, terms: Iterable[int], child: UUID | None = None) -> None:
        """Leave what was asked for, also where there is nothing to ask by: one row, whatever is found."""
        at, by = self._context.at, self._context.actor
        self._rows.append({"id": new_id(), "at": at, "by": by, "child": child, "terms": frozenset(terms)})

    def write(self) -> None:
        """Write what was left."""
        rows, self._rows = self._rows, []
        if len(rows) < MANY:
            for row in rows:
                self._session.execute(insert(match_asked), row | {"terms": sorted(row["terms"])})
        else:
            lines = (tuple(row[name] for name in _COLUMNS) for row in rows)
            copying.copy(self._session.connection(), match_asked, _COLUMNS, lines)

    def meet(self, at: datetime, limit: int) -> int:
        """Compare what was left, the oldest first, with sealed records; make tasks; drop it. How many it was."""
        oldest = select(match_asked.c.id).order_by(match_asked.c.id).limit(limit).with_for_update(skip_locked=True)
        gone = delete(match_asked).where(match_asked.c.id.in_(oldest)).returning(match_asked)
        rows = sorted((dict(row) for row in self._session.execute(gone).mappings()), key=lambda row: row["id"])
        if rows:
            self._renew()
        met = [(rows[place - 1], seal, shared) for place, seal, shared in self._met(rows)]
        if met:
            self._tell(met, at)
        return len(rows)

    def _renew(self) -> None:
        """Sealed records whose terms were made otherwise than they are made now get new ones, some at a time."""
        version, seal = Terms(self._session, self._pack).current.number, metadata.tables["seal"]
        made = exists().where(seal_term.c.seal == seal.c.id, seal_term.c.version == version)
        sealed = select(seal.c.id, seal.c.child).where(seal.c.status == sealing.SealState.SEALED, ~made)
        matches = Matches(self._session, self._pack)
        for row in self._session.execute(sealed.order_by(seal.c.id).limit(RENEWED)).all():
            records = select(child).where(or_(child.c.id == row.child, child.c.merged_into == row.child))
            opened = protection.opened(self._session, child, queries.rows(self._session, records), subject="id")
            terms = [
                term for each in opened for term in matches.terms(matches.likeness(read_identity(each["identity"])))
            ]
            self._session.execute(delete(seal_term).where(seal_term.c.seal == row.id))
            keep(self._session, row.id, terms or [NOTHING], version)

    def _met(self, rows: Sequence[dict[str, Any]]) -> list[tuple[int, UUID, int]]:
        """Which rows (from 1) may mean which sealed record, and how many terms they share with it."""
        if not rows or self._session.scalar(select(seal_term.c.seal).limit(1)) is None:
            return []
        keys = {term: keyed(self._ring, term) for row in rows for term in row["terms"]}
        asked = [(place, keys[term]) for place, row in enumerate(rows, 1) for term in row["terms"]]
        given = {
            "places": [place for place, _ in asked],
            "terms": [term for _, term in asked],
            "times": [row["at"] for row in rows],
        }
        found = self._session.execute(_SHARED, given)
        kinds = [(row, [Kind(term >> KEYED_BITS) for term in row.terms]) for row in found]
        return [(row.place, row.seal, len(shared)) for row, shared in kinds if may_be(shared)]

    def _tell(self, met: Iterable[tuple[dict[str, Any], UUID, int]], at: datetime) -> None:
        """One open task for who asks again and again for the same."""
        undone = metadata.tables["seal_task"].c.done_by.is_(None)
        waiting: Iterable[sealing.Task] = self._session.scalars(select(sealing.Task).where(undone))
        known = {(each.seal, each.child, each.asked_by) for each in waiting}
        for row, seal, shared in met:
            what = (seal, row["child"], row["by"])
            if what not in known:
                known.add(what)
                task = sealing.Task(new_id(), row["child"], seal, at, asked_by=row["by"], shared=shared)
                self._ring.make(task.id)
                self._session.add(task)

    @property
    def _ring(self) -> protection.Keyring:
        return protection.keyring(self._session)


class Collections:
    """What the unit of work offers of them."""

    session: Session
    context: Context
    _codes: Pack

    @cached_property
    def match_asked(self) -> Asked:
        """What was asked for and not yet compared with sealed records."""
        return Asked(self.session, self.context, self._codes)
