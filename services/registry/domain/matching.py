"""Two records that may be of one child: proposed with their reasons, decided by a person, kept and not asked again.

Belongs here: the pair and what becomes of it. Not here: how it is found and judged (matching_keys, matching_comparing,
matching_weights), making two records one (joining).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.alerts_comparing import PAIR_TRANSITIONS, PairDecision
from services.registry.domain.children import Child
from services.registry.domain.children_identity import Identity
from services.registry.domain.matching_comparing import LEVELS
from services.registry.domain.matching_keys import Likeness
from services.registry.domain.matching_weights import Judgement, Likelihood, Weights
from shared.aggregate import Aggregate
from shared.errors import Conflict
from shared.ids import new_id

__all__ = [
    "AT_REGISTRATION",
    "PAIR_TRANSITIONS",
    "RELIED_ON",
    "Candidate",
    "Compared",
    "Matches",
    "Origin",
    "Pair",
    "PairDecision",
    "Pairs",
    "SameChild",
    "compare_new",
    "pair_of",
]

REMARKS = frozenset({"other-script", "common-names"})
RELIED_ON: Mapping[str, frozenset[str]] = {
    "match_reason": frozenset({f"{fact}-{level}" for fact, levels in LEVELS.items() for level in levels} | REMARKS)
}
"""The codes of the country pack in which reasons are given."""
AT_REGISTRATION = frozenset({PairDecision.DIFFERENT, PairDecision.UNSURE})
"""What may be said of a likely record by who registers a child: of the same child there is a record already."""


class Origin(StrEnum):
    """How a pair came up: a person registered one of them, the register was looked through, or two were merged."""

    REGISTRATION = "registration"
    RUN = "run"
    MERGE = "merge"


@dataclass(frozen=True)
class Candidate:
    """A record that may be of the child asked about. `under`: the record merged into it that it was found under."""

    child: UUID
    judgement: Judgement
    under: UUID | None = None


@dataclass(frozen=True)
class Compared:
    """What who registers a child says of a record that is there: not of this child, or not sure; and why in words."""

    child: UUID
    decision: PairDecision
    because: str


class SameChild(Conflict):
    """Likely there is a record of this child already; who registers has to look, and to say."""

    code = "same-child"
    title = "Likely registered already"

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Name the likely records that nothing was said of."""
        super().__init__(
            "Likely there is a record of this child already. Look at it before you register.",
            field="compared",
            rule="same-child-decided",
            remedy="If it is the same child, go on with that record. If not, or if you cannot tell, say so of each"
            " candidate in `compared`, with the reason.",
        )
        self.candidates = tuple(candidates)


@dataclass(eq=False)
class Pair(Aggregate):
    """Two records that may be of one child, in the order of their ids; what a person decided, and why in words."""

    id: UUID
    child: UUID
    other: UUID
    score: float
    likelihood: Likelihood
    reasons: tuple[str, ...]
    weights: int
    origin: Origin
    found_at: datetime
    decision: PairDecision = PairDecision.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str = ""
    version: int = 1

    @classmethod
    def of(
        cls, id_: UUID, one: UUID, other: UUID, judgement: Judgement, weights: int, origin: Origin, at: datetime
    ) -> "Pair":
        """A new one, undecided."""
        first, second = sorted((one, other))
        return cls(
            id_, first, second, judgement.score, judgement.likelihood, judgement.reasons, weights, origin, at
        )  # fmt: skip

    def decide(self, decision: PairDecision, *, by: str, at: datetime, because: str = "") -> None:
        """A person decides. Raises Conflict where it was decided for good."""
        if decision not in PAIR_TRANSITIONS[self.decision]:
            raise Conflict(
                f"This pair was decided already: {self.decision}.",
                field="decision",
                rule="decided-once",
                remedy="Merging the two records, or undoing their merge, decides it anew.",
            )
        self._settle(decision, by, at, because)

    def join(self, *, by: str, at: datetime, because: str) -> None:
        """The two were made one: a decision, whatever was decided before."""
        self._settle(PairDecision.SAME, by, at, because)

    def part(self, *, by: str, at: datetime, because: str) -> None:
        """That they were made one was undone: they are two children, whatever was decided before."""
        self._settle(PairDecision.DIFFERENT, by, at, because)

    def _settle(self, decision: PairDecision, by: str, at: datetime, because: str) -> None:
        self.decision, self.decided_by, self.decided_at, self.because = decision, by, at, because
        self.version += 1


class Pairs(Protocol):
    """The pairs that ever came up."""

    def get(self, id_: UUID) -> Pair:
        """The pair, locked for change. Raises NotFound."""

    def add(self, pair: Pair) -> None:
        """Take in a new one, wherever its two records are."""

    def hold(self, terms: Collection[int]) -> None:
        """Wait for whoever is registering a child that may be this one; the others wait until the commit."""

    def known_to(self, account: str, children: Collection[UUID]) -> set[UUID]:
        """Those records, wherever they are, that an account may know of: neither hidden nor of its own kin."""

    def judged(self, one: UUID, other: UUID) -> Judgement:
        """What two records say beside each other today."""

    def between(self, child: UUID, others: Sequence[UUID]) -> Mapping[UUID, Pair]:
        """The pairs of a child with these others, by the other's id, locked."""


class Matches(Protocol):
    """The search for records of one child."""

    @property
    def weights(self) -> Weights:
        """The weights in force."""

    def likeness(self, identity: Identity) -> Likeness:
        """What of an identity is compared."""

    def terms(self, likeness: Likeness) -> list[int]:
        """What it is found by, as it is kept."""

    def index(self, child: Child, *, anew: bool = False) -> None:
        """Keep what a record is found by, in place of what it had where it is stated `anew`."""

    def remove(self, child: UUID) -> None:
        """A record is found no more."""

    def like(self, likeness: Likeness, but: frozenset[UUID] = frozenset()) -> list[Candidate]:
        """The candidates, the likeliest first, wherever in the deployment they are; those in `but` left out."""


def compare_new(
    matches: Matches, pairs: Pairs, child: Child, said: Sequence[Compared], *, by: str, at: datetime
) -> list[Pair]:
    """Look for records of a child that is being registered; returns the pairs decided by who registers it.

    Two who register one child at the same moment do it one after the other, so that the second sees the first. What is
    said of records that are no candidates is let go: nobody is to learn so whether they are there. Raises SameChild.
    """
    likeness = matches.likeness(child.identity)
    pairs.hold(matches.terms(likeness))
    candidates = matches.like(likeness)
    words = {each.child: each for each in said}
    _require_decided(pairs, by, [each for each in candidates if each.child not in words])
    decided = []
    for found in (each for each in candidates if each.child in words):
        pair = Pair.of(
            new_id(), child.id, found.child, found.judgement, matches.weights.number, Origin.REGISTRATION, at
        )  # fmt: skip
        pair.decide(words[found.child].decision, by=by, at=at, because=words[found.child].because)
        decided.append(pair)
    return decided


def pair_of(matches: Matches, pairs: Pairs, one: UUID, other: UUID, at: datetime) -> Pair:
    """The pair of two records that are being merged, or parted again: made where nobody was asked about it before."""
    pair = pairs.between(one, [other]).get(other)
    if pair is None:
        pair = Pair.of(new_id(), one, other, pairs.judged(one, other), matches.weights.number, Origin.MERGE, at)
        pairs.add(pair)
    return pair


def _require_decided(pairs: Pairs, account: str, open_: Sequence[Candidate]) -> None:
    """Raise SameChild where something likely is left that may be told; the possible ones are for the review."""
    likely = [each for each in open_ if each.judgement.likelihood is Likelihood.LIKELY]
    known = pairs.known_to(account, [each.child for each in likely])
    left = [each for each in likely if each.child in known]
    if left:
        raise SameChild(left)
