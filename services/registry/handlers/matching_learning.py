"""What happens when weights are estimated from decisions, and adopted by a person."""

from typing import Protocol

from services.registry.commands import matching_learning as commands
from services.registry.domain import matching_learning as domain
from services.registry.domain.matching import Matches
from services.registry.domain.matching_weights import DEFAULT, Weights
from shared import uow


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def matches(self) -> Matches:
        """The search for records of one child."""

    @property
    def weight_sets(self) -> domain.WeightSets:
        """The sets of weights of the deployment."""

    @property
    def match_decisions(self) -> domain.Decisions:
        """What people decided of pairs."""

    @property
    def weights_minimum(self) -> domain.Minimum:
        """How many decisions the country pack asks for."""


def propose_weights(uow: UnitOfWork, command: commands.ProposeWeights) -> domain.WeightSet:
    """Propose weights with the figures before and after. Raises WeightsRefused where too few pairs are decided."""
    estimate = _estimate(uow) if command.repeats is None else _again(uow, command.repeats)
    number = uow.weight_sets.next_number()
    found = domain.WeightSet.propose(command.id, number, estimate, by=command.actor, at=command.at)
    uow.weight_sets.add(found)
    return found


def adopt_weights(uow: UnitOfWork, command: commands.AdoptWeights) -> domain.WeightSet:
    """Let a proposed set be the one in force. Raises WeightsDecided, WeightsRefused."""
    found = uow.weight_sets.numbered(command.number)
    found.adopt(uow.weight_sets.adopted(), by=command.actor, at=command.at)
    return found


def refuse_weights(uow: UnitOfWork, command: commands.RefuseWeights) -> domain.WeightSet:
    """Leave a proposed set. Raises WeightsDecided, WeightsRefused."""
    found = uow.weight_sets.numbered(command.number)
    found.refuse(by=command.actor, at=command.at)
    return found


def _estimate(uow: UnitOfWork) -> domain.Estimate:
    minimum, decisions = uow.weights_minimum, uow.match_decisions
    domain.require_enough(*decisions.counts(), minimum)
    return domain.estimated(
        decisions.decided(), decisions.at_random(), uow.matches.weights, children=decisions.children(), minimum=minimum
    )


def _again(uow: UnitOfWork, number: int) -> domain.Estimate:
    decisions = uow.match_decisions
    weights: Weights = DEFAULT if number == DEFAULT.number else uow.weight_sets.numbered(number).weights
    return domain.repeated(
        weights, decisions.decided(), decisions.at_random(), uow.matches.weights, children=decisions.children()
    )
