"""What happens when somebody asks about parents' agreement to care, and when its hours are over. The caller commits.

The caller has locked the child's whereabouts.
"""

from datetime import date, datetime
from uuid import UUID

from services.placements.commands import gatekeeping_voluntary as commands
from services.placements.domain import decisions_notices
from services.placements.domain.decision_table import After
from services.placements.domain.gatekeeping_parts import ParentView
from services.placements.domain.gatekeeping_voluntary import (
    CHILD_DIED,
    GUARDIAN,
    IN_ERROR,
    VoluntaryAgreement,
    VoluntaryStatus,
    require_none_suspected,
)
from services.placements.domain.possible import require_entry
from services.placements.domain.whereabouts import Whereabouts
from services.placements.handlers import guardianship
from services.placements.handlers.gatekeeping_work import UnitOfWork
from services.placements.handlers.placements import acting
from shared.errors import Conflict, NotFound
from shared.happening import Happening

A_TURN = 500


def agree_voluntary_placement(uow: UnitOfWork, command: commands.AgreeVoluntaryPlacement) -> VoluntaryAgreement:
    """Parents, or a guardian, agree that their child lives in care.

    Raises NotFound for a case that is not the child's, GuardianOfTheInstitution, Invalid where one of them is suspected
    of harm by any case of the child, under whichever record.
    """
    child = uow.whereabouts.of(command.child)
    require_entry(child.known)
    if child.active and any(each.who == GUARDIAN for each in command.agreed_by):
        guardianship.require_fit_to_consent(uow, command.child, None, child.active.provider)
    if command.case is not None:
        case = uow.gatekeeping_cases.get(command.case)
        if case.child != command.child:
            raise NotFound("The child has no such case.", field="case")
        require_none_suspected(command.agreed_by, case.parents)
    require_none_suspected(command.agreed_by, said_last(uow, child))
    uow.keep_words_of(command.child)
    agreement = VoluntaryAgreement.agree(
        command.id,
        command.child,
        case=command.case,
        area=command.area,
        by=command.agreed_by,
        words=command.words,
        today=command.today,
    )
    uow.voluntary_agreements.add(agreement)
    return agreement


def said_last(uow: UnitOfWork, child: Whereabouts) -> list[ParentView]:
    """What was recorded last of each parent by a case of the child, also of records that were merged with its own."""
    others = uow.surroundings.other_records(child.id, child.known) if child.known.same else ()
    records = sorted({child.id, *(each.id for each in others)})
    cases = [case for record in records for case in uow.gatekeeping_cases.of_child(record)]
    by_age = sorted(cases, key=lambda case: case.id)
    return list({view.who: view for case in by_age for view in case.parents}.values())


def withdraw_voluntary_placement(uow: UnitOfWork, command: commands.WithdrawVoluntaryPlacement) -> VoluntaryAgreement:
    """A parent withdraws the agreement, at any time; from then on the law's hours run, and its notices are due."""
    agreement = uow.voluntary_agreements.get(command.id)
    at, act = command.withdrawn_at or command.at, acting(uow, command.today)
    notices = agreement.withdraw(command.by, at, command.at, uow.law)
    child = uow.whereabouts.of(agreement.child)
    decisions_notices.open_(child, agreement.id, notices, After.WITHDRAWAL, at, agreement.area, act)
    return agreement


def settle_voluntary_placement(uow: UnitOfWork, command: commands.SettleVoluntaryPlacement) -> VoluntaryAgreement:
    """After a withdrawal: the child is back, or an order was applied for.

    Raises Conflict where the child is said to be back and is on record in care: the clock is stopped by nothing less.
    """
    agreement = uow.voluntary_agreements.get(command.id)
    stay = uow.whereabouts.of(agreement.child).active
    if command.how is VoluntaryStatus.RETURNED and stay is not None and uow.law.care_form(stay.care_form).formal:
        raise Conflict(
            "The child is still in care by its record.",
            field="how",
            rule="still-in-care",
            remedy="Record where the child went first.",
        )
    agreement.settle(command.how, command.on, command.applied_to, command.today)
    return agreement


def end_voluntary_placement(uow: UnitOfWork, command: commands.EndVoluntaryPlacement) -> VoluntaryAgreement:
    """The agreement falls away otherwise."""
    agreement = uow.voluntary_agreements.get(command.id)
    agreement.end(command.reason, command.today)
    return agreement


def tell_overdue_withdrawals(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell of every withdrawal whose hours are over, once each; returns how many."""
    told = 0
    for child in sorted(uow.voluntary_agreements.overdue(at, A_TURN)):
        uow.whereabouts.of(child)
        found = uow.voluntary_agreements.open_of(child)
        told += sum(each.tell_overdue(at, uow.law.calendar.zone) for each in found)
    return told


def note_entered_in_error(uow: UnitOfWork, event: Happening) -> None:
    """Registry's entry was made in error: agreements about it fall away."""
    _fall_away(uow, event.subject, IN_ERROR)


def note_died(uow: UnitOfWork, event: Happening) -> None:
    """The child died: agreements about it fall away."""
    _fall_away(uow, event.subject, CHILD_DIED)


def _fall_away(uow: UnitOfWork, child: UUID, reason: str) -> None:
    uow.whereabouts.of(child)
    for agreement in uow.voluntary_agreements.open_of(child):
        agreement.end(reason, uow.today)


TIMED = {"voluntary-withdrawal-clocks": tell_overdue_withdrawals}
