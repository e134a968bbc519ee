"""What imported stays lack: until when it is to be seen to, so that no day is ten thousand alarms (CARE C1).

Without a plan the due days are spread evenly over the pack's time, by the child and always alike. An area's own plan
says which share of the decisions is to be found until when; it may hurry, never postpone beyond the pack's time. What
else came with an import (no room, no licence, too young) has its day on the same calendar, and is an alarm two weeks
before it. Not here: the rules (rules_*), what a decision is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.placements.domain.alarms import Due
from services.placements.domain.breach import BREACH, LEGACY, Breach
from services.placements.domain.placement import Ground, Placement
from shared.aggregate import Aggregate
from shared.errors import Invalid

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts

OVERDUE, PLAN = "LEGACY_DECISION_OVERDUE", "plan"
RELIED_ON = {"alarm_kind": frozenset({OVERDUE})}
SETTLING_IN, WHOLE = 14, 100
DAY = timedelta(days=1)
AHEAD = timedelta(days=SETTLING_IN)


@dataclass(frozen=True, kw_only=True)
class LegacyOverdue:
    """The decision behind an imported stay was not found or made until its day."""

    child: UUID
    breach: UUID
    placement: UUID
    due: date
    owner: str
    area: str | None

    def alarm(self) -> Due:
        """Whoever owns the rule sees to it now."""
        return Due(
            kind=OVERDUE, about=self.breach, role=self.owner, area=self.area, due=self.due, child=self.child,
            rule=LEGACY,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BreachAnnounced:
    """A rule that was not met when the stay was imported is not met still, and its day comes near."""

    child: UUID
    breach: UUID
    placement: UUID
    rule: str
    due: date
    owner: str
    area: str | None

    def alarm(self) -> Due:
        """Whoever owns the rule has two weeks left."""
        return Due(
            kind=BREACH, about=self.breach, role=self.owner, area=self.area, due=self.due, child=self.child,
            rule=self.rule,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BreachRescheduled:
    """A breach is to be healed until another day than was told, by the plan of its area."""

    child: UUID
    breach: UUID
    due: date

    def settles(self) -> tuple[UUID, ...]:
        """It is overdue no longer, or will be told anew."""
        return (self.breach,)


@dataclass(frozen=True, kw_only=True)
class LegacyPlanSet:
    """An area has a plan of its own for the decisions behind imported stays."""

    plan: UUID
    area: str


@dataclass(frozen=True)
class Step:
    """Until a day, so many percent of all are to be found or made."""

    until: date
    share: int


@dataclass(eq=False)
class LegacyPlan(Aggregate):
    """The plan of one area and what lies in it; of several the nearest holds."""

    id: UUID
    area: str
    steps: tuple[Step, ...]
    set_by: str
    set_on: date
    version: int = 0

    @property
    def tag(self) -> str:
        """What marks a breach whose day follows this plan as it is now."""
        return f"{self.id}:{self.version}"

    def set(self, steps: Sequence[Step], by: str, today: date) -> None:
        """Say what is to be done until when. Raises Invalid unless days and shares rise and the last share is all."""
        days, shares = [each.until for each in steps], [each.share for each in steps]
        if not steps or shares[-1] != WHOLE or any(share < 1 for share in shares):
            raise Invalid("The last step is all of them: 100 percent.", field="steps", rule="plan-is-whole")
        if sorted(set(days)) != days or sorted(set(shares)) != shares or days[0] <= today:
            raise Invalid("Days and shares rise, from a day ahead.", field="steps", rule="plan-rises")
        self.steps, self.set_by, self.set_on = tuple(steps), by, today
        self.record(LegacyPlanSet(plan=self.id, area=self.area))

    def due(self, child: UUID) -> date:
        """The day of one child: spread evenly over the step that it falls into, always alike."""
        place, since, below = child.int % WHOLE, self.set_on, 0
        for each in self.steps:
            if place < each.share:
                days = (each.until - since).days
                return since + timedelta(days=max(1, days * (place - below + 1) // (each.share - below)))
            since, below = each.until, each.share
        return self.steps[-1].until


def due_by_default(child: UUID, recorded_on: date, days: int) -> date:
    """The day of one child in the pack's time: spread evenly, but for the first two weeks."""
    return recorded_on + timedelta(days=days - child.int % max(1, days - SETTLING_IN))


def came_with(stay: Placement, on: date) -> bool:
    """Whether what is found of a stay on a day came with its import: that is so in the first two weeks."""
    return stay.ground is Ground.IMPORTED and on < stay.recorded_on + AHEAD


def on_calendar(stay: Placement, breach: Breach) -> bool:
    """Whether a breach came with an import and is an alarm only later: two weeks before its day."""
    ahead = breach.due_at is None and breach.due - AHEAD > breach.opened_on
    return ahead and breach.rule != LEGACY and came_with(stay, breach.opened_on)


def follow(child: "Whereabouts", breach_id: UUID, plan: LegacyPlan, act: "Act") -> None:
    """The day of an open breach is that of the plan, never later than the pack's time."""
    breach = next(each for each in child.breaches if each.id == breach_id)
    stay = child.placement(breach.placement)
    longest = act.law.law(stay.area, stay.from_, act.today).legacy_decision_due
    due = min(plan.due(child.id), stay.recorded_on + timedelta(days=longest))
    breach.facts = breach.facts | {PLAN: plan.tag}
    if due != breach.due:
        breach.due, breach.alarmed_on = due, None
        child.record(BreachRescheduled(child=child.id, breach=breach.id, due=due))
        child.review(act)


def notice(child: "Whereabouts", act: "Act") -> None:
    """What was not decided until its day, and what else comes near its day, is told: once."""
    for breach in child.breaches:
        _tell(child, breach, act)


def opened(child: "Whereabouts", breach: Breach, act: "Act") -> None:
    """A decision that turns out to be wanting when its day is over is told at once."""
    _tell(child, breach, act)


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The days on which what is not healed by then is told."""
    yield from (day for each in child.breaches if (day := _told_on(child, each)) is not None)


def _tell(child: "Whereabouts", breach: Breach, act: "Act") -> None:
    day = _told_on(child, breach)
    if day is None or act.today < day:
        return
    about: dict[str, Any] = {"child": child.id, "breach": breach.id, "placement": breach.placement, "due": breach.due}
    about |= {"owner": breach.owner, "area": child.placement(breach.placement).area}
    if breach.rule == LEGACY:
        breach.alarmed_on = breach.due
        child.record(LegacyOverdue(**about))
    else:
        breach.alarmed_on = act.today
        child.record(BreachAnnounced(rule=breach.rule, **about))


def _told_on(child: "Whereabouts", breach: Breach) -> date | None:
    """The day on which an open breach of an imported stay is to be told; None: it has no such day, or was told."""
    if not breach.is_open or breach.alarmed_on is not None:
        return None
    if breach.rule == LEGACY:
        return breach.due + DAY
    return breach.due - AHEAD if on_calendar(child.placement(breach.placement), breach) else None
