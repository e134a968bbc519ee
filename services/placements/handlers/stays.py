"""What happens when placements is asked about absences, reviews and bonds. Each locks the child's whereabouts first."""

from typing import Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import stays as commands
from services.placements.domain import absences, bonds, reviews
from services.placements.handlers import placements, stays_cases, stays_legacy
from services.placements.handlers.placements import acting


class Stays(Protocol):
    """What hangs on stays, found by its own id for the lock of the child."""

    def of_absence(self, id_: UUID) -> UUID:
        """The child that an absence is about. Raises NotFound."""

    def of_review(self, id_: UUID) -> UUID:
        """The child that a review is about. Raises NotFound."""

    def of_bond(self, id_: UUID) -> UUID:
        """The child in whose record a bond is. Raises NotFound."""

    def keep_words(self, review_id: UUID, child: UUID, words: str) -> None:
        """Seal the words of a review under the child's key."""


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def stays(self) -> Stays:
        """What hangs on stays."""


def start_absence(uow: UnitOfWork, command: commands.StartAbsence) -> domain.Whereabouts:
    """A child is away from where it lives, and stays in care (CARE C14)."""
    child, act = uow.whereabouts.holding(command.placement), acting(uow, command.today)
    absences.start(child, command.id, command.placement, command.away, command.at, act, ends_former=command.ends_former)
    return child


def expect_back(uow: UnitOfWork, command: commands.ExpectBack) -> domain.Whereabouts:
    """It is expected back on another day."""
    child = uow.whereabouts.of(uow.stays.of_absence(command.id))
    absences.expect(child, command.id, command.expected_back, acting(uow, command.today))
    return child


def end_absence(uow: UnitOfWork, command: commands.EndAbsence) -> domain.Whereabouts:
    """It is back."""
    child = uow.whereabouts.of(uow.stays.of_absence(command.id))
    absences.come_back(child, command.id, command.on, acting(uow, command.today))
    return child


def withdraw_absence(uow: UnitOfWork, command: commands.WithdrawAbsence) -> domain.Whereabouts:
    """There never was such an absence."""
    child = uow.whereabouts.of(uow.stays.of_absence(command.id))
    absences.withdraw(child, command.id, acting(uow, command.today))
    return child


def hold_review(uow: UnitOfWork, command: commands.HoldReview) -> domain.Whereabouts:
    """A review of the child's care was held."""
    child = uow.whereabouts.holding(command.placement)
    reviews.hold(child, command.id, command.placement, command.held, acting(uow, command.today))
    if command.words:
        uow.stays.keep_words(command.id, child.id, command.words)
    return child


def withdraw_review(uow: UnitOfWork, command: commands.WithdrawReview) -> domain.Whereabouts:
    """There never was such a review."""
    child = uow.whereabouts.of(uow.stays.of_review(command.id))
    reviews.withdraw(child, command.id, acting(uow, command.today))
    return child


def record_bond(uow: UnitOfWork, command: commands.RecordBond) -> domain.Whereabouts:
    """Whether a child has a bond with a brother or sister; what takes it away waits for a second signature."""
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    bonds.record(child, command.id, command.sibling, command.bond, act, harmed=command.harmed, by=command.actor)
    return child


def sign_bond(uow: UnitOfWork, command: commands.SignBond) -> domain.Whereabouts:
    """The second signature. Raises SecondSignatureIsAnothers for the one who decided."""
    child = uow.whereabouts.of(uow.stays.of_bond(command.id))
    bonds.sign(child, command.id, acting(uow, command.today), by=command.actor)
    return child


def plan_contact(uow: UnitOfWork, command: commands.PlanContact) -> domain.Whereabouts:
    """Contact of brothers and sisters who live apart."""
    child = uow.whereabouts.of(uow.stays.of_bond(command.id))
    bonds.plan_contact(child, command.id, command.every, command.due, acting(uow, command.today))
    return child


def have_contact(uow: UnitOfWork, command: commands.HaveContact) -> domain.Whereabouts:
    """They had contact."""
    child = uow.whereabouts.of(uow.stays.of_bond(command.id))
    bonds.have_contact(child, command.id, command.on, acting(uow, command.today))
    return child


CONSUMED = {**stays_cases.CONSUMED}
"""What is listened to, and who handles it."""

TIMED = {**stays_legacy.TIMED}
"""What falls due as time passes."""
