"""A rule that is not met in fact: which, whose to heal, until when. Opened and healed by whereabouts, never edited."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class BreachOpened:
    """A rule is not met in a child's whereabouts."""

    child: UUID
    breach: UUID
    placement: UUID
    rule: str
    owner: str
    due: date


@dataclass(frozen=True)
class BreachHealed:
    """The rule is met, or no longer applies."""

    child: UUID
    breach: UUID


@dataclass(eq=False)
class Breach:
    """A rule not met. `facts` are those that the verdict used when it was opened: codes, dates and numbers as text.

    What would heal it is the remedy of the rule (rules.RULES); `owner` is the role that must see to it.
    """

    id: UUID
    child: UUID
    placement: UUID
    rule: str
    facts: dict[str, str]
    owner: str
    due: date
    opened_on: date
    healed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.healed_on is None
