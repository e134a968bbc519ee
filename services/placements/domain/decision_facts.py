"""What is told of decisions, appeals, notices and removals: frozen facts, which become events, and what they alarm.

Not here: when they happen (decisions, decisions_time, decisions_appeals, decisions_notices).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain.alarms import Due
from services.placements.domain.decision import DecisionStatus

APPEAL_OR_REVIEW, SECOND_SIGNATURE, LAPSED = "APPEAL_OR_REVIEW", "SECOND_SIGNATURE", "DECISION_LAPSED"
CONFIRM_ORAL, NOTICE = "CONFIRM_ORAL_ORDER", "NOTICE_OVERDUE"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "alarm_kind": frozenset({APPEAL_OR_REVIEW, SECOND_SIGNATURE, LAPSED, CONFIRM_ORAL, NOTICE})
}


@dataclass(frozen=True, kw_only=True)
class DecisionStated:
    """What of a decision may be told. `see_to`: the kind of its alarm, the role, and until when."""

    child: UUID
    decision: UUID
    case: UUID | None
    act: str
    situation: str
    outcome: str
    body: str
    instrument: str
    area: str
    provider: UUID | None
    care_forms: tuple[str, ...]
    made_on: date
    from_: date
    until: date | None
    appeal_until: date | None
    renews: UUID | None
    status: str
    unmet: tuple[str, ...]
    see_to: tuple[str, str, date | datetime] | None = None

    def alarm(self) -> Due | None:
        """A court's order that rules are not met by; a second signature, or a confirmation, that is missing."""
        if self.see_to is None:
            return None
        kind, role, due = self.see_to
        return Due(kind=kind, about=self.decision, role=role, area=self.area, due=due, child=self.child)


@dataclass(frozen=True, kw_only=True)
class DecisionRecorded(DecisionStated):
    """A decision is known from now on. `lapsed`: what it replaces."""

    lapsed: tuple[UUID, ...] = ()

    def settles(self) -> tuple[UUID, ...]:
        """Decisions that had lapsed, in whose place it stands."""
        return self.lapsed


@dataclass(frozen=True, kw_only=True)
class DecisionCorrected(DecisionStated):
    """The record was wrong; this is what was always so. `withdrawn`: there never was such a decision."""

    withdrawn: bool

    def settles(self) -> tuple[UUID, ...]:
        """Of a decision that never was nothing is left to see to."""
        return (self.decision,) if self.withdrawn else ()


@dataclass(frozen=True)
class DecisionConfirmed:
    """An oral order was confirmed in writing, or a second person signed; with both, where both are asked, it holds."""

    child: UUID
    decision: UUID
    on: date

    def settles(self) -> tuple[UUID, ...]:
        """The confirmation, or signature, that was missing."""
        return (self.decision,)


@dataclass(frozen=True)
class DecisionExecuted:
    """What was decided has been done."""

    child: UUID
    decision: UUID
    case: UUID | None
    on: date


@dataclass(frozen=True)
class OrderAnswered:
    """The authority has said what it does about an order by which rules are not met."""

    child: UUID
    decision: UUID

    def settles(self) -> tuple[UUID, ...]:
        """The alarm to appeal or to ask for review."""
        return (self.decision,)


@dataclass(frozen=True)
class DecisionAppealed:
    """Somebody appealed; `suspended`: the decision rests until it is decided."""

    child: UUID
    decision: UUID
    case: UUID | None
    appeal: UUID
    by: str
    suspended: bool

    def settles(self) -> tuple[UUID, ...]:
        """The alarm to appeal or to ask for review."""
        return (self.decision,)


@dataclass(frozen=True)
class AppealDecided:
    """An appeal was decided; `status`: what the decision is now."""

    child: UUID
    decision: UUID
    case: UUID | None
    appeal: UUID
    outcome: str
    status: str
    on: date


@dataclass(frozen=True)
class DecisionEnded:
    """A decision no longer holds, from a day on: its time was over, it lapsed, or it was quashed."""

    child: UUID
    decision: UUID
    case: UUID | None
    status: str
    on: date
    area: str

    def alarm(self) -> Due | None:
        """What lapsed goes back to those who decide."""
        if self.status != DecisionStatus.LAPSED:
            return None
        return Due(kind=LAPSED, about=self.decision, role="gatekeeper", area=self.area, due=self.on, child=self.child)

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need sign, confirm or appeal what holds no longer."""
        return (self.decision,)


@dataclass(frozen=True)
class NoticeOpened:
    """Somebody is to be told of a decision or a removal, until the end of the day `due` at the latest."""

    child: UUID
    notice: UUID
    about: UUID
    to: str
    due: date


@dataclass(frozen=True)
class NoticeSent:
    """They were told, or it was written down why not."""

    child: UUID
    notice: UUID
    means: str
    in_time: bool

    def settles(self) -> tuple[UUID, ...]:
        """The overdue notice."""
        return (self.notice,)


@dataclass(frozen=True)
class NoticeOverdue:
    """They were not told in time."""

    child: UUID
    notice: UUID
    to: str
    due: date
    area: str
    due_at: datetime

    def alarm(self) -> Due | None:
        """Whoever is on duty tells them now: these clocks run at night."""
        return Due(
            kind=NOTICE, about=self.notice, role="duty_officer", area=self.area, due=self.due_at, child=self.child
        )


@dataclass(frozen=True)
class NoticeDropped:
    """Nobody need be told any more: what it was about never was."""

    child: UUID
    notice: UUID

    def settles(self) -> tuple[UUID, ...]:
        """The notice."""
        return (self.notice,)


@dataclass(frozen=True)
class ChildTaken:
    """A body took a child from where it was. `named`: whether the law lets this body act at once; None: not known."""

    child: UUID
    emergency: UUID
    placement: UUID | None
    taken_by: str
    situation: str
    taken_from: str
    on: date
    area: str
    named: bool | None
