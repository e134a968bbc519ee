"""What weights are estimated from: decided pairs, and random pairs of the register, opened and compared.

Belongs here: reading them. Not here: what is made of them (domain.matching_learning), the sets (matching_sets).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, func, select, text
from sqlalchemy.orm import Session

from services.registry.domain import Status
from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_figures as figures
from services.registry.domain import matching_learning as domain
from services.registry.domain import matching_weights as weighing
from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.children_age import Birth
from services.registry.domain.matching_comparing import Levels
from services.registry.domain.matching_keys import Kind, Likeness
from services.registry.domain.names import SCRIPTS
from services.registry.store import matching_family, matching_sample
from services.registry.store.matching import CROWDED, Matches
from services.registry.store.matching_sets import WeightSets
from services.registry.store.matching_tables import match_pair
from services.registry.store.matching_terms import BITS
from shared import clock, queries, row_security
from shared.countries import Pack
from shared.unit_of_work import Context

MOST_DECIDED = 5_000
"""So many pairs of each decision are learnt from at most: the newest."""
SAMPLED = 4_000
RANDOM_PAIRS = 20_000
"""So many random pairs are made of so many records."""
NOBODY = Likeness((), "U", Birth(None, None, "year", "estimated"))
_CARRIERS = text(
    "select asked.term, count(*) as carriers from unnest(:terms) asked (term) cross join lateral"
    " (select from match_term where term = asked.term limit :crowded) found group by asked.term"
).bindparams(bindparam("terms", type_=ARRAY(Integer)))


class Decisions:
    """What people decided of pairs, and the register they are of. It sees all; it shows numbers alone."""

    def __init__(self, session: Session, pack: Pack) -> None:
        self._session, self._pack, self._matches = session, pack, Matches(session, pack)

    def counts(self) -> tuple[int, int]:
        """How many pairs are decided same, and different."""
        query = select(match_pair.c.decision, func.count().label("pairs")).group_by(match_pair.c.decision)
        with row_security.seeing_all(self._session):
            found = {row.decision: int(row.pairs) for row in self._session.execute(query)}
        return found.get(PairDecision.SAME, 0), found.get(PairDecision.DIFFERENT, 0)

    def decided(self) -> list[figures.Decided]:
        """The decided pairs, the newest first, up to MOST_DECIDED of each decision.

        Their levels are those that the person saw: records change afterwards, merged ones become alike.
        """
        rows = [row for decision in (PairDecision.SAME, PairDecision.DIFFERENT) for row in self._newest(decision)]
        known = self._likenesses({id_ for row in rows for id_ in (row["child"], row["other"])})
        ones = [known.get(row["child"], NOBODY) for row in rows]
        return [
            figures.Decided(
                levels=figures.levels_of(row["reasons"]),
                same=row["decision"] is PairDecision.SAME,
                scripts=_together(one, known.get(row["other"], NOBODY)),
                other_script=figures.OTHER_SCRIPT in row["reasons"],
                carriers=carriers,
            )
            for row, one, carriers in zip(rows, ones, self._carriers(ones), strict=True)
        ]

    def at_random(self) -> list[Levels]:
        """The levels of random pairs of the register that nobody decided same."""
        weights = self._matches.weights
        alone = self._likenesses(matching_sample.at_random(self._session, SAMPLED))
        families = matching_family.families(self._session, alone.keys(), self._pack.languages)
        known = {id_: families[id_].beside(likeness) for id_, likeness in alone.items()}
        same = self._same()
        return [
            comparing.compare(known[one], known[other], lambda levels: weighing.total(weights, levels))
            for one, other in matching_sample.pairs(list(known), RANDOM_PAIRS)
            if frozenset({one, other}) not in same
        ]

    def children(self) -> int:
        """How many children there are."""
        return matching_sample.size(self._session)

    def _newest(self, decision: PairDecision) -> list[dict[str, Any]]:
        columns = (match_pair.c.child, match_pair.c.other, match_pair.c.reasons, match_pair.c.decision)
        query = select(*columns).where(match_pair.c.decision == decision)
        newest = query.order_by(match_pair.c.decided_at.desc(), match_pair.c.id).limit(MOST_DECIDED)
        with row_security.seeing_all(self._session):
            return queries.rows(self._session, newest)

    def _same(self) -> set[frozenset[UUID]]:
        query = select(match_pair.c.child, match_pair.c.other).where(match_pair.c.decision == PairDecision.SAME)
        with row_security.seeing_all(self._session):
            return {frozenset(row) for row in self._session.execute(query)}

    def _likenesses(self, ids: Iterable[UUID]) -> dict[UUID, Likeness]:
        """What of these records is compared; one that is sealed or erased meanwhile is not among them."""
        found = matching_sample.identities(self._session, ids, (*matching_sample.FOUND, Status.MERGED))
        return {id_: self._matches.likeness(identity) for id_, identity in found.items()}

    def _carriers(self, ones: Sequence[Likeness]) -> list[dict[frozenset[str], int]]:
        """How many records share each two names of each of these, asked at once."""
        names = {term for one in ones for term in self._matches.terms(one) if term >> BITS == Kind.NAMES}
        with row_security.seeing_all(self._session):
            found = self._session.execute(_CARRIERS, {"terms": sorted(names), "crowded": CROWDED})
            carried = {row.term: row.carriers for row in found}
        return [self._matches.counts(one, carried) for one in ones]


def _together(one: Likeness, other: Likeness) -> str:
    """The script that two records share, or the scripts of both; empty where either has no name."""
    ours, theirs = ({reading.script for reading in each.names} & SCRIPTS.keys() for each in (one, other))
    if not ours or not theirs:
        return ""
    return min(ours & theirs) if ours & theirs else "-".join(sorted({min(ours), min(theirs)}))


class Collections:
    """What the unit of work offers of them."""

    session: Session
    context: Context
    _codes: Pack

    @cached_property
    def weight_sets(self) -> WeightSets:
        """The sets of weights of the deployment."""
        return WeightSets(self.session)

    @cached_property
    def match_decisions(self) -> Decisions:
        """What people decided of pairs."""
        return Decisions(self.session, self._codes)

    @property
    def weights_minimum(self) -> domain.Minimum:
        """How many decisions the country pack asks for."""
        return minimum(self._codes, clock.day_in(self._codes.zone, self.context.at))


def minimum(pack: Pack, on: date) -> domain.Minimum:
    """How many decisions of each kind a country pack asks for before weights are estimated."""
    return domain.Minimum(
        same=pack.parameter("matching_labels_same", on).whole(),
        different=pack.parameter("matching_labels_different", on).whole(),
    )
