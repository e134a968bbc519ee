"""Alarms: what somebody must see to, with one owner, one due time and one escalation (CARE C12).

An alarm begins with a fact and ends with one: a fact that begins one has `alarm()`, a fact that ends one `settles()`.
Whoever records facts need not know who is on the rota. Acknowledged is not settled: it stays on the list until what it
is about is seen to; nothing is deleted. Not here: who owns it now (rota), which facts there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Due:
    """What an alarm is about. `about` is the thing (breach, decision, review, ...) that ends it; `kind` a code.

    A `due` that is a day means the end of that day in the pack's time zone. `role` is who owns it, in `area`. `rule`:
    the id of the rule of care that it is about, where it is about one.
    """

    kind: str
    about: UUID
    role: str
    area: str | None
    due: date | datetime
    child: UUID | None = None
    rule: str | None = None


@runtime_checkable
class Alarming(Protocol):
    """A fact that somebody must see to."""

    def alarm(self) -> Due | None:
        """What to see to, whose, until when; None: nothing."""


@runtime_checkable
class Settling(Protocol):
    """A fact after which nobody need see to something any more."""

    def settles(self) -> tuple[UUID, ...]:
        """What alarms were about."""


class AlarmStatus(StrEnum):
    """Whether somebody has said that they see to it, and whether it is seen to."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"


TRANSITIONS: dict[AlarmStatus, frozenset[AlarmStatus]] = {
    # Escalated: the next level on the rota owns it, and it is raised anew.
    AlarmStatus.RAISED: frozenset({AlarmStatus.RAISED, AlarmStatus.ACKNOWLEDGED, AlarmStatus.SETTLED}),
    AlarmStatus.ACKNOWLEDGED: frozenset({AlarmStatus.RAISED, AlarmStatus.SETTLED}),
    AlarmStatus.SETTLED: frozenset(),
}


@dataclass(frozen=True)
class AlarmRaised:
    """Somebody must see to something until the end of the day `due`; the owner is an account, which is not told.

    `rule`: the rule of care that it is about, where it is about one.
    """

    alarm: UUID
    kind: str
    about: UUID
    area: str | None
    role: str
    due: date
    rule: str | None = None


@dataclass(frozen=True)
class AlarmEscalated:
    """Nobody saw to it in time: the next level owns it."""

    alarm: UUID
    level: int


@dataclass(frozen=True)
class AlarmAcknowledged:
    """Its owner, or someone else within reach, has taken note and sees to it."""

    alarm: UUID


@dataclass(frozen=True)
class AlarmSettled:
    """What it was about is seen to, or no longer so."""

    alarm: UUID


@dataclass(frozen=True)
class Patience:
    """How long an alarm of a kind waits before the next level owns it.

    `unseen`: from raising, while nobody has acknowledged it (None: until it is due). `late`: from one level to the next
    after that.
    """

    unseen: timedelta | None
    late: timedelta


@dataclass(eq=False)
class Alarm(Aggregate):
    """One thing to see to. `owner` None: nobody is on the rota for it, which the list shows first."""

    id: UUID
    kind: str
    about: UUID
    child: UUID | None
    area: str | None
    role: str
    owner: str | None
    level: int
    due: datetime
    raised_at: datetime
    escalate_at: datetime | None
    status: AlarmStatus = AlarmStatus.RAISED
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    settled_at: datetime | None = None
    rule: str | None = None
    version: int = 0

    @classmethod
    def of(cls, id_: UUID, due: Due, moment: datetime, owner: str | None, patience: Patience, at: datetime) -> "Alarm":
        """A new alarm, due at `moment`."""
        first = moment if patience.unseen is None else min(moment, at + patience.unseen)
        alarm = cls(
            id=id_, kind=due.kind, about=due.about, child=due.child, area=due.area, role=due.role, owner=owner,
            level=0, due=moment, raised_at=at, escalate_at=first, rule=due.rule,
        )  # fmt: skip
        alarm.record(AlarmRaised(id_, due.kind, due.about, due.area, due.role, moment.date(), due.rule))
        return alarm

    def acknowledge(self, by: str, at: datetime) -> None:
        """Someone sees to it: what is left is to be done by when it is due. Raises Conflict where it is over."""
        if self.status is AlarmStatus.ACKNOWLEDGED:
            raise Conflict("It was acknowledged before.", field="alarm", rule="not-acknowledged-yet")
        self._enter(AlarmStatus.ACKNOWLEDGED)
        self.acknowledged_by, self.acknowledged_at = by, at
        if at < self.due:
            self.escalate_at = self.due
        self.record(AlarmAcknowledged(self.id))

    def escalate(self, owner: str | None, patience: Patience, at: datetime) -> None:
        """Nobody saw to it in time. `owner`: whoever the next level names; None: there is no higher level."""
        if owner is None:
            self.escalate_at = None
            self.version += 1
            return
        self._enter(AlarmStatus.RAISED)
        self.level, self.owner = self.level + 1, owner
        self.acknowledged_by = self.acknowledged_at = None
        self.escalate_at = at + patience.late
        self.record(AlarmEscalated(self.id, self.level))

    def hand_to(self, owner: str | None) -> None:
        """Another one is on the rota now."""
        self.owner = owner
        self.version += 1

    def settle(self, at: datetime) -> None:
        """What it is about is seen to."""
        self._enter(AlarmStatus.SETTLED)
        self.settled_at, self.escalate_at = at, None
        self.record(AlarmSettled(self.id))

    def _enter(self, status: AlarmStatus) -> None:
        if status not in TRANSITIONS[self.status]:
            raise Conflict(f"An alarm that is {self.status} cannot become {status}.", field="alarm", rule="state")
        self.status = status


def told(facts: Iterable[object]) -> tuple[list[Due], set[UUID]]:
    """What facts, in the order in which they were recorded, leave to see to, and what they settle."""
    by_thing: dict[UUID, dict[str, Due]] = {}
    settled: set[UUID] = set()
    for fact in facts:
        alarm = getattr(fact, "alarm", None)  # a protocol asked of each of many thousand facts takes its time
        due = alarm() if callable(alarm) else None
        if due is not None:
            by_thing.setdefault(due.about, {})[due.kind] = due
        settles = getattr(fact, "settles", None)
        for about in settles() if callable(settles) else ():
            settled.add(about)
            by_thing.pop(about, None)
    return [due for kinds in by_thing.values() for due in kinds.values()], settled


class Kinds(Protocol):
    """What the country pack says of kinds of alarms."""

    def patience(self, kind: str, on: date, area: str | None) -> Patience:
        """How long an alarm of a kind waits for its owner. Raises Invalid for an unknown code."""


class Alarms(Protocol):
    """The alarms of a deployment."""

    def get(self, id_: UUID) -> Alarm:
        """The alarm, locked. Raises NotFound."""

    def escalating(self, at: datetime, limit: int) -> Iterable[Alarm]:
        """Alarms that nobody saw to in time, locked."""

    def count(self, at: datetime) -> None:
        """Count the open alarms, those overdue, those without an owner."""

    def astray(self, on_duty: Mapping[str, frozenset[str]], limit: int) -> Iterable[Alarm]:
        """Open alarms without an owner, or whose owner is on no rota any more (accounts by role), locked."""
