"""What happens when asked about sealed records and their openings; what is done as time passes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from services.registry.commands import sealing as commands
from services.registry.domain import children, joining
from services.registry.domain import sealing as domain
from shared import uow
from shared.errors import Conflict

AT_A_TIME = 500


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> children.Children:
        """The children of the deployment."""

    @property
    def joinings(self) -> joining.Joinings:
        """The merges of their records."""

    @property
    def seals(self) -> domain.Seals:
        """The seals."""

    @property
    def openings(self) -> domain.Openings:
        """The requests to open them."""

    @property
    def seal_tasks(self) -> domain.Tasks:
        """The adoption officer's private tasks."""

    @property
    def seal_law(self) -> domain.Law:
        """What the country pack says of sealing."""


def ask_seal(uow: UnitOfWork, command: commands.AskSeal) -> domain.Seal:
    """Ask that a record be sealed. Raises SealRefused, Conflict."""
    uow.children.get(command.child)
    if uow.seals.asked_about(command.child):
        raise Conflict("A seal on this record is asked for already.", field="child", rule="seal-open")
    seal = domain.Seal.ask(
        command.id, command.child, uow.seal_law.level, command.decree, by=command.actor, at=command.at
    )
    uow.seals.add(seal)
    return seal


def seal_child(uow: UnitOfWork, command: commands.SealChild) -> domain.Seal:
    """Seal the record: from the commit on it is absent for everybody else. Raises SealDecided, SealRefused."""
    seal = uow.seals.get(command.id)
    child = uow.children.get(seal.child)
    group = [child, *(uow.children.get(each.merged) for each in uow.joinings.standing(child.id))]
    seal.close(group, uow.seals.households_of(group), by=command.actor, at=command.at)
    uow.seals.hide(seal, group)
    return seal


def refuse_seal(uow: UnitOfWork, command: commands.RefuseSeal) -> domain.Seal:
    """Leave the record open. Raises SealDecided."""
    seal = uow.seals.get(command.id)
    seal.refuse(command.because, by=command.actor, at=command.at)
    return seal


def link_seal(uow: UnitOfWork, command: commands.LinkSeal) -> domain.Seal:
    """Note in the seal under which new id the adopted person was met; nothing else knows. Raises SealRefused."""
    seal = uow.seals.get(command.id)
    seal.link(command.child)
    return seal


def ask_opening(uow: UnitOfWork, command: commands.AskOpening) -> domain.Opening:
    """Ask that a seal be opened. Raises SealRefused."""
    seal = uow.seals.get(command.seal)
    opening = domain.Opening.ask(
        command.id, seal, command.ground, command.reason,
        allowed=uow.seal_law.grounds(seal.level), by=command.actor, at=command.at,
    )  # fmt: skip
    uow.openings.add(opening)
    return opening


def approve_opening(uow: UnitOfWork, command: commands.ApproveOpening) -> domain.Opening:
    """Open a seal for some minutes. Raises SealDecided, SealRefused."""
    opening = uow.openings.get(command.id)
    opening.approve(uow.seal_law.minutes, by=command.actor, at=command.at)
    return opening


def refuse_opening(uow: UnitOfWork, command: commands.RefuseOpening) -> domain.Opening:
    """Leave a seal closed. Raises SealDecided."""
    opening = uow.openings.get(command.id)
    opening.refuse(command.because, by=command.actor, at=command.at)
    return opening


def finish_seal_task(uow: UnitOfWork, command: commands.FinishSealTask) -> domain.Task:
    """A private task was seen to."""
    task = uow.seal_tasks.get(command.id)
    task.finish(by=command.actor, at=command.at)
    return task


def meet_sealed(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell the adoption officer of records registered with an identifier that a sealed one holds.

    Some minutes later and not at the registering, which so takes the same time whether the identifier is sealed or not.
    """
    return uow.seals.meet(at, AT_A_TIME)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"sealed-identifiers": meet_sealed}
