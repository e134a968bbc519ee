"""A rule that is not met in fact: which, whose to heal, until when. Opened and healed by whereabouts, never edited."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain.alarms import Due

BREACH, CONFLICT = "BREACH", "WHEREABOUTS_CONFLICT"
ONE_PLACE, LEGACY = "whereabouts-conflict", "legacy-decision-due"
RELIED_ON = {"alarm_kind": frozenset({BREACH, CONFLICT})}


@dataclass(frozen=True)
class BreachOpened:
    """A rule is not met in a child's whereabouts. `later`: it came with an import, whose calendar says when to tell."""

    child: UUID
    breach: UUID
    placement: UUID
    rule: str
    owner: str
    due: date
    area: str | None = None
    due_at: datetime | None = None
    later: bool = False

    def alarm(self) -> Due | None:
        """Whoever owns the rule must see to it; what came with an import has a calendar of its own (CARE C1)."""
        if self.rule == LEGACY or self.later:
            return None
        kind = CONFLICT if self.rule == ONE_PLACE else BREACH
        return Due(
            kind=kind, about=self.breach, role=self.owner, area=self.area, due=self.due_at or self.due,
            child=self.child, rule=self.rule,
        )  # fmt: skip


@dataclass(frozen=True)
class BreachHealed:
    """The rule is met, or no longer applies."""

    child: UUID
    breach: UUID

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to it any more."""
        return (self.breach,)


@dataclass(eq=False)
class Breach:
    """A rule not met. `facts` are those that the verdict used when it was opened: codes, dates and numbers as text.

    What would heal it is the remedy of the rule (rulebook.RULES); `owner` is the role that must see to it; `due_at`
    the hour, where the law counts hours.
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
    due_at: datetime | None = None
    alarmed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.healed_on is None
