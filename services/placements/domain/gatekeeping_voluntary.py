"""Care on the agreement of the parents: agreed in a form, explained in a language, withdrawn at any time (CARE C4).

From the withdrawal the pack's hours run: until then the child is back, or an order was applied for. The hours keep a
child safe and never roll. Not here: the case that led to it (gatekeeping), the decision, the stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.placements.domain import decision_table
from services.placements.domain.alarms import Due
from services.placements.domain.decision import VOLUNTARY
from services.placements.domain.decision_table import NoticeDue
from services.placements.domain.decisions_emergency import ENTRY
from services.placements.domain.gatekeeping_parts import SUSPECTED, ParentView, not_later
from services.placements.domain.gatekeeping_states import last_day
from services.placements.domain.lawbook import LawBook
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid

WITHDRAWN_ALARM, OWNER = "VOLUNTARY_WITHDRAWN", "gatekeeper"
CHILD_DIED, IN_ERROR, GUARDIAN = "CHILD_DIED", "ENTERED_IN_ERROR", "GUARDIAN"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "alarm_kind": frozenset({WITHDRAWN_ALARM}),
    "agreement_end_reason": frozenset({CHILD_DIED, IN_ERROR}),
    "parent_kind": frozenset({GUARDIAN}),
}


class VoluntaryStatus(StrEnum):
    """How it stands with parents' agreement to care."""

    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ORDER_APPLIED = "order_applied"
    ENDED = "ended"


VOLUNTARY_TRANSITIONS: dict[VoluntaryStatus, frozenset[VoluntaryStatus]] = {
    VoluntaryStatus.AGREED: frozenset({VoluntaryStatus.WITHDRAWN, VoluntaryStatus.ENDED}),
    VoluntaryStatus.WITHDRAWN: frozenset(
        {VoluntaryStatus.RETURNED, VoluntaryStatus.ORDER_APPLIED, VoluntaryStatus.ENDED}
    ),
    VoluntaryStatus.RETURNED: frozenset(),
    VoluntaryStatus.ORDER_APPLIED: frozenset(),
    VoluntaryStatus.ENDED: frozenset(),
}
"""A withdrawal is not taken back: who agrees anew, agrees anew."""
SETTLED = frozenset({VoluntaryStatus.RETURNED, VoluntaryStatus.ORDER_APPLIED})


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Who agreed, on which day, in what form; in which language it was explained."""

    who: str
    on: date
    form: str
    language: str


def require_none_suspected(agreed_by: Iterable[Agreed], views: Iterable[ParentView]) -> None:
    """Raise Invalid where somebody agrees who is suspected of the harm (CARE C15)."""
    if _any_suspected(agreed_by, views):
        raise Invalid(
            "Who is suspected of the harm does not agree for the child.",
            field="agreed_by",
            rule="suspected-of-harm",
            remedy="Apply for an order.",
        )


def agreed_despite(
    agreements: Iterable["VoluntaryAgreement"], views: Iterable[ParentView], known: Iterable[ParentView] = ()
) -> bool:
    """Whether one of the agreements made for a case stands, and nobody who has parental rights says No.

    `views`: by that case; `known`: by whichever case of the child, and read for who is suspected alone.

    A No is what a parent said when heard, not before the day of that parent's own agreement, and an agreement that was
    taken back by somebody who made no other.
    """
    made, views, known = list(agreements), list(views), list(known)
    standing = [each for each in made if each.stands_despite(views) and each.stands_despite(known)]
    agreed: dict[str, date] = {}
    for each in (one for agreement in standing for one in agreement.agreed_by):
        agreed[each.who] = max(each.on, agreed.get(each.who, each.on))
    refused = [(each.who, each.heard_on) for each in views if each.agrees is False and each.heard_on is not None]
    against = any(agreed.get(who, date.min) <= on for who, on in refused)
    taken_back = {each.withdrawn_by for each in made if each.status is VoluntaryStatus.WITHDRAWN}
    return bool(standing) and not against and taken_back <= agreed.keys()


def _any_suspected(agreed_by: Iterable[Agreed], views: Iterable[ParentView]) -> bool:
    suspected = {each.who for each in views if each.not_notified_reason == SUSPECTED}
    return any(each.who in suspected for each in agreed_by)


@dataclass(frozen=True)
class _OfAgreement:
    child: UUID
    agreement: UUID


@dataclass(frozen=True)
class VoluntaryPlacementAgreed(_OfAgreement):
    """Parents agree that their child lives in care."""

    case: UUID | None
    area: str
    on: date


@dataclass(frozen=True)
class VoluntaryPlacementWithdrawn(_OfAgreement):
    """A parent has withdrawn the agreement: the child returns, or an order is applied for, until `due_at`."""

    area: str
    by: str
    on: date
    due: date | None
    due_at: datetime | None

    def alarm(self) -> Due | None:
        """Return the child, or apply for an order."""
        if self.due_at is None:
            return None
        return Due(
            kind=WITHDRAWN_ALARM, about=self.agreement, role=OWNER, area=self.area, due=self.due_at, child=self.child
        )


@dataclass(frozen=True)
class VoluntaryWithdrawalOverdue(_OfAgreement):
    """The hours after a withdrawal are over, and the child is neither back nor was an order applied for."""

    area: str
    due: date


@dataclass(frozen=True)
class VoluntaryPlacementEnded(_OfAgreement):
    """It is over: the child returned, an order was applied for, or the agreement fell away."""

    status: str
    on: date

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to the withdrawal any more."""
        return (self.agreement,)


@dataclass(eq=False)
class VoluntaryAgreement(Aggregate):
    """The agreement of parents to care for one child. Who agreed how, and what was said, is sealed."""

    id: UUID
    child: UUID
    case: UUID | None
    area: str
    agreed_on: date
    agreed_by: tuple[Agreed, ...] = ()
    words: str = ""
    status: VoluntaryStatus = VoluntaryStatus.AGREED
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    due_at: datetime | None = None
    overdue_told_at: datetime | None = None
    ended_on: date | None = None
    applied_to: str | None = None
    end_reason: str | None = None
    version: int = 0

    @classmethod
    def agree(
        cls, id_: UUID, child: UUID, *, case: UUID | None, area: str, by: tuple[Agreed, ...], words: str, today: date
    ) -> "VoluntaryAgreement":
        """Parents agree. It holds from the day on which the last of them did."""
        if not by or len({each.who for each in by}) != len(by):
            raise Invalid("Each who agrees does so once.", field="agreed_by", rule="voluntary-agreement")
        for each in by:
            not_later(each.on, today, "agreed_by")
        agreed_on = max(each.on for each in by)
        made = cls(id_, child, case, area, agreed_on, by, words)
        made.record(VoluntaryPlacementAgreed(child, id_, case, area, agreed_on))
        return made

    def withdraw(self, by: str, at: datetime, now: datetime, law: LawBook) -> tuple[NoticeDue, ...]:
        """A parent has withdrawn it, at an instant; from then on the law's hours run (the decision table's).

        The answer says whom the law wants told of it.
        """
        zone = law.calendar.zone
        day = at.astimezone(zone).date()
        if at > now:
            raise Invalid("This lies in the future.", field="at", rule="not-in-the-future")
        if day < self.agreed_on:
            raise Invalid("Nothing was agreed by then.", field="at", rule="not-before")
        self._enter(VoluntaryStatus.WITHDRAWN)
        self.withdrawn_at, self.withdrawn_by = at, by
        line = decision_table.line(law, ENTRY, VOLUNTARY, day, self.area)
        self.due_at = law.calendar.deadline(at, line.withdrawal) if line and line.withdrawal else None
        due = last_day(self.due_at, zone) if self.due_at else None
        self.record(VoluntaryPlacementWithdrawn(self.child, self.id, self.area, by, day, due, self.due_at))
        return line.notices if line else ()

    def stands_despite(self, views: Iterable[ParentView]) -> bool:
        """Whether it was not withdrawn, and none who agreed is suspected of the harm by what is known now."""
        return self.status is VoluntaryStatus.AGREED and not _any_suspected(self.agreed_by, views)

    def settle(self, how: VoluntaryStatus, on: date, applied_to: str | None, today: date) -> None:
        """The child is back, or an order was applied for, to a body."""
        not_later(on, today)
        if (how is VoluntaryStatus.ORDER_APPLIED) != (applied_to is not None):
            raise Invalid("An order, and only it, is applied for to a body.", field="applied_to", rule="order-body")
        self._end(how, on)
        self.applied_to = applied_to

    def end(self, reason: str, on: date) -> None:
        """It falls away otherwise."""
        self._end(VoluntaryStatus.ENDED, on)
        self.end_reason = reason

    def tell_overdue(self, at: datetime, zone: ZoneInfo) -> bool:
        """Tell that the hours are over, once; whether it was told now."""
        waits = self.status is VoluntaryStatus.WITHDRAWN and self.overdue_told_at is None
        if not waits or self.due_at is None or self.due_at > at:
            return False
        self.overdue_told_at = at
        self.record(VoluntaryWithdrawalOverdue(self.child, self.id, self.area, last_day(self.due_at, zone)))
        return True

    def _end(self, status: VoluntaryStatus, on: date) -> None:
        self._enter(status)
        self.ended_on = on
        self.record(VoluntaryPlacementEnded(self.child, self.id, str(status), on))

    def _enter(self, status: VoluntaryStatus) -> None:
        if status not in VOLUNTARY_TRANSITIONS[self.status]:
            raise Conflict(
                f"An agreement that is {self.status} does not become {status}.", field="status", rule="agreement-status"
            )
        self.status = status


class VoluntaryAgreements(Protocol):
    """The agreements of parents in a deployment."""

    def get(self, id_: UUID) -> VoluntaryAgreement:
        """The agreement, locked for change. Raises NotFound."""

    def add(self, agreement: VoluntaryAgreement) -> None:
        """Take in a new one."""

    def open_of(self, child: UUID) -> list[VoluntaryAgreement]:
        """Those of a child that are not over, locked for change."""

    def stands_for(self, case: UUID) -> bool | None:
        """Whether an agreement stands for a case; False: it was withdrawn; None: there is none."""

    def overdue(self, at: datetime, limit: int) -> list[UUID]:
        """Children of whom an agreement was withdrawn, whose hours are over, and of whom it was not told."""
