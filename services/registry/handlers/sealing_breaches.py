"""What happens when asked about breaches of personal data."""

from typing import Protocol

from services.registry.commands import sealing_breaches as commands
from services.registry.domain import sealing_breaches as domain
from shared import uow


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def breaches(self) -> domain.Breaches:
        """The register of breaches."""

    @property
    def breach_rule(self) -> domain.Rule:
        """Whom the country pack says to tell, and when."""


def note_breach(uow: UnitOfWork, command: commands.NoteBreach) -> domain.BreachNotice:
    """Write down a breach of personal data; its clock runs."""
    notice = domain.BreachNotice.note(
        command.id, command.kind, command.children, command.known_at, command.text,
        rule=uow.breach_rule, by=command.actor, at=command.at,
    )  # fmt: skip
    uow.breaches.add(notice)
    return notice


def decide_breach(uow: UnitOfWork, command: commands.DecideBreach) -> domain.BreachNotice:
    """Write down that the authority was told, or why it need not be. Raises BreachDecided."""
    notice = uow.breaches.get(command.id)
    notice.decide(command.status, command.decision, by=command.actor, at=command.at)
    return notice
