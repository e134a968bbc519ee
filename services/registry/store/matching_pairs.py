"""Pairs of records that may be of one child, wherever the two are; and the locks of those who register at one moment.

Not here: how a pair is found (matching, matching_runs), what is shown of it (views/matching).
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, func, select, text
from sqlalchemy.orm import Session

from services.registry.domain import Status
from services.registry.domain import matching as domain
from services.registry.domain.matching_keys import Kind
from services.registry.domain.matching_weights import Judgement
from services.registry.store import children, matching, matching_family
from shared import protection, queries, row_security
from shared.errors import NotFound

LOCKS = 15
"""The class of the advisory locks: no other lock of two numbers is taken in this database."""
TELLING = frozenset({Kind.NAMES, Kind.NAME_AND_DAY})
"""Who registers the same child shares a term of these kinds; those of name and year are shared by whole villages."""

_HOLD = text(
    "select pg_advisory_xact_lock(:locks, term) from (select unnest(:terms) as term order by 1) asked"
).bindparams(bindparam("terms", type_=ARRAY(Integer)))
_CARRIED = text(
    "select (select array_agg(array[asked.term, found.carriers]) from unnest(:terms) asked (term) cross join lateral"
    " (select count(*)::integer as carriers from (select from match_term where term = asked.term limit :crowded) met)"
    " found) as carried, (select greatest(last_value, 1) from child_number) as size"
).bindparams(bindparam("terms", type_=ARRAY(Integer)))


class Pairs(matching.Pairs):
    """The pairs that ever came up."""

    def __init__(self, session: Session, matches: matching.Matches, languages: Sequence[str]) -> None:
        super().__init__(session)
        self._matches, self._languages = matches, languages

    def add(self, pair: domain.Pair) -> None:
        """Take in a new one, wherever its two records are: written at once, those that it refers to before it."""
        self._session.flush()
        with row_security.seeing_all(self._session):
            super().add(pair)
            self._session.flush()

    def hold(self, terms: Collection[int]) -> None:
        """Wait for whoever is registering a child that may be this one; the others wait until the commit."""
        telling = [term for term in terms if term >> matching.BITS in TELLING]
        if telling or terms:
            self._session.execute(_HOLD, {"locks": LOCKS, "terms": telling or list(terms)})

    def known_to(self, account: str, children_: Collection[UUID]) -> set[UUID]:
        """Those records, wherever they are, that an account may know of: neither hidden nor of its own kin."""
        if not children_:
            return set()
        child = children.child.c
        kin = select(func.kin_children(account).column_valued("kin"))
        query = select(child.id).where(
            child.id.in_(children_), child.status.in_([Status.ACTIVE, Status.DECEASED]), child.id.not_in(kin)
        )
        with row_security.seeing_all(self._session):
            return set(self._session.scalars(query))

    def judged(self, one: UUID, other: UUID) -> Judgement:
        """What two records say beside each other today."""
        return judged(self._session, self._matches, self._languages, one, other)


def judged(session: Session, matches: matching.Matches, languages: Sequence[str], one: UUID, other: UUID) -> Judgement:
    """What two records and their families say beside each other today, wherever they are. Raises NotFound.

    `languages` (ISO 639-1) are the deployment's.
    """
    table = children.child
    families = matching_family.families(session, [one, other], languages)
    with row_security.seeing_all(session):
        rows = queries.rows(session, select(table).where(table.c.id.in_([one, other])))
        like = {
            row["id"]: families[row["id"]].beside(matches.likeness(children.read_identity(row["identity"])))
            for row in protection.opened(session, table, rows, subject="id")
        }
        if not {one, other} <= like.keys():
            raise NotFound("No such record.", field="child")
        named = [term for term in matches.terms(like[one]) if term >> matching.BITS == Kind.NAMES]
        found = session.execute(_CARRIED, {"terms": named, "crowded": matching.CROWDED}).one()
    counts = matches.counts(like[one], dict(found.carried or ()))
    return matches.judge(like[one], like[other], found.size, counts)


class Collections(matching.Collections):
    """What the unit of work offers of them."""

    @cached_property
    def match_pairs(self) -> Pairs:
        """The pairs that ever came up."""
        return Pairs(self.session, self.matches, self._codes.languages)
