"""What happens when asked about records that may be of one child. The caller commits."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from services.registry.commands import matching as commands
from services.registry.domain import matching as domain
from shared import uow


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def match_pairs(self) -> domain.Pairs:
        """The pairs that ever came up."""


def decide_same_child(uow: UnitOfWork, command: commands.DecideSameChild) -> domain.Pair:
    """A person says whether two records are of one child. Nothing is merged by it. Raises Conflict."""
    pair = uow.match_pairs.get(command.id)
    pair.decide(command.decision, by=command.actor, at=command.at, because=command.because)
    return pair


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, Any, Any], int]] = {}
