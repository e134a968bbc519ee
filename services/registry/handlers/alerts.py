"""What happens when registry is asked about missing children, and what falls due among them. The caller commits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.registry import domain
from services.registry.commands import alerts as commands
from services.registry.domain import alerts, alerts_names
from services.registry.domain import alerts_comparing as comparing
from services.registry.domain.alerts_content import Assessment, Broadcast, Description
from services.registry.domain.alerts_facts import Step
from services.registry.domain.matching import Matches
from services.registry.domain.papers_attachments import PHOTO, Attachments
from shared import uow
from shared.errors import Conflict, Invalid
from shared.ids import new_id

A_TURN = 500
OVERDUE = "alert-overdue"


class AlertLaw(Protocol):
    """What the pack says of missing children."""

    def hours(self, area: str, on: date) -> alerts.Hours:
        """Hours for each step, in an area and on a day."""

    def compare_days(self, on: date) -> int:
        """For how many days after a child went missing found children are compared with it."""

    def is_safe(self, result: str) -> bool:
        """Whether a result of the safety assessment allows handing back."""

    def is_back(self, to: str) -> bool:
        """Whether handing over to these is handing back."""


class Notices(Protocol):
    """What accounts are told."""

    def tell(self, account: str, kind: str, subject: UUID) -> None:
        """Tell an account of something, once."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> domain.Children:
        """The children of the deployment."""

    @property
    def alerts(self) -> alerts.Alerts:
        """The alerts."""

    @property
    def pairs(self) -> comparing.Pairs:
        """Found children beside missing ones."""

    @property
    def matches(self) -> Matches:
        """The search for records of one child: what names are worth."""

    @property
    def alert_law(self) -> AlertLaw:
        """What the pack says of missing children."""

    @property
    def notices(self) -> Notices:
        """What accounts are told."""

    @property
    def attachments(self) -> Attachments:
        """The files kept for children."""


def raise_alert(uow: UnitOfWork, command: commands.RaiseAlert) -> alerts.Alert:
    """Raise an alert. Raises Conflict where the child is looked for already, or its record is closed."""
    area, description = command.area, command.description
    if command.child is not None:
        child = uow.children.get(command.child)
        if child.status is not domain.Status.ACTIVE:
            raise Conflict("This record takes no alert.", field="child", rule="child-active")
        if uow.alerts.open_of(child.id) is not None:
            raise Conflict("There is an open alert for this child.", field="child", rule="one-open-alert")
        description = _completed(description, child.identity)
    made = alerts.Alert.raise_(
        command.id,
        uow.alerts.next_number(),
        description,
        child=command.child,
        area=area,
        owner=command.owner,
        at=command.at,
        hours=uow.alert_law.hours(area, command.today),
    )
    uow.alerts.add(made)
    return made


def describe_missing_child(uow: UnitOfWork, command: commands.DescribeMissingChild) -> alerts.Alert:
    """Say anew whom to look for."""
    alert = uow.alerts.get(command.id)
    alert.describe(command.description, at=command.at)
    return alert


def hand_alert_on(uow: UnitOfWork, command: commands.HandAlertOn) -> alerts.Alert:
    """Let another account answer for the alert."""
    alert = uow.alerts.get(command.id)
    alert.hand_to(command.owner)
    return alert


def record_police_told(uow: UnitOfWork, command: commands.RecordPoliceTold) -> alerts.Alert:
    """The police were told; the agency's clock begins."""
    return _tell(uow, command, Step.POLICE_TOLD)


def record_agency_told(uow: UnitOfWork, command: commands.RecordAgencyTold) -> alerts.Alert:
    """The agency for missing children was told."""
    return _tell(uow, command, Step.AGENCY_TOLD)


def record_investigation(uow: UnitOfWork, command: commands.RecordInvestigation) -> alerts.Alert:
    """An investigation is open; the clock until it is done begins."""
    return _tell(uow, command, Step.INVESTIGATION_OPEN)


def record_police_holding(uow: UnitOfWork, command: commands.RecordPoliceHolding) -> alerts.Alert:
    """Police hold the child: time of taking, ground and place; a clock runs until the release."""
    alert = uow.alerts.get(command.id)
    alert.hold(command.holding, at=command.at, hours=_hours(uow, alert, command.today))
    return alert


def record_finding(uow: UnitOfWork, command: commands.RecordFinding) -> alerts.Alert:
    """The child was found."""
    alert = uow.alerts.get(command.id)
    hours = _hours(uow, alert, command.today)
    alert.find(command.finding, on=command.finding.at.date(), at=command.at, hours=hours)
    return alert


def take_back_finding(uow: UnitOfWork, command: commands.TakeBackFinding) -> alerts.Alert:
    """The child was not found after all."""
    alert = uow.alerts.get(command.id)
    if alert.child is not None and uow.alerts.open_of(alert.child) is not None:
        raise Conflict("There is an open alert for this child.", field="child", rule="one-open-alert")
    alert.reopen(at=command.at, hours=_hours(uow, alert, command.today))
    return alert


def hand_over_child(uow: UnitOfWork, command: commands.HandOverChild) -> alerts.Alert:
    """Hand a found child over. Raises SafetyAssessmentFirst, NotSafeToHandBack."""
    alert = uow.alerts.get(command.id)
    handover = replace(command.handover, back=uow.alert_law.is_back(command.handover.to))
    alert.hand_over(handover, _judged(uow, command.assessment), at=command.at, today=command.today)
    return alert


def close_alert(uow: UnitOfWork, command: commands.CloseAlert) -> alerts.Alert:
    """End the search otherwise than by finding."""
    alert = uow.alerts.get(command.id)
    hours = _hours(uow, alert, command.today)
    assessment = _judged(uow, command.assessment)
    alert.close(command.reason, assessment, at=command.at, today=command.today, hours=hours)
    return alert


def broadcast_alert(uow: UnitOfWork, command: commands.BroadcastAlert) -> alerts.Alert:
    """Send photograph and clothing to several recipients. Raises NothingMoreIsSent once the child is found."""
    alert = uow.alerts.get(command.id)
    if command.sent_at > command.at:
        raise Invalid("This lies in the future.", field="sent_at", rule="not-in-the-future")
    if command.photo is not None and not (alert.child and uow.attachments.kept_for(command.photo, alert.child, PHOTO)):
        raise Invalid("This is no photograph of the child that may be used.", field="photo", rule="photo-of-child")
    alert.broadcast(
        tuple(
            Broadcast(each.id, command.sent_at, command.actor, each.channel, each.name, command.clothing, command.photo)
            for each in command.recipients
        )
    )
    return alert


def withdraw_broadcast(uow: UnitOfWork, command: commands.WithdrawBroadcast) -> alerts.Alert:
    """One recipient has taken the message back."""
    alert = uow.alerts.get(command.id)
    alert.withdraw_broadcast(command.broadcast, on=command.withdrawn_at, by=command.actor, at=command.at)
    return alert


def decide_pair(uow: UnitOfWork, command: commands.DecidePair) -> comparing.Pair:
    """A worker says whether a found child is the missing one. The finding itself is recorded on the alert."""
    pair = uow.pairs.get(command.id)
    pair.decide(command.decision, by=command.actor, at=command.at)
    return pair


def raise_overdue(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell of every step not taken in time, once each; returns how many."""
    told = 0
    for alert in uow.alerts.overdue(at, A_TURN):
        told += alert.tell_overdue(at)
        uow.notices.tell(alert.owner, OVERDUE, alert.id)
    return told


def compare_found(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Propose pairs of found and missing children that nobody was asked about; returns how many."""
    window = uow.alert_law.compare_days(today)
    missing = uow.pairs.missing()
    if not missing:
        return 0
    found = uow.pairs.found(min(each.description.missing_since.date() for each in missing) - timedelta(days=1))
    known, made = uow.pairs.known(), 0
    for sought in missing:
        for child in found:
            agrees = comparing.agreement(sought, child, window_days=window)
            if agrees is None or (sought.alert, child.id) in known:
                continue
            score, reasons = alerts_names.evidence(sought.names, child.names, uow.matches.weights)
            uow.pairs.add(comparing.Pair(new_id(), sought.alert, child.id, agrees, at, score=score, reasons=reasons))
            made += 1
            if made == A_TURN:
                return made
    return made


def _tell(
    uow: UnitOfWork,
    command: commands.RecordPoliceTold | commands.RecordAgencyTold | commands.RecordInvestigation,
    step: Step,
) -> alerts.Alert:
    alert = uow.alerts.get(command.id)
    alert.tell(step, command.told, at=command.at, hours=_hours(uow, alert, command.today))
    return alert


def _completed(description: Description, identity: domain.Identity) -> Description:
    """The description, with sex and birth of the child's record where it says nothing of them."""
    birth = identity.birth
    if description.born_from is None:
        description = replace(description, born_from=birth.born_from, born_to=birth.born_to)
    return description if description.sex else replace(description, sex=identity.sex)


def _judged(uow: UnitOfWork, assessment: Assessment | None) -> Assessment | None:
    """The assessment, with what the pack says of its result."""
    return assessment and replace(assessment, safe=uow.alert_law.is_safe(assessment.result))


def _hours(uow: UnitOfWork, alert: alerts.Alert, today: date) -> alerts.Hours:
    return uow.alert_law.hours(alert.area, today)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "alert-clocks": raise_overdue,
    "found-children": compare_found,
}
