"""What happens when asked about legal measures, consents and coming of age. The child is locked first, always."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.registry import domain as children
from services.registry.commands import legal as commands
from services.registry.domain import legal as domain
from services.registry.domain import legal_ages as ages
from services.registry.domain import legal_consents as consents
from services.registry.domain.care import CareOfAll
from services.registry.domain.children import RecordIsClosed, Status
from services.registry.domain.legal_file import LegalFiles, Parent, months_later
from services.registry.domain.legal_majority import LawBook, Majorities
from shared import uow
from shared.happening import Happening
from shared.ids import new_id

A_TURN = 500


class TimedFiles(LegalFiles, Protocol):
    """The legal files, and what is due in them."""

    def due(self, today: date, limit: int) -> Sequence[UUID]:
        """Measures that begin or end by themselves by a day."""

    def guardianships(self, born_by: date) -> Sequence[UUID]:
        """Guardianships in force of children born in that month or before, the oldest child first."""

    def parents(self, child: UUID) -> Sequence[Parent]:
        """The parents of a child by relationship."""


class LegalAlarms(Protocol):
    """Counts what must be seen to."""

    def count_unrepresented(self, today: date, long_ago: date) -> int:
        """Count the children in care whom nobody represents, and tell the metric; overdue: since before a day."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> children.Children:
        """The children of the deployment."""

    @property
    def legal(self) -> TimedFiles:
        """The legal files."""

    @property
    def consents(self) -> consents.Consents:
        """The consents."""

    @property
    def majorities(self) -> Majorities:
        """Whose coming of age was noticed."""

    @property
    def care(self) -> CareOfAll:
        """What was heard of children's care."""

    @property
    def legal_alarms(self) -> LegalAlarms:
        """Counts what must be seen to."""

    @property
    def legal_law(self) -> LawBook:
        """What the country pack says."""


def record_measure(uow: UnitOfWork, command: commands.RecordMeasure) -> domain.LegalMeasure:
    """Take in a measure. Raises GuardianInForce where another guardian has what this one is given."""
    child, file = _open_child(uow, command.child), uow.legal.of(command.child)
    made = file.record(
        command.id,
        command.terms,
        supersedes=command.supersedes,
        joint=command.joint,
        today=command.today,
        report_months=_months(uow, child, command.today),
    )
    uow.legal.add(made)
    return made


def correct_measure(uow: UnitOfWork, command: commands.CorrectMeasure) -> domain.LegalMeasure:
    """Put right what was never so. Raises OtherMeasure where it would be another measure."""
    file = uow.legal.holding(command.id)
    measure = file.measure(command.id)
    file.correct(measure, command.terms, command.today)
    file.advance(measure, command.today, _months(uow, uow.children.get(file.child), command.today))
    return measure


def end_measure(uow: UnitOfWork, command: commands.EndMeasure) -> domain.LegalMeasure:
    """A measure was lifted."""
    file = uow.legal.holding(command.id)
    measure = file.measure(command.id)
    file.end(measure, domain.Ending(command.on, command.reason), command.today)
    return measure


def withdraw_measure(uow: UnitOfWork, command: commands.WithdrawMeasure) -> domain.LegalMeasure:
    """Mark a measure as entered in error: kept, without effect."""
    measure = uow.legal.holding(command.id).measure(command.id)
    measure.withdraw(command.today)
    return measure


def appeal_measure(uow: UnitOfWork, command: commands.AppealMeasure) -> domain.LegalMeasure:
    """Someone appealed; the measure rests meanwhile where the law says so."""
    file = uow.legal.holding(command.id)
    measure = file.measure(command.id)
    file.appeal(measure, command.lodged_on, command.suspends, command.today)
    return measure


def decide_appeal(uow: UnitOfWork, command: commands.DecideAppeal) -> domain.LegalMeasure:
    """The appeal was decided."""
    file = uow.legal.holding(command.id)
    measure, months = file.measure(command.id), _months(uow, uow.children.get(file.child), command.today)
    file.decide_appeal(measure, command.on, command.upheld, command.today, months)
    return measure


def take_guardian_report(uow: UnitOfWork, command: commands.TakeGuardianReport) -> domain.LegalMeasure:
    """A guardian reported; the next report falls due."""
    file = uow.legal.holding(command.id)
    measure, months = file.measure(command.id), _months(uow, uow.children.get(file.child), command.today)
    file.report(measure, command.report, command.today, months)
    return measure


def give_consent(uow: UnitOfWork, command: commands.GiveConsent) -> consents.Consent:
    """Record a consent. Raises GroundIsLegalDuty, or what keeps this giver from consenting (CARE C15)."""
    child = _open_child(uow, command.child)
    said = command.said
    if said.ground == consents.BY_CONSENT and uow.legal_law.ground_of(said.purpose) == consents.BY_LEGAL_DUTY:
        raise consents.GroundIsLegalDuty(
            "The law orders it: consent is not the ground.",
            field="purpose",
            rule="ground-is-legal-duty",
            remedy="Record the ground LEGAL_DUTY with the law it rests on, and tell the family why.",
        )
    consents.require_giver(said, _standing(uow, child, command.today))
    made = consents.Consent.give(command.id, command.child, said, today=command.today)
    uow.consents.add(made)
    return made


def withdraw_consent(uow: UnitOfWork, command: commands.WithdrawConsent) -> consents.Consent:
    """Take a consent back. What rests on legal duty goes on (CARE C15)."""
    consent = uow.consents.holding(command.id)
    consent.withdraw(on=command.on, reason=command.reason, today=command.today)
    return consent


def _standing(uow: UnitOfWork, child: children.Child, today: date) -> consents.Standing:
    """What decides today who may consent for a child."""
    file, law = uow.legal.of(child.id), uow.legal_law.ages(today, child.identity.area)
    able = ages.capacity(child.identity.birth, today, law, emancipated=file.emancipated(today, today))
    found = file.representatives(uow.legal.parents(child.id), today, today, able)
    return consents.Standing(able, found, file.unfit(today, today), uow.care.of(child.id).provider)


def advance_measures(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Let measures begin and end on their days."""
    done = 0
    for id_ in uow.legal.due(today, A_TURN):
        file = uow.legal.holding(id_)
        done += file.advance(file.measure(id_), today, _months(uow, uow.children.get(file.child), today))
    return done


def switch_guardianships(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Guardianship becomes trusteeship on the birthday that the law names (CARE C3)."""
    age, done = uow.legal_law.ages(today).trusteeship, 0
    if age is None:
        return 0
    for id_ in uow.legal.guardianships(_born_by(today, age)):
        if done == A_TURN:
            break
        file = uow.legal.holding(id_)
        measure, child = file.measure(id_), uow.children.get(file.child)
        kind = uow.legal_law.becomes(measure.terms.kind)
        day = _certainly(uow, child, today, age)
        if kind and day and day <= today and measure.status is domain.MeasureStatus.IN_FORCE:
            uow.legal.add(file.become_trusteeship(measure, new_id(), kind, day, today))
            done += 1
    return done


def come_of_age(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Notice who has certainly come of age: what others hold over them ends, what others consented to lapses (C10)."""
    done = 0
    for id_ in uow.majorities.candidates(_born_by(today, uow.legal_law.ages(today).majority)):
        if done == A_TURN:
            break
        child = uow.children.get(id_)
        day = _certainly(uow, child, today, uow.legal_law.ages(today, child.identity.area).majority)
        noticed = uow.majorities.get(id_) if day and day <= today else None
        if day is None or noticed is None or noticed.came_of_age:
            continue
        uow.legal.of(id_).come_of_age(day, today)
        for consent in uow.consents.of(id_):
            if consent.lapses_at_majority:
                consent.lapse(on=day)
        noticed.come_of_age()
        done += 1
    return done


def doubt_majorities(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Take back a coming of age where the birth was corrected since (CARE C12)."""
    done = 0
    for id_ in uow.majorities.doubtful(_born_by(today, uow.legal_law.ages(today).majority))[:A_TURN]:
        child, noticed = uow.children.get(id_), uow.majorities.get(id_)
        day = _certainly(uow, child, today, uow.legal_law.ages(today, child.identity.area).majority)
        if noticed.came_of_age and (day is None or day > today):
            noticed.retract()
            done += 1
    return done


def count_unrepresented(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell the metric how many children in care nobody represents (CARE C3); nothing is changed."""
    uow.legal_alarms.count_unrepresented(today, months_later(today, -uow.legal_law.appointment_months(today)))
    return 0


def _open_child(uow: UnitOfWork, child_id: UUID) -> children.Child:
    child = uow.children.get(child_id)
    if child.status is not Status.ACTIVE:
        raise RecordIsClosed("The record of this child takes nothing new.", field="status", rule="record-is-active")
    return child


def _months(uow: UnitOfWork, child: children.Child, today: date) -> int:
    return uow.legal_law.report_months(today, child.identity.area)


def _certainly(uow: UnitOfWork, child: children.Child, today: date, age: int) -> date | None:
    law = uow.legal_law.ages(today, child.identity.area)
    return ages.certainly_from(child.identity.birth, age, law.leap_birthday)


def _born_by(today: date, age: int) -> date:
    """The month in which, at the latest, someone was born who may complete the age by today."""
    return date(today.year - age, today.month, 1)


CONSUMED: Mapping[str, Callable[[Any, Happening], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "legal-measures": advance_measures,
    "trusteeship": switch_guardianships,
    "come-of-age": come_of_age,
    "majority-doubts": doubt_majorities,
    "unrepresented-children": count_unrepresented,
}
