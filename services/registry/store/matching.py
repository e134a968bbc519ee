"""Records of one child found again: blind terms kept and asked for, records found opened and judged; pairs.

Not here: what a term is (domain.matching_keys), what agreement is worth (domain.matching_weights), runs over a whole
register (matching_runs), the tables (matching_tables).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, bindparam, or_, select, text
from sqlalchemy.orm import Session

from services.registry import domain as children_domain
from services.registry.domain import matching as domain
from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_keys as keys
from services.registry.domain import matching_names
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_family import tells_of_family
from services.registry.store import children, matching_family, matching_sets
from services.registry.store.mapping import mapper
from services.registry.store.matching_tables import match_due, match_pair, match_run, match_term, match_weights
from services.registry.store.matching_terms import BITS, FOUND, Terms
from shared import protection, queries, row_security
from shared.countries import Pack
from shared.repository import Repository

__all__ = [
    "BITS",
    "Collections",
    "Matches",
    "Pairs",
    "match_due",
    "match_pair",
    "match_run",
    "match_term",
    "match_weights",
]

CROWDED = 300
"""Of a term that more records share so many are looked at: it tells little."""
OPENED = 40
"""So many records are opened and compared at most: those that share the rarest terms with what is asked."""
SHOWN = 20
FAMILIES = 10
"""Of so many, the best by what they say of themselves, the families are looked at too."""

mapper.map_imperatively(domain.Pair, match_pair, version_id_col=match_pair.c.version, version_id_generator=False)


def _read(each: domain.Pair, kept: dict[str, Any]) -> None:
    each.because = kept["because"]


protection.protect(
    domain.Pair, match_pair, subject=lambda each: each.child, write=lambda each: {"because": each.because}, read=_read
)

_FOUND = text("select * from kinward_match(:terms, :but, :crowded, :opened)").bindparams(
    bindparam("terms", type_=ARRAY(Integer)), bindparam("but", type_=ARRAY(Uuid))
)


class Matches:
    """The search for records of one child, over all of the deployment; on a session that reads, too."""

    def __init__(self, session: Session, pack: Pack) -> None:
        self._session, self._pack = session, pack
        self._terms = Terms(session, pack)
        self._stated: set[UUID] = set()
        self.crowded = 0
        """How many terms of the last search so many records share that not all were looked at."""

    @cached_property
    def weights(self) -> weighing.Weights:
        """The weights in force."""
        return matching_sets.in_force(self._session)

    def likeness(self, identity: children_domain.Identity) -> keys.Likeness:
        """What of an identity is compared."""
        birth = identity.birth
        return keys.Likeness(
            names=matching_names.read(identity.names, self._pack.languages),
            sex=identity.sex,
            birth=birth,
            area=identity.area,
            region=self._region(identity.area),
            birth_region=self._region(birth.area) if birth.area else "",
        )

    def index(self, child: children_domain.Child, *, anew: bool = False) -> None:
        """Keep the terms of a record, in place of those it had where it is stated `anew`; written with the commit."""
        if anew:
            self._terms.remove([child.id])
        if child.status in FOUND:
            self._stated.add(child.id)
            self._terms.keep(child.id, self.likeness(child.identity))

    def remove(self, child: UUID) -> None:
        """A record is found no more."""
        self._terms.remove([child])

    def terms(self, likeness: keys.Likeness) -> list[int]:
        """The terms as they are kept."""
        return self._terms.of(likeness)

    def write(self) -> dict[UUID, list[int]]:
        """Write the terms kept since; returns those of children who were stated, by child."""
        stated, self._stated = self._stated, set()
        return {child: terms for child, terms in self._terms.write().items() if child in stated}

    def stale(self, limit: int, after: UUID | None = None) -> list[UUID]:
        """Records, by id, whose terms are not made as they would be now, or that have none."""
        return self._terms.behind(after, limit)

    def reindex(self, ids: Sequence[UUID]) -> None:
        """Make the terms of these records anew; they are locked meanwhile. Written with the commit."""
        table = children.child
        query = select(table).where(table.c.id.in_(ids), table.c.status.in_(FOUND)).order_by(table.c.id)
        with row_security.seeing_all(self._session):
            rows = queries.rows(self._session, query.with_for_update(key_share=True))
            rows = protection.opened_where_whole(self._session, table, rows, subject="id")
        self._terms.remove(ids)
        for row in rows:
            self._terms.keep(row["id"], self.likeness(children.read_identity(row["identity"])))

    def reindexed(self) -> None:
        """An index run is over: what no term is made with any more is not asked for."""
        self._terms.forget_old()

    def like(self, likeness: keys.Likeness, but: frozenset[UUID] = frozenset()) -> list[domain.Candidate]:
        """The candidates, the likeliest first, wherever in the deployment they are; those in `but` left out.

        Records that are sealed, erased or withdrawn have no terms. One merged into another is shown as that one. Who is
        a sibling of whom is sought is not that child.
        """
        asked, but = self._asked(likeness), but | likeness.siblings
        if not asked:
            return []
        given = {"terms": sorted(asked), "crowded": CROWDED, "opened": OPENED, "but": list(but)}
        (size, carried, *_), *found = self._session.execute(_FOUND, given)
        rows = self._open(found)
        self.crowded = sum(carriers >= CROWDED for _, carriers in carried or ())
        judge = partial(self.judge, likeness, size=size, counts=self.counts(likeness, dict(carried or ())))
        judged: dict[UUID, domain.Candidate] = {}
        for record, stands, judgement in self._best(likeness, rows, judge):
            if judgement.likelihood is weighing.Likelihood.UNLIKELY or stands in but:
                continue
            if stands not in judged or judged[stands].judgement.score < judgement.score:
                judged[stands] = domain.Candidate(stands, judgement, record if record != stands else None)
        return sorted(judged.values(), key=lambda each: -each.judgement.score)[:SHOWN]

    def _best(
        self, asked: keys.Likeness, rows: Iterable[Mapping[str, Any]], judge: Callable[..., weighing.Judgement]
    ) -> Iterator[tuple[UUID, UUID, weighing.Judgement]]:
        """Records, each with the child it stands for and what it says; the best with their families beside them."""
        met, related = [], set()
        for row in rows:
            other = self.likeness(children.read_identity(row["identity"]))
            stands = row["merged_into"] or row["id"]
            met.append((row["id"], stands, other, judge(other)))
            if row["family"]:
                related.add(stands)
        met.sort(key=lambda each: -each[3].score)
        best = {stands for _, stands, _, _ in met[:FAMILIES]} & related if tells_of_family(asked) else set()
        found = matching_family.families(self._session, best, self._pack.languages) if best else {}
        for record, stands, other, judgement in met:
            family = found.get(stands)
            yield record, stands, judgement if not family else judge(family.beside(other))

    def judge(
        self, one: keys.Likeness, other: keys.Likeness, size: int, counts: Mapping[frozenset[str], int]
    ) -> weighing.Judgement:
        """What two records say beside each other."""
        weights = self.weights
        levels = comparing.compare(one, other, lambda levels: weighing.total(weights, levels))
        script = comparing.scripts(one, other)
        return weighing.judge(weights, levels, children=size, carriers=counts, other_script=script)

    def counts(self, likeness: keys.Likeness, carried: Mapping[int, int]) -> dict[frozenset[str], int]:
        """How many records share each two names, by the parts that the names are of: the rarest of each two parts.

        `carried`: how many share a term.
        """
        blinders = self._terms.blinders
        counts: dict[frozenset[str], int] = {}
        for reading in likeness.names:
            for both, names in keys.pairs(reading):
                carriers = max(sum(carried.get(blind(keys.Kind.NAMES, names), 0) for blind in blinders), 1)
                counts[both] = min(counts.get(both, carriers), carriers)
        return counts

    def _asked(self, likeness: keys.Likeness) -> set[int]:
        """The terms of a likeness in every version that there are terms of."""
        terms = keys.terms(likeness)
        return {blind(kind, term) for blind in self._terms.blinders for kind, term in terms} if terms else set()

    def _open(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        ring = protection.keyring(self._session)
        for row in found:
            ring.met(row.id, row.key_version, row.kek, row.wrapped)
        rows = [
            {"id": row.id, "merged_into": row.merged_into, "sealed": row.sealed, "family": row.family} for row in found
        ]
        return protection.opened_where_whole(self._session, children.child, rows, subject="id")

    def _region(self, area: str) -> str:
        """The area right below the country that an area lies in."""
        line = self._pack.areas.ancestors(area)
        return line[-2] if len(line) > 1 else area


class Pairs(Repository[domain.Pair]):
    """The pairs that ever came up."""

    kind = domain.Pair

    def between(self, child: UUID, others: Sequence[UUID]) -> dict[UUID, domain.Pair]:
        """The pairs of a child with these others, by the other's id, locked."""
        query = select(domain.Pair).where(
            or_(
                (match_pair.c.child == child) & match_pair.c.other.in_(others),
                (match_pair.c.other == child) & match_pair.c.child.in_(others),
            )
        )
        with row_security.seeing_all(self._session):
            found = self._session.scalars(query.with_for_update())
            return {each.other if each.child == child else each.child: each for each in found}


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Pack

    @cached_property
    def matches(self) -> Matches:
        """The search for records of one child."""
        return Matches(self.session, self._codes)

    @cached_property
    def match_pairs(self) -> Pairs:
        """The pairs that ever came up."""
        return Pairs(self.session)
