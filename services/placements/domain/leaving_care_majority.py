"""Coming of age in care: a placement does not end by itself, it opens a decision (CARE C10).

From that day the person decides about itself. Not here: on which day someone is certainly of age (coming_of_age).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain import leaving_care_facts as facts
from shared.aggregate import Aggregate
from shared.errors import Conflict, Refused


class ComingOfAgeState(StrEnum):
    """Where the decision is that coming of age in care opens."""

    OPEN = "open"
    DECIDED = "decided"
    LEFT = "left"
    RETRACTED = "retracted"


S = ComingOfAgeState
COMING_OF_AGE_TRANSITIONS: dict[ComingOfAgeState, frozenset[ComingOfAgeState]] = {
    S.OPEN: frozenset({S.DECIDED, S.LEFT, S.RETRACTED}),
    S.DECIDED: frozenset({S.DECIDED, S.LEFT, S.RETRACTED}),
    S.LEFT: frozenset({S.RETRACTED}),
    S.RETRACTED: frozenset(),
}
STAY = "STAY"
RELIED_ON = {"majority_outcome": frozenset({STAY})}
NEEDS = {"consented_on": "the person's own consent", "decision": "a decision"}


class StayNotDecided(Refused):
    """Someone of age stays in care by own consent and by decision."""

    code = "stay-not-decided"
    title = "Stay not decided"


@dataclass(eq=False)
class ComingOfAge(Aggregate):
    """That someone came of age in care on a day, and what is decided until `due`. `born` is what was known then."""

    id: UUID
    child: UUID
    placement: UUID
    area: str
    on: date
    due: date
    born: date | None
    state: ComingOfAgeState = S.OPEN
    outcome: str | None = None
    decision: UUID | None = None
    consented_on: date | None = None
    decided_on: date | None = None
    seen: int = 0
    version: int = 0

    @classmethod
    def noticed(
        cls, id_: UUID, child: UUID, placement: UUID, area: str, *, on: date, due: date, born: date | None
    ) -> "ComingOfAge":
        """Someone in care is certainly of age since a day."""
        made = cls(id_, child, placement, area, on, due, born)
        made.record(facts.CameOfAgeInCare(child, id_, placement, on, due, area))
        return made

    def decide(self, outcome: str, on: date, consented_on: date | None, decision: UUID | None) -> None:
        """Say what follows. To stay it needs the person's own consent and a decision. Raises StayNotDecided."""
        missing = [name for name, value in (("consented_on", consented_on), ("decision", decision)) if value is None]
        if outcome == STAY and missing:
            raise StayNotDecided(
                f"To stay in care it needs {' and '.join(NEEDS[each] for each in missing)}.",
                field=missing[0],
                rule="stay-after-majority",
                remedy="Ask the person, with the support it needs; record the decision. Nobody else consents for it.",
            )
        self._enter(S.DECIDED)
        self.outcome, self.decided_on, self.consented_on, self.decision = outcome, on, consented_on, decision
        self.record(facts.AdultCareDecided(self.child, self.id, outcome, on))

    def leave(self, on: date) -> None:
        """The person left care."""
        self._enter(S.LEFT)
        self.record(facts.AdultLeftCare(self.child, self.id, on))

    def retract(self) -> None:
        """The person is not of age after all."""
        self._enter(S.RETRACTED)
        self.record(facts.ComingOfAgeRetracted(self.child, self.id))

    def _enter(self, state: ComingOfAgeState) -> None:
        if state not in COMING_OF_AGE_TRANSITIONS[self.state]:
            raise Conflict(f"A coming of age that is {self.state} cannot become {state}.", field="state")
        self.state = state


class ComingsOfAge(Protocol):
    """Who came of age in care. Whoever locks one has locked the child's whereabouts before."""

    def get(self, id_: UUID) -> ComingOfAge:
        """One, locked. Raises NotFound."""

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""

    def of(self, child: UUID) -> ComingOfAge | None:
        """The one of a child that was not retracted, locked."""

    def add(self, thing: ComingOfAge) -> None:
        """Take in a new one."""

    def candidates(
        self, born_by: date, guarded_born_by: date, after: tuple[date, UUID] | None, limit: int
    ) -> Sequence[tuple[date, UUID]]:
        """Children in care born by a day who are not noticed yet; those under a court's guardian by the other day.

        By last possible day of birth, from `after` on.
        """

    def stirring(self, limit: int) -> Sequence[UUID]:
        """Children with one whose birth was corrected, or who may have left."""
