"""What happens when registry is asked: one function per command, (uow, command) -> child. The caller commits."""

from typing import Protocol
from uuid import UUID

from services.registry import commands, domain
from services.registry.domain import matching
from services.registry.domain.matching import Matches, Pairs
from shared import uow


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> domain.Children:
        """The children of the deployment."""

    @property
    def identity_law(self) -> domain.IdentityLaw:
        """What the country pack says of identity."""

    @property
    def matches(self) -> Matches:
        """The search for records of one child."""

    @property
    def match_pairs(self) -> Pairs:
        """The pairs of records that ever came up."""


def register_child(uow: UnitOfWork, command: commands.RegisterChild) -> domain.Child:
    """Register a child.

    Raises IdentifierTaken where another child carries one of its identifiers, SameChild where there is likely a record
    of it that nothing was said of.
    """
    identifiers = _free(uow, command.identifiers)
    child = domain.Child.register(
        command.id,
        uow.children.next_number(),
        command.identity,
        identifiers,
        today=command.today,
        law=uow.identity_law,
    )
    decided = [] if command.imported else _compared(uow, child, command)
    uow.children.add(child)
    uow.matches.index(child)
    for pair in decided:
        uow.match_pairs.add(pair)
    return child


def amend_child(uow: UnitOfWork, command: commands.AmendChild) -> domain.Child:
    """Record a change in the child's life (COUNTING F27: true from a day)."""
    child = uow.children.get(command.id)
    child.amend(command.identity, on=command.on, **_change(uow, command))
    return _indexed(uow, child, command)


def correct_child(uow: UnitOfWork, command: commands.CorrectChild) -> domain.Child:
    """Put right what was never so (COUNTING F27: figures are restated)."""
    child = uow.children.get(command.id)
    child.correct(command.identity, **_change(uow, command))
    return _indexed(uow, child, command)


def withdraw_child(uow: UnitOfWork, command: commands.WithdrawChild) -> domain.Child:
    """Mark an entry as made in error: kept, counted nowhere."""
    child = uow.children.get(command.id)
    child.withdraw(reason=command.reason)
    uow.children.release_identifiers(child)
    uow.matches.remove(child.id)
    return child


def record_death(uow: UnitOfWork, command: commands.RecordDeath) -> domain.Child:
    """Record that the child is dead."""
    child = uow.children.get(command.id)
    child.die(command.death, today=command.today)
    return child


def retract_death(uow: UnitOfWork, command: commands.RetractDeath) -> domain.Child:
    """Take back a death that was recorded in error."""
    child = uow.children.get(command.id)
    child.retract_death(by=command.actor, at=command.at)
    return child


def _compared(uow: UnitOfWork, child: domain.Child, command: commands.RegisterChild) -> list[matching.Pair]:
    return matching.compare_new(uow.matches, uow.match_pairs, child, command.compared, by=command.actor, at=command.at)


def _free(
    uow: UnitOfWork, given: tuple[domain.Identifier, ...], holder: UUID | None = None
) -> tuple[domain.Identifier, ...]:
    """Identifiers in their one written form, that no other child carries. Raises IdentifierTaken."""
    written = tuple(domain.number_as_written(each, uow.identity_law.number_rule(each.kind)) for each in given)
    for place, identifier in enumerate(written):
        if uow.children.holding(identifier) not in (None, holder):
            raise domain.IdentifierTaken(
                "Another child carries this identifier.", field=f"identifiers.{place}", rule="identifier-free"
            )
    return written


def _change(uow: UnitOfWork, command: commands.AmendChild | commands.CorrectChild) -> domain.Change:
    given = command.identifiers
    return {
        "today": command.today,
        "by": command.actor,
        "at": command.at,
        "law": uow.identity_law,
        "identifiers": None if given is None else _free(uow, given, command.id),
    }


def _indexed(
    uow: UnitOfWork, child: domain.Child, command: commands.AmendChild | commands.CorrectChild
) -> domain.Child:
    if command.identifiers is not None:
        uow.children.index(child)
    uow.matches.index(child, anew=True)
    return child
