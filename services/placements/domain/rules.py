"""What a rule is: an id, a source, an owner, a remedy, and one small pure function, facts in, finding out.

A verdict neither refuses nor alarms: whereabouts refuses a permission for it, or opens a breach for a fact. Not here:
the rules themselves (rules_*), their order (rulebook), what they read (situation), impossibilities (possible).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn

from services.placements.domain import precedence
from services.placements.domain.placement import State
from services.placements.domain.situation import Exempting, Situation, When
from shared.errors import Refused

__all__ = ["Finding", "NotMet", "Rule", "Tier", "Verdict", "When", "refuse"]


class Tier(StrEnum):
    """What a rule protects, in the order of CARE C12; a pack's table `precedence` may order its rules otherwise."""

    SAFETY = "safety"
    COURT_ORDER = "court order"
    UNDER_THREE = "under three"
    SIBLINGS = "siblings"
    CLOSE_TO_HOME = "close to home"
    PREFERENCE = "preference"
    SIZE = "size"


class NotMet(Refused):
    """A rule says no; its id is the code."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule found: facts are codes, days, numbers as text; never words, never a name.

    `due`: until when a breach is to be healed; `due_at`: the hour, where the law counts hours. `until`: the first day
    on which the rule may say otherwise although nothing happens. `against`: the rule that cannot be met beside it.
    `deviable`: whether in this case a signed deviation may stand in (None: as the rule says).
    """

    satisfied: bool
    due: date
    facts: Mapping[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    until: date | None = None
    against: str | None = None
    deviable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule by name: where it comes from, which role must see to a breach of it, what satisfies it.

    `judge` answers None where the rule does not apply, or what it needs is not known. `when` and `states`: on what
    occasions, and of which stays, it is asked. `parameters`: the numbers of the pack it uses; where one has no value
    the rule, or that part of it, says nothing. `deviation`: a reasoned and twice signed deviation satisfies it;
    `for_siblings`: only where brothers or sisters really live there, which the finding says (`deviable`);
    `look_again`: the number of the pack that says after what time at most such a deviation is looked at again.
    """

    id: str
    title: str
    source: str
    owner: str
    satisfied_by: str
    judge: Callable[[Situation], Finding | None]
    when: frozenset[When]
    tier: Tier
    states: frozenset[State] = frozenset({State.PLANNED, State.ACTIVE})
    parameters: tuple[str, ...] = ()
    deviation: bool = False
    for_siblings: bool = False
    look_again: str | None = None
    refusal: type[Refused] = NotMet
    field: str | None = None

    def verdict(self, now: Situation) -> "Verdict | None":
        """What the rule says to the facts, with the exemption that stands in for it."""
        found = self.judge(now)
        if found is None:
            return None
        if found.satisfied:
            return Verdict(self, found)
        yields = precedence.yielding(self.id, found.against, now) if found.against else None
        return Verdict(self, found, now.exemption(self.id), yields)


@dataclass(frozen=True)
class Verdict:
    """What a rule says to a stay. `exemption`: what is signed in its place."""

    rule: Rule
    found: Finding
    exemption: Exempting | None = None
    yields: str | None = None
    """Of two rules that cannot both be met, the one that yields by the pack's order."""

    @property
    def satisfied(self) -> bool:
        """Whether the rule itself is met."""
        return self.found.satisfied

    @property
    def met(self) -> bool:
        """Whether the rule is met, or an exemption stands in."""
        return self.found.satisfied or self.exemption is not None

    @property
    def facts(self) -> Mapping[str, str]:
        """The facts it used, and with what it collides."""
        more = {"conflicts_with": self.found.against, "yields": self.yields}
        return {**self.found.facts, **{name: value for name, value in more.items() if value}}

    @property
    def due(self) -> date:
        """Until when a breach is to be healed."""
        return self.found.due

    @property
    def due_at(self) -> datetime | None:
        """The hour until which, where the law counts hours."""
        return self.found.due_at

    @property
    def until(self) -> date | None:
        """The first day on which it may be otherwise although nothing happens."""
        ends = self.exemption.until if self.exemption else None
        return min((day for day in (self.found.until, ends) if day), default=None)

    @property
    def deviable(self) -> bool:
        """Whether a signed deviation may stand in here."""
        return self.rule.deviation if self.found.deviable is None else self.found.deviable

    @property
    def satisfied_by(self) -> str:
        """What would satisfy the rule."""
        return self.rule.satisfied_by

    def error(self) -> Refused:
        """The rule's own error, with the remedy, and with the facts apart: who reads them wants words, not codes."""
        error = self.rule.refusal(
            f"{self.rule.title}.", field=self.rule.field, rule=self.rule.id, remedy=self.satisfied_by
        )
        error.facts = dict(self.facts)
        if type(error) is NotMet:
            error.code, error.title = self.rule.id, self.rule.title
        return error

    def refuse(self) -> NoReturn:
        """Raise the rule's own error."""
        raise self.error()


def refuse(unmet: Iterable[Verdict]) -> None:
    """Raise the error of the first verdict, with the others as what else is wrong; nothing where there are none."""
    errors = [each.error() for each in unmet]
    if errors:
        errors[0].also = tuple(errors[1:])
        raise errors[0]
