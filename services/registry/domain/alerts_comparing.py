"""Found children beside missing ones: pairs that agree in simple facts, which a worker decides (CARE C8).

Nothing is decided here: a pair is proposed once, kept with its decision, and not asked again. Not here: what their
names say (alerts_names), the search for two records of one child (matching).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.alerts_content import Description
from services.registry.domain.matching_names import Reading
from shared.aggregate import Aggregate
from shared.errors import Conflict


class PairDecision(StrEnum):
    """What a worker says of a found child and a missing one."""

    PROPOSED = "proposed"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


PAIR_TRANSITIONS: dict[PairDecision, frozenset[PairDecision]] = {
    PairDecision.PROPOSED: frozenset({PairDecision.SAME, PairDecision.DIFFERENT, PairDecision.UNSURE}),
    PairDecision.UNSURE: frozenset({PairDecision.SAME, PairDecision.DIFFERENT}),
    PairDecision.SAME: frozenset(),
    PairDecision.DIFFERENT: frozenset(),
}
UNKNOWN_SEX = "U"
SEX, AGE, AREA = "sex", "age", "area"
RELIED_ON: Mapping[str, frozenset[str]] = {"sex": frozenset({UNKNOWN_SEX})}


@dataclass(frozen=True)
class FoundChild:
    """A foundling: the facts that are compared. `found_on`: by then it was found, or registered."""

    id: UUID
    sex: str
    born_from: date | None
    born_to: date | None
    region: str
    found_on: date
    names: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class MissingChild:
    """An open alert: the facts that are compared."""

    alert: UUID
    child: UUID | None
    region: str
    description: Description
    names: tuple[Reading, ...] = ()


@dataclass(eq=False)
class Pair(Aggregate):
    """A found child that may be a missing one, the facts in which they agree, and what a worker decided.

    `reasons`: what in their names speaks for it (codes of match_reason), `score` how much, in bits.
    """

    id: UUID
    alert: UUID
    child: UUID
    agrees_in: tuple[str, ...]
    proposed_at: datetime
    decision: PairDecision = PairDecision.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    version: int = 1

    def decide(self, decision: PairDecision, *, by: str, at: datetime) -> None:
        """A worker decides. Raises Conflict where it was decided for good."""
        if decision not in PAIR_TRANSITIONS[self.decision]:
            raise Conflict(f"The pair is decided: {self.decision}.", field="decision", rule="decided-once")
        self.decision, self.decided_by, self.decided_at = decision, by, at
        self.version += 1


def agreement(missing: MissingChild, found: FoundChild, *, window_days: int) -> tuple[str, ...] | None:
    """The facts in which the two agree for certain; None where they cannot be one child.

    What is not known of either contradicts nothing. A child found before the other went missing, or more than
    `window_days` later, is another.
    """
    if missing.child == found.id:
        return None
    sought = missing.description
    days = (found.found_on - sought.missing_since.date()).days
    if not 0 <= days <= window_days:
        return None
    agrees = []
    if {sought.sex, found.sex}.isdisjoint({None, UNKNOWN_SEX}):
        if sought.sex != found.sex:
            return None
        agrees.append(SEX)
    if sought.born_from and sought.born_to and found.born_from and found.born_to:
        if sought.born_to < found.born_from or found.born_to < sought.born_from:
            return None
        agrees.append(AGE)
    if missing.region == found.region:
        agrees.append(AREA)
    return tuple(agrees)


class Pairs(Protocol):
    """The pairs that were ever proposed."""

    def get(self, id_: UUID) -> Pair:
        """The pair, locked for change. Raises NotFound."""

    def add(self, pair: Pair) -> None:
        """Take in a new one."""

    def known(self) -> set[tuple[UUID, UUID]]:
        """(alert, child) of every pair proposed for an open alert."""

    def missing(self) -> list[MissingChild]:
        """The open alerts, as they are compared."""

    def found(self, since: date) -> list[FoundChild]:
        """The foundlings known since a day, as they are compared."""
