"""What happens when registry is asked: one function per command, (uow, command) -> child. The caller commits."""

from typing import Protocol

from services.registry import commands, domain
from shared import uow


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> domain.Children:
        """The children of the deployment."""


def register_child(uow: UnitOfWork, command: commands.RegisterChild) -> domain.Child:
    """Register a child. Raises IdentifierTaken where another child carries one of its identifiers."""
    for identifier in command.identifiers:
        if uow.children.holding(identifier) is not None:
            raise domain.IdentifierTaken("Another child carries this identifier.", field="identifiers")
    child = domain.Child.register(
        command.id, uow.children.next_number(), command.identity, command.identifiers, today=command.today
    )
    uow.children.add(child)
    return child


def amend_child(uow: UnitOfWork, command: commands.AmendChild) -> domain.Child:
    """Record a change in the child's life (COUNTING F27: true from a day)."""
    child = uow.children.get(command.id)
    child.amend(command.identity, on=command.on, today=command.today, by=command.actor, at=command.at)
    return child


def correct_child(uow: UnitOfWork, command: commands.CorrectChild) -> domain.Child:
    """Put right what was never so (COUNTING F27: figures are restated)."""
    child = uow.children.get(command.id)
    child.correct(command.identity, today=command.today, by=command.actor, at=command.at)
    return child


def withdraw_child(uow: UnitOfWork, command: commands.WithdrawChild) -> domain.Child:
    """Mark an entry as made in error: kept, counted nowhere."""
    child = uow.children.get(command.id)
    child.withdraw(reason=command.reason)
    uow.children.release_identifiers(child)
    return child
