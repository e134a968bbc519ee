"""What happens when placements is asked about decisions, or when an hour of theirs has come.

Each handler locks the child's whereabouts first.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import decisions as commands
from services.placements.domain import (
    decisions,
    decisions_appeals,
    decisions_emergency,
    decisions_notices,
    decisions_time,
    possible,
)
from services.placements.domain.decisions import By
from services.placements.domain.situation import CaseFacts
from services.placements.handlers import gatekeeping, gatekeeping_work, placements
from services.placements.handlers.placements import acting
from shared.errors import Conflict, Invalid

ROUND = 500


class Decisions(Protocol):
    """Whose decisions, appeals and notices are, and which fall due."""

    def child_of(self, id_: UUID) -> UUID:
        """The child of a decision. Raises NotFound."""

    def child_of_appeal(self, id_: UUID) -> UUID:
        """The child of an appeal. Raises NotFound."""

    def child_of_notice(self, id_: UUID) -> UUID:
        """The child of a notice. Raises NotFound."""

    def unconfirmed(self, at: datetime, limit: int) -> Any:
        """Children with an oral order that should have been confirmed by now."""

    def unfollowed(self, limit: int) -> Any:
        """Child, decision, and the day it lapsed or else was carried out, where its case still awaits that."""

    def on_withdrawn_agreement(self, limit: int) -> Any:
        """Child, when the agreement was withdrawn, until when its hours run, where a decision rests on it."""

    def untold(self, at: datetime, limit: int) -> Any:
        """Children with a notice that should have been given by now."""


class UnitOfWork(gatekeeping_work.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def decisions(self) -> Decisions:
        """Whose decisions, appeals and notices are."""


def record_decision(uow: UnitOfWork, command: commands.RecordDecision) -> domain.Whereabouts:
    """Write down a decision; refused where the table or a rule says no, but for a court's order (CARE C2).

    A case is decided by who has seen it as it is now, also by a court. Raises PreconditionMissing, Stale.
    """
    child, act, terms = uow.whereabouts.of(command.child), acting(uow, command.today), command.terms
    if terms.case is not None:
        gatekeeping.require_seen(uow, terms.case, child.id, command.case_version)
    if terms.provider is not None and not uow.providers.exists(terms.provider):
        raise Invalid("No provider with this id.", field="provider", rule="provider-known", remedy="Register it first.")
    case = _case(uow, terms.case, child)
    decision = decisions.record(child, command.id, terms, By(command.actor, command.at), act, case)
    if terms.case is not None:
        gatekeeping.decided(
            uow, terms.case, child.id, decision.id, terms.outcome, command.today, ordered=terms.ordered,
            until=command.needs_more_until,
        )  # fmt: skip
    return child


def correct_decision(uow: UnitOfWork, command: commands.CorrectDecision) -> domain.Whereabouts:
    """Put right what the record of a decision had wrong; which case it decided, and what follows there, stays.

    Raises Conflict where it says another case, or an outcome that could not have been decided there.
    """
    child = _holding(uow, command.id)
    kept = decisions.find(child, command.id).case
    if command.terms.case not in {None, kept}:
        raise Conflict(
            "A correction puts a decision into no other case.", field="case", rule="case-stays",
            remedy="Withdraw the decision, and decide in the case.",
        )  # fmt: skip
    terms, by = replace(command.terms, case=kept), By(command.actor, command.at)
    decision = decisions.correct(child, command.id, terms, by, acting(uow, command.today), _case(uow, kept, child))
    gatekeeping.corrected(uow, command.id, decision.outcome, ordered=terms.ordered)
    return child


def withdraw_decision(uow: UnitOfWork, command: commands.WithdrawDecision) -> domain.Whereabouts:
    """Mark a decision as entered in error; what it let happen opens breaches, and its case is on the list again."""
    child = _holding(uow, command.id)
    decisions.withdraw(child, command.id, acting(uow, command.today))
    gatekeeping.lapsed(uow, command.id, command.at, command.today)
    return child


def sign_decision(uow: UnitOfWork, command: commands.SignDecision) -> domain.Whereabouts:
    """A second person signs, never one who decided, recorded or assessed (CARE C2)."""
    child = _holding(uow, command.id)
    case = _case(uow, decisions.find(child, command.id).case, child)
    assessed = case.assessed_by if case else frozenset()
    decisions.sign(child, command.id, By(command.actor, command.at), assessed, acting(uow, command.today))
    return child


def confirm_oral_order(uow: UnitOfWork, command: commands.ConfirmOralOrder) -> domain.Whereabouts:
    """An oral order was confirmed in writing. Raises Refused where that was too late."""
    child = _holding(uow, command.id)
    decisions.confirm(
        child, command.id, command.confirmed_at, command.instrument, command.number, command.file,
        By(command.actor, command.at), acting(uow, command.today),
    )  # fmt: skip
    return child


def carry_out_decision(uow: UnitOfWork, command: commands.CarryOutDecision) -> domain.Whereabouts:
    """What was decided was done."""
    child = _holding(uow, command.id)
    decisions_time.carry_out(child, command.id, command.on, acting(uow, command.today))
    gatekeeping.carried_out(uow, command.id, command.on)
    return child


def answer_order(uow: UnitOfWork, command: commands.AnswerOrder) -> domain.Whereabouts:
    """An order by which rules are not met was reviewed."""
    child = _holding(uow, command.id)
    decisions.answer(child, command.id, By(command.actor, command.at))
    return child


def lodge_appeal(uow: UnitOfWork, command: commands.LodgeAppeal) -> domain.Whereabouts:
    """Somebody appealed; the decision rests meanwhile where the law says so."""
    child, act = _holding(uow, command.decision), acting(uow, command.today)
    appeal = decisions_appeals.lodge(
        child, command.id, command.decision, command.by, command.lodged_on, command.suspends, command.actor, act
    )
    gatekeeping.appealed(uow, command.decision, suspends=appeal.suspends)
    return child


def decide_appeal(uow: UnitOfWork, command: commands.DecideAppeal) -> domain.Whereabouts:
    """An appeal was decided; where it does not stand as it was decided, its case is on the list again."""
    child = uow.whereabouts.of(uow.decisions.child_of_appeal(command.id))
    appeal = decisions_appeals.decide(child, command.id, command.outcome, command.on, acting(uow, command.today))
    if command.outcome in {decisions_appeals.QUASHED, decisions_appeals.CHANGED}:
        gatekeeping.lapsed(uow, appeal.decision, command.at, command.today)
    return child


def send_notice(uow: UnitOfWork, command: commands.SendNotice) -> domain.Whereabouts:
    """Somebody was told."""
    child = uow.whereabouts.of(uow.decisions.child_of_notice(command.id))
    decisions_notices.send(child, command.id, command.sent_at, command.means, command.actor, command.at)
    return child


def record_emergency(uow: UnitOfWork, command: commands.RecordEmergency) -> domain.Whereabouts:
    """A child was taken at once and brought somewhere: whereabouts with the hour, notices, breaches. Never refused."""
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    placements.require_provider(uow, command.stay)
    possible.require_plan(child.known, command.stay.from_, command.stay.planned_to)
    decisions_emergency.require_hours(command.taken_at, command.arrived_at, command.at)
    child.record_whereabouts(
        command.placement, command.stay, domain.Ground.EMERGENCY, act, ends_former=True, at=command.arrived_at
    )
    taken = decisions_emergency.Taken(
        taken_by=command.taken_by, situation=command.situation, taken_from=command.taken_from, at=command.taken_at,
        area=command.stay.area,
    )  # fmt: skip
    decisions_emergency.take(child, command.id, taken, command.placement, command.actor, command.at, act)
    return child


def lapse_oral_orders(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Oral orders that nobody confirmed in time lapse, also those whose hour came while the system was down."""
    act = acting(uow, today)
    return sum(
        decisions_time.lapse_oral(uow.whereabouts.of(child), at, act)
        for child in sorted(set(uow.decisions.unconfirmed(at, ROUND)))
    )


def miss_notices(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Notices that nobody gave in time are overdue, by night too."""
    act = acting(uow, today)
    return sum(
        decisions_notices.overdue(uow.whereabouts.of(child), at, act)
        for child in sorted(set(uow.decisions.untold(at, ROUND)))
    )


def follow_in_cases(uow: UnitOfWork, at: datetime, today: date) -> int:
    """What lapsed goes back on the list of cases, and what was carried out is done there too."""
    found = list(uow.decisions.unfollowed(ROUND))
    for child, decision, lapsed_on, done_on in found:
        uow.whereabouts.of(child)
        if lapsed_on is not None:
            gatekeeping.lapsed(uow, decision, at, lapsed_on)
        else:
            gatekeeping.carried_out(uow, decision, done_on)
    return len(found)


def end_with_agreements(uow: UnitOfWork, at: datetime, today: date) -> int:
    """What rests on parents' agreement holds no longer than the hours after its withdrawal (CARE C4)."""
    ended = 0
    for id_, withdrawn_at, due_at in uow.decisions.on_withdrawn_agreement(ROUND):
        child = uow.whereabouts.of(id_)
        ended += decisions_time.agreement_withdrawn(child, withdrawn_at, due_at, acting(uow, today))
    return ended


def _holding(uow: UnitOfWork, decision: UUID) -> domain.Whereabouts:
    return uow.whereabouts.of(uow.decisions.child_of(decision))


def _case(uow: UnitOfWork, case: UUID | None, child: domain.Whereabouts) -> CaseFacts | None:
    return None if case is None else gatekeeping.facts(uow, case, child.id)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "oral-orders": lapse_oral_orders,
    "notices": miss_notices,
    "decided-cases": follow_in_cases,
    "withdrawn-agreements": end_with_agreements,
}
