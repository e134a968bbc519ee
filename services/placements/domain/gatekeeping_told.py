"""What happens to a gatekeeping case, as it is told: ids, codes, days; never a word. Not here: the case itself."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain.alarms import Due

OVERDUE, LAPSED_CASE = "GATEKEEPING_OVERDUE", "GATEKEEPING_LAPSED"
OWNER = "gatekeeper"
RELIED_ON = {"alarm_kind": frozenset({OVERDUE, LAPSED_CASE})}


@dataclass(frozen=True)
class _OfCase:
    child: UUID
    case: UUID


@dataclass(frozen=True)
class GatekeepingRequested(_OfCase):
    """A decision on a child is asked for."""

    kind: str
    area: str
    reasons: tuple[str, ...]
    on: date


@dataclass(frozen=True)
class GatekeepingReasoned(_OfCase):
    """The reasons were said anew."""

    reasons: tuple[str, ...]
    on: date


@dataclass(frozen=True)
class GatekeepingChildHeard(_OfCase):
    """The child was heard, or not, for a reason."""

    heard: bool
    support: str | None
    not_heard_reason: str | None
    on: date


class _Settled(_OfCase):
    def settles(self) -> tuple[UUID, ...]:
        """A step was done: nobody need remind of it."""
        return (self.case,)


@dataclass(frozen=True)
class GatekeepingAdvanced(_Settled):
    """The case came to a step of which nothing else is told."""

    status: str


@dataclass(frozen=True)
class GatekeepingAssessed(_Settled):
    """The child was assessed; whether care was found necessary."""

    on: date
    necessary: bool


@dataclass(frozen=True)
class GatekeepingRecommended(_Settled):
    """The panel recommended an outcome."""

    outcome: str
    on: date


@dataclass(frozen=True)
class GatekeepingDecided(_Settled):
    """The case was decided. `as_recommended` None: nobody had recommended anything."""

    decision: UUID
    outcome: str
    as_recommended: bool | None
    until: date | None


@dataclass(frozen=True)
class GatekeepingAppealed(_OfCase):
    """Somebody appeals against the decision; `suspends`: it waits for the appeal's end."""

    decision: UUID
    suspends: bool


@dataclass(frozen=True)
class GatekeepingCompleted(_Settled):
    """What was decided was done."""

    on: date


@dataclass(frozen=True)
class GatekeepingUnanswered(_Settled):
    """The body did not decide until the end of a day, which by law means that the request `effect`: lapses, refused."""

    effect: str
    on: date


@dataclass(frozen=True)
class GatekeepingLapsed(_OfCase):
    """It was not carried out, or not decided, in time: somebody takes the case up again until `due_at`."""

    area: str
    on: date
    due_at: datetime

    def alarm(self) -> Due | None:
        """The case is on the list again."""
        return Due(kind=LAPSED_CASE, about=self.case, role=OWNER, area=self.area, due=self.due_at, child=self.child)


@dataclass(frozen=True)
class GatekeepingWithdrawn(_Settled):
    """The request was given up, or fell away."""

    reason: str
    on: date


@dataclass(frozen=True)
class GatekeepingJoined(_Settled):
    """The case is heard together with that of a brother or sister."""

    into: UUID


@dataclass(frozen=True)
class GatekeepingStepOverdue(_OfCase):
    """The step after `status` was due on a day and was not done."""

    area: str
    status: str
    due: date
    due_at: datetime

    def alarm(self) -> Due | None:
        """Somebody does it now."""
        return Due(kind=OVERDUE, about=self.case, role=OWNER, area=self.area, due=self.due_at, child=self.child)
