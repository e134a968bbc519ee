"""What is done, as time passes, where somebody has asked for a child whose record is sealed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from services.registry.domain import matching_sealed as domain
from shared import uow

AT_A_TIME = 500


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def match_asked(self) -> domain.Asked:
        """What was asked for."""


def meet_sealed_likenesses(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell the adoption officer of searches and registrations that may have meant a sealed child, and forget the rest.

    Some minutes later and not at the asking, which so takes the same time whether the child is sealed or never was.
    """
    return uow.match_asked.meet(at, AT_A_TIME)


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"sealed-likenesses": meet_sealed_likenesses}
