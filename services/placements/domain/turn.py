"""What time brings to a child's whereabouts: the next day to look at them, and limits that come near or are passed.

Whereabouts asks here at the end of each review. A limit is a rule that is met today and, with no new fact, will not be
met from a known day on (the nights of an allowance are used up, a decision or an approval ends); it is told once when
it comes near, so many days before as the pack says. Not here: which rules there are, how the children whose day has
come are found (handlers.turn).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.placements.domain.alarms import Due
from services.placements.domain.breach import Breach
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Placement
from services.placements.domain.rules import Verdict

LIMITS = {
    "under-three-residential": "limit_warning_stay",
    "decision-in-force": "limit_warning_decision",
    "approval-in-force": "limit_warning_approval",
    "review-in-time": "limit_warning_review",
}
"""Rules whose limits are told before they are reached, and the pack's parameter: how many days before."""
LIMIT_APPROACHING = "LIMIT_APPROACHING"
RELIED_ON = {"alarm_kind": frozenset({LIMIT_APPROACHING})}
Judged = tuple[Placement, Verdict]


@dataclass(frozen=True)
class Limit:
    """A rule will not be met in a placement from the day `on`, unless something is done; it was told under `id`."""

    id: UUID
    placement: UUID
    rule: str
    on: date


@dataclass(frozen=True)
class LimitApproaching:
    """Whoever owns the rule has until `on` to do something; from that day on it is not met."""

    child: UUID
    limit: UUID
    placement: UUID
    rule: str
    on: date
    owner: str
    area: str | None = None

    def alarm(self) -> Due:
        """The day before, it is too late."""
        last = self.on - timedelta(days=1)
        return Due(
            kind=LIMIT_APPROACHING, about=self.limit, role=self.owner, area=self.area, due=last, child=self.child,
            rule=self.rule,
        )  # fmt: skip


@dataclass(frozen=True)
class LimitLifted:
    """What was told as approaching will not come, or not on that day: something was done, or the stay is over."""

    child: UUID
    limit: UUID

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to it any more."""
        return (self.limit,)


@dataclass(frozen=True)
class LimitBreached:
    """Time brought a rule's limit, on the day `on`: the breach says who must see to it now."""

    child: UUID
    placement: UUID
    rule: str
    breach: UUID
    on: date
    limit: UUID | None = None

    def settles(self) -> tuple[UUID, ...]:
        """The warning is over; the breach has an alarm of its own."""
        return (self.limit,) if self.limit else ()


class Watched(Protocol):
    """Whereabouts as time sees them."""

    id: UUID
    next_on: date | None
    limits: tuple[Limit, ...]

    def judged(self, act: Act) -> Sequence[Judged]:
        """What the rules say to the child's placements on the day of the act."""

    def record(self, fact: object) -> None:
        """Tell a fact."""


def look_ahead(
    child: Watched, verdicts: Sequence[Judged], opened: Collection[Breach], act: Act, *, besides: Iterable[date] = ()
) -> None:
    """Set the next day on which a verdict may be another one; tell of limits that come near, are passed or lifted.

    `opened` are the breaches that this review opened: those of a limit are told as breached where the day had come.
    `besides`: further days on which something is to be noticed.
    """
    brought = child.next_on is not None and child.next_on <= act.today
    near: list[Judged] = []
    days = [day for day in besides if day > act.today]
    for judged in verdicts:
        day, is_near = _next(judged, act)
        if is_near:
            near.append(judged)
        if day:
            days.append(day)
    child.next_on = min(days, default=None)
    if near or child.limits:
        _tell_of(child, _limits(child, near, act), act)
    if brought or child.limits:
        _tell_breached(child, opened, act, brought=brought)


def missed(child: Watched, act: Act, hours: Callable[[], Iterable[datetime]]) -> Iterator[Act]:
    """The days before today, and `hours`, at which a verdict may have become another one and nobody looked, in order.

    A day begins before its hours, today's too. Each is to be looked at before the next one is asked for: it decides
    which that is.
    """
    while True:
        day = child.next_on
        hour = min((each for each in hours() if each <= act.moment), default=None)
        on = hour.astimezone(act.law.calendar.zone).date() if hour else act.today - timedelta(days=1)
        if day is not None and day <= on:
            yield replace(act, today=day, at=None)
        elif hour is not None:
            yield replace(act, today=on, at=hour)
        else:
            return


def _next(judged: Judged, act: Act) -> tuple[date | None, bool]:
    """The next day to look at a verdict, and whether its limit is near already."""
    placement, verdict = judged
    until = verdict.until
    if until is None or until <= act.today:
        return None, False
    if not verdict.met or verdict.rule.id not in LIMITS:
        return until, False
    span = act.law.number(LIMITS[verdict.rule.id], placement.area, act.today)
    warned_on = until - timedelta(days=span.amount if span else 0)
    return (until, True) if warned_on <= act.today else (warned_on, False)


def _limits(child: Watched, near: Sequence[Judged], act: Act) -> dict[tuple[UUID, str], tuple[date, Judged]]:
    """Of verdicts that may be others soon, those unmet by then: the same rules, asked as of that day."""
    found = {}
    for day in sorted({verdict.until for _, verdict in near if verdict.until}):
        then = child.judged(replace(act, today=day))
        unmet = {(placement.id, verdict.rule.id) for placement, verdict in then if not verdict.met}
        for placement, verdict in near:
            key = placement.id, verdict.rule.id
            if verdict.until == day and key in unmet:
                found[key] = day, (placement, verdict)
    return found


def _tell_of(child: Watched, coming: dict[tuple[UUID, str], tuple[date, Judged]], act: Act) -> None:
    told = {(each.placement, each.rule): each for each in child.limits}
    kept = {key: limit for key, limit in told.items() if key in coming and coming[key][0] == limit.on}
    passed = {key: limit for key, limit in told.items() if key not in kept and limit.on <= act.today}
    for key, limit in told.items():
        if key not in kept and key not in passed:
            child.record(LimitLifted(child.id, limit.id))
    for key, (day, (placement, verdict)) in coming.items():
        if key not in kept:
            kept[key] = Limit(act.new_id(), *key, on=day)
            child.record(
                LimitApproaching(child.id, kept[key].id, *key, on=day, owner=verdict.rule.owner, area=placement.area)
            )
    child.limits = (*kept.values(), *passed.values())


def _tell_breached(child: Watched, opened: Collection[Breach], act: Act, *, brought: bool) -> None:
    """Those that were told, and those whose day came unannounced; a limit that passed unbroken is lifted."""
    told = {(each.placement, each.rule): each for each in child.limits if each.on <= act.today}
    for breach in opened:
        limit = told.pop((breach.placement, breach.rule), None)
        if limit or (brought and breach.rule in LIMITS):
            child.record(
                LimitBreached(
                    child.id, breach.placement, breach.rule, breach.id, on=act.today, limit=limit.id if limit else None
                )
            )
    for limit in told.values():
        child.record(LimitLifted(child.id, limit.id))
    child.limits = tuple(each for each in child.limits if each.on > act.today)
