"""A breach of personal data: noted when it is known, told to the authority within the pack's hours (CARE C15).

Not here: an account that reads unusually many children (guarding), which may turn out to be one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid


class BreachState(StrEnum):
    """Whether the authority was told."""

    OPEN = "open"
    TOLD = "told"
    NOT_NEEDED = "not-needed"


BREACH_TRANSITIONS: dict[BreachState, frozenset[BreachState]] = {
    BreachState.OPEN: frozenset({BreachState.TOLD, BreachState.NOT_NEEDED}),
    BreachState.TOLD: frozenset(),
    BreachState.NOT_NEEDED: frozenset({BreachState.TOLD}),
}


class BreachDecided(Conflict):
    """The authority was told already."""

    code = "breach-decided"
    title = "Breach is decided"


@dataclass(frozen=True)
class Rule:
    """Whom the law says to tell, and within how many hours of knowing."""

    authority: str
    hours: int


@dataclass(eq=False)
class BreachNotice(Aggregate):
    """One breach: what kind, how many children at most, known since when, due when, and what was done."""

    id: UUID
    kind: str
    children: int
    known_at: datetime
    due_at: datetime
    authority: str
    noted_by: str
    noted_at: datetime
    text: str
    decision: str | None = None
    status: BreachState = BreachState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    @classmethod
    def note(
        cls, id_: UUID, kind: str, children: int, known_at: datetime, text: str, *, rule: Rule, by: str, at: datetime
    ) -> "BreachNotice":
        """Write down a breach; the hours run from when it was known. Raises Invalid."""
        if known_at > at:
            raise Invalid("A breach is not known before now.", field="known_at", rule="not-in-the-future")
        due = known_at + timedelta(hours=rule.hours)
        return cls(id_, kind, children, known_at, due, rule.authority, by, at, text)

    def decide(self, status: BreachState, decision: str, *, by: str, at: datetime) -> None:
        """The authority was told, or need not be, for a reason. Raises BreachDecided, Invalid."""
        if status not in BREACH_TRANSITIONS[self.status]:
            raise BreachDecided(f"This breach is {self.status} already.", field="status", rule="breach-open")
        if not decision.strip():
            raise Invalid("A decision needs its words.", field="decision", rule="reason-given")
        self.status, self.decision, self.decided_by, self.decided_at = status, decision, by, at
        self.version += 1


class Breaches(Protocol):
    """The register of breaches."""

    def get(self, id_: UUID) -> BreachNotice:
        """The notice, locked. Raises NotFound."""

    def add(self, notice: BreachNotice) -> None:
        """Take in a new one, under a key of its own."""
