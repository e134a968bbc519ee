"""Many pairs of records judged at once, for runs over the register: opened together, with their families beside them.

Not here: what a judgement is (domain.matching_weights), which pairs are judged and which are kept (matching_runs).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import Session

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_keys as keys
from services.registry.domain.families_kinship import Bond, by_descent_alone
from services.registry.domain.matching_family import Family, are_siblings, may_be_recorded_twice
from services.registry.domain.matching_weights import Judgement, Likelihood
from services.registry.store import children as children_store
from services.registry.store import matching, matching_family
from services.registry.store.families import STANDING, relationship, ties
from services.registry.store.matching_terms import FOUND
from shared import protection, queries

LIFTED = (comparing.MOTHER, comparing.KIN)
"""What a family adds at most, in bits: what these are worth."""
WITH_FAMILIES = 100
"""So many pairs have their families looked up together."""
_IDS = bindparam("children", type_=ARRAY(Uuid))
_CARRIED = text(
    "select asked.term, found.carriers from"
    " (select distinct term from match_term where child = any(:children) and term >> :bits = :names) asked"
    " cross join lateral (select count(*) as carriers from"
    " (select from match_term where term = asked.term limit :crowded) held) found"
).bindparams(_IDS)
_CARRIED_BY_COUNT = text(
    "select term, least(carriers, :crowded) as carriers from match_carriers join"
    " (select distinct term from match_term where child = any(:children) and term >> :bits = :names) asked using (term)"
).bindparams(_IDS)
_SIZE = text("select greatest(last_value, 1) from child_number")
_NONE = Family()
Couple = tuple[UUID, UUID]
Judged = tuple[UUID, UUID, Judgement]


@dataclass(frozen=True)
class _Met:
    """Two records beside each other, the children they stand for, and what they say without their families."""

    records: Couple
    children: Couple
    judgement: Judgement


class Judging:
    """The pairs of a chunk, with all that is needed to judge them. The caller sees all rows.

    `counted`: how many share a term was counted before. `languages` (ISO 639-1) are the deployment's. `on`: the day.
    """

    def __init__(
        self,
        session: Session,
        matches: matching.Matches,
        languages: Sequence[str],
        pairs: Sequence[Couple],
        counted: bool,
        on: date,
    ) -> None:
        self._session, self._matches, self._languages, self._on = session, matches, languages, on
        self._records = _opened(session, {id_ for pair in pairs for id_ in pair})
        self._pairs = [pair for pair in pairs if pair[0] in self._records and pair[1] in self._records]
        self._like = {
            id_: matches.likeness(children_store.read_identity(row["identity"])) for id_, row in self._records.items()
        }
        first = {one for one, _ in self._pairs}
        carried = _carried(session, first, counted)
        self._counts = {one: matches.counts(self._like[one], carried) for one in first}
        self._size = session.scalar(_SIZE)

    def judged(self) -> Iterator[Judged]:
        """The pairs that may be one child; of records merged into others, as those. Each once, in the order given."""
        near = list(self._near())
        anew = self._with_families(near)
        seen: set[Couple] = set()
        for each in near:
            final = anew.get(each.records, each.judgement)
            if final is not None and final.likelihood is not Likelihood.UNLIKELY and each.children not in seen:
                seen.add(each.children)
                yield *each.children, final

    def _near(self) -> Iterator[_Met]:
        """The pairs that may be one child if their families say so too."""
        weights = self._matches.weights
        least = weights.possible - sum(max(weights.worth.get(fact, {}).values(), default=0.0) for fact in LIFTED)
        for one, other in self._pairs:
            children = _standing(self._records[one], self._records[other])
            if children is not None:
                judgement = self._judge(one, other, _NONE, _NONE)
                if judgement.score >= least:
                    yield _Met((one, other), children, judgement)

    def _with_families(self, near: Sequence[_Met]) -> dict[Couple, Judgement | None]:
        """What those say of whom a family is on record; None for brothers and sisters who are two."""
        family = _with_family(self._session, {id_ for each in near for id_ in each.children})
        told = [each for each in near if family.intersection(each.children)]
        anew: dict[Couple, Judgement | None] = {}
        for start in range(0, len(told), WITH_FAMILIES):
            some = told[start : start + WITH_FAMILIES]
            ids = {id_ for each in some for id_ in each.children}
            families = matching_family.families(self._session, ids, self._languages)
            for each in some:
                (one, other), (first, second) = each.records, each.children
                ours, theirs = (families[self._records[id_]["merged_into"] or id_] for id_ in each.records)
                judgement = self._judge(one, other, ours, theirs)
                siblings = are_siblings(first, families[first], second, families[second])
                two = siblings and not self._recorded_twice(each.children, judgement)
                anew[each.records] = None if two else judgement
        return anew

    def _recorded_twice(self, siblings: Couple, judgement: Judgement) -> bool:
        """Whether two siblings may be one child: few are asked for their ties, those whom no name tells apart."""
        if not may_be_recorded_twice(judgement.levels):
            return False
        return by_descent_alone(*siblings, ties(self._session, siblings[0]), self._on)

    def _judge(self, one: UUID, other: UUID, ours: Family, theirs: Family) -> Judgement:
        mine, its = self._like[one], self._like[other]
        if ours != _NONE:
            mine = ours.beside(mine)
        if theirs != _NONE:
            its = theirs.beside(its)
        return self._matches.judge(mine, its, self._size, self._counts[one])


def _with_family(session: Session, children: Collection[UUID]) -> set[UUID]:
    """Those of whom a parent, a brother or a sister is on record, under the record of any that gave way to them too."""
    record, tie = children_store.child.c, relationship.c
    parent = exists().where(tie.child == record.id, tie.bond == Bond.PARENT, STANDING)
    query = select(record.id, record.merged_into).where(
        record.id.in_(children) | record.merged_into.in_(children), parent | (func.cardinality(record.siblings) > 0)
    )
    return {id_ for row in session.execute(query) for id_ in row if id_ is not None}


def _carried(session: Session, children: Collection[UUID], counted: bool) -> dict[int, int]:
    """How many records share each two names of these."""
    asked = {
        "children": list(children), "crowded": matching.CROWDED, "bits": matching.BITS, "names": int(keys.Kind.NAMES),
    }  # fmt: skip
    found = session.execute(_CARRIED_BY_COUNT if counted else _CARRIED, asked)
    return {row.term: row.carriers for row in found}


def _opened(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The records that can be found, opened; not those that stand under one which cannot."""
    table, kept = children_store.child, children_store.child.alias()
    query = select(table).outerjoin(kept, kept.c.id == table.c.merged_into)
    query = query.where(table.c.id.in_(ids), table.c.status.in_(FOUND))
    query = query.where(or_(kept.c.id.is_(None), kept.c.status.in_(FOUND)))
    rows = protection.opened_where_whole(session, table, queries.rows(session, query), subject="id")
    return {row["id"]: row for row in rows}


def _standing(one: Mapping[str, Any], other: Mapping[str, Any]) -> Couple | None:
    """The two children that two records stand for, in order; None where they are one already."""
    children: set[UUID] = {record["merged_into"] or record["id"] for record in (one, other)}
    if len(children) == 1:
        return None
    first, second = sorted(children)
    return first, second
