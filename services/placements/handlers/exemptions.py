"""What happens when placements is asked to set a rule aside. Each locks the child's whereabouts first."""

from typing import Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import exemptions as commands
from services.placements.domain import exemptions, judgement
from services.placements.domain.decision import covering
from services.placements.handlers import gatekeeping, gatekeeping_work
from services.placements.handlers.placements import acting
from shared.errors import Invalid


class Exempted(Protocol):
    """Exemptions by id, and their reasons in words."""

    def child_of(self, id_: UUID) -> UUID:
        """The child that an exemption is about. Raises NotFound."""

    def add(self, reasoning: exemptions.Reasoning) -> None:
        """Keep the words of a reason, sealed under the child's key."""


class UnitOfWork(gatekeeping_work.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def exempted(self) -> Exempted:
        """Exemptions by id."""


def propose_deviation(uow: UnitOfWork, command: commands.ProposeDeviation) -> domain.Whereabouts:
    """Ask to deviate from a rule, with a reason."""
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    ask = exemptions.Ask(rule=command.rule, reason=command.reason, by=command.actor, until=command.until)
    exemptions.propose(child, command.id, _stay(child, command), ask, act)
    uow.exempted.add(exemptions.Reasoning(command.id, child.id, command.words))
    return child


def override_rule(uow: UnitOfWork, command: commands.OverrideRule) -> domain.Whereabouts:
    """Set a rule aside where the pack lets this person, up to a day."""
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    ask = exemptions.Ask(rule=command.rule, reason=command.reason, by=command.actor, until=command.until)
    exemptions.override(child, command.id, _stay(child, command), ask, command.roles, act)
    uow.exempted.add(exemptions.Reasoning(command.id, child.id, command.words))
    return child


def sign_deviation(uow: UnitOfWork, command: commands.SignDeviation) -> domain.Whereabouts:
    """A second person signs: the deviation stands in for the rule."""
    child = uow.whereabouts.of(uow.exempted.child_of(command.id))
    exemptions.sign(child, command.id, command.actor, acting(uow, command.today))
    return child


def refuse_deviation(uow: UnitOfWork, command: commands.RefuseDeviation) -> domain.Whereabouts:
    """A second person does not sign."""
    child = uow.whereabouts.of(uow.exempted.child_of(command.id))
    exemptions.refuse(child, command.id, command.actor, command.reason, acting(uow, command.today))
    return child


def withdraw_exemption(uow: UnitOfWork, command: commands.WithdrawExemption) -> domain.Whereabouts:
    """The rule is judged alone again."""
    child = uow.whereabouts.of(uow.exempted.child_of(command.id))
    exemptions.withdraw(child, command.id, command.reason, acting(uow, command.today))
    return child


def judge_stay(uow: UnitOfWork, command: commands.JudgeStay) -> tuple[domain.Verdict, ...]:
    """What all rules would say to a stay, when it is authorised and before, when it is decided. Nothing is written.

    What was recorded before a decision is read from the gatekeeping case, where one is named.
    """
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    asked = exemptions.asked(child, command.stay, command.other_reasons, command.today)
    case = gatekeeping.facts(uow, command.case, child.id) if command.case else None
    decision = covering(child.decisions, asked, asked.from_)
    permitting = judgement.permission(child, asked, act, case, decision)
    known = {each.rule.id for each in permitting}
    deciding = judgement.deciding(child, asked, act, case) if case else ()
    return (*permitting, *(each for each in deciding if each.rule.id not in known))


def _stay(child: domain.Whereabouts, command: commands.ProposeDeviation) -> domain.Placement:
    if command.placement is not None:
        return child.placement(command.placement)
    if command.stay is None:
        raise Invalid("Either a placement or a stay.", field="stay", rule="placement-or-stay")
    return exemptions.asked(child, command.stay, (), command.today)
