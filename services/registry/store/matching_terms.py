"""Blind terms as they are kept: the numbers of a record, the version they were made in, and which records are behind.

Belongs here: how a term becomes a number, writing and removing them. Not here: what a term is (domain.matching_keys),
what is done with the records that terms lead to (matching).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import log2
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.domain import Status
from services.registry.domain import matching_keys as keys
from services.registry.store.children import child
from services.registry.store.matching_tables import match_term, match_version
from shared import protection, row_security
from shared.countries import Pack

PURPOSE = "match-term"
READING = 2
"""Raised with every change of what terms a record has (domain.matching_names, matching_keys): an index run follows.

2: words of one field that may hold a whole name are pairs too."""
OF_A_KIND, SHARING = 3, 6
"""A record has about so many terms of a kind; about so many records are to share a term by chance (docs/privacy.md)."""
BITS = 28
"""Of a term's number: its kind stands above so many bits, and of these its version says how many are used."""
FEWEST_BITS = 8
FOUND = (Status.ACTIVE, Status.DECEASED, Status.MERGED)
"""States in which a record is found by its names; one that is sealed, erased or withdrawn has no terms."""
_WRITE = text(
    "insert into match_term (child, term, version) select given.child::uuid, term, :version"
    " from unnest(:children, :terms) given (child, terms) cross join lateral unnest(given.terms::integer[]) term"
).bindparams(bindparam("children", type_=ARRAY(Text)), bindparam("terms", type_=ARRAY(Text)))
"""A row of text for each record: several times quicker than a row for each term, by COPY too."""


@dataclass(frozen=True, slots=True)
class Version:
    """How terms were made: with which index key, which reading of names, and how many bits kept of each digest."""

    key: int
    reading: int
    bits: int

    @classmethod
    def numbered(cls, number: int) -> "Version":
        """What `number` was made of."""
        return cls(number >> 10, number >> 5 & 31, number & 31)

    @property
    def number(self) -> int:
        """As it stands beside each term."""
        return self.key << 10 | self.reading << 5 | self.bits


def bits_for(expected: int) -> int:
    """So many bits that about SHARING records share a term by chance, where so many children are expected."""
    return min(max(round(log2(max(expected, 1) * OF_A_KIND / SHARING)), FEWEST_BITS), BITS)


def blinding(ring: protection.Keyring, version: Version, purpose: str = PURPOSE) -> Callable[[keys.Kind, str], int]:
    """What makes the number of a term: its kind, then the first bits of a keyed digest."""
    kinds = {kind: ring.blinding(f"{purpose}-{kind.value}", version.key) for kind in keys.Kind}
    cut, first = 32 - version.bits, int.from_bytes
    return lambda kind, term: kind << BITS | first(kinds[kind](term)[:4], "big") >> cut


class Terms:
    """The terms of the deployment's records."""

    def __init__(self, session: Session, pack: Pack) -> None:
        self._session, self._pack = session, pack
        self._kept: dict[UUID, list[int]] = {}

    @cached_property
    def current(self) -> Version:
        """How terms are made now."""
        expected = self._pack.parameter("expected_children", date.max).whole()
        return Version(protection.keyring(self._session).index_version, READING, bits_for(expected))

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """How the terms that are there were made, as far as their keys are known."""
        found = [Version.numbered(each) for each in self._session.scalars(select(match_version.c.version))]
        known = protection.keyring(self._session).index_versions
        return tuple(each for each in found if each.key in known)

    @cached_property
    def _blind(self) -> Callable[[keys.Kind, str], int]:
        return blinding(protection.keyring(self._session), self.current)

    def of(self, likeness: keys.Likeness) -> list[int]:
        """The terms of a likeness, made as they are now."""
        return sorted({self._blind(kind, term) for kind, term in keys.terms(likeness)})

    @cached_property
    def blinders(self) -> list[Callable[[keys.Kind, str], int]]:
        """What makes a term's number in each version that is there."""
        ring = protection.keyring(self._session)
        return [blinding(ring, version) for version in self.versions]

    def keep(self, child_id: UUID, likeness: keys.Likeness) -> None:
        """Keep the terms of a record; written with the commit."""
        self._kept[child_id] = self.of(likeness)

    def remove(self, ids: Iterable[UUID]) -> None:
        """These records have no terms any more."""
        gone = set(ids)
        self._kept = {child_id: terms for child_id, terms in self._kept.items() if child_id not in gone}
        with row_security.seeing_all(self._session):
            self._session.execute(delete(match_term).where(match_term.c.child.in_(gone)))

    def write(self) -> dict[UUID, list[int]]:
        """Write the terms kept since; returns them by child."""
        kept, self._kept = {child_id: terms for child_id, terms in self._kept.items() if terms}, {}
        if not kept:
            return kept
        with row_security.seeing_all(self._session):
            if self.current not in self.versions:
                fresh = insert(match_version).values(version=self.current.number)
                self._session.execute(fresh.on_conflict_do_nothing())
                self.__dict__.pop("versions"), self.__dict__.pop("blinders", None)
            given = {
                "children": [str(child_id) for child_id in kept],
                "terms": [f"{{{','.join(map(str, terms))}}}" for terms in kept.values()],
                "version": self.current.number,
            }
            self._session.execute(_WRITE, given)
        return kept

    def behind(self, after: UUID | None, limit: int) -> list[UUID]:
        """Records, by id, that have no term as terms are made now, or none at all."""
        term = match_term.c
        made = exists().where(term.child == child.c.id, term.version == self.current.number)
        query = select(child.c.id).where(child.c.status.in_(FOUND), ~made).order_by(child.c.id).limit(limit)
        with row_security.seeing_all(self._session):
            return list(self._session.scalars(query if after is None else query.where(child.c.id > after)))

    def forget_old(self) -> None:
        """Ask no more under versions that no term is left of: one look through all terms."""
        left = exists().where(match_term.c.version == match_version.c.version)
        with row_security.seeing_all(self._session):
            self._session.execute(delete(match_version).where(~left))
