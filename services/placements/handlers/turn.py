"""What time brings: the day's turn. Children whose day has come are looked at, some at a time; so is a changed law.

Each is looked at as of the day that had come, also when nobody looked for days (domain.Whereabouts.review). Any number
of processes may do it at once: a child that one has at hand is left to it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.domain import turn_law
from services.placements.domain.turn_law import LawSeen
from services.placements.handlers.placements import UnitOfWork as Working
from services.placements.handlers.placements import acting
from shared.errors import Invalid

LOG = logging.getLogger("kinward.turn")
A_LOAD = 500
SPREAD = 2_000
"""So many children at once are marked when a law changes."""


class Days(Protocol):
    """Whose day has come, and the law as it was seen last."""

    def concern(self, children: Iterable[UUID], on: date) -> None:
        """Something outside their own record may make another verdict on these from a day on; nobody is locked."""

    def concern_provider(self, provider: UUID, on: date) -> None:
        """As `concern`, of all children with this provider or carer family."""

    def gather(self) -> int:
        """Bring forward the day of those whom something concerns."""

    def due(self, today: date, most: int) -> list[UUID]:
        """The children whose day has come, locked, who waited longest first; those that others have at hand are not."""

    def put_off(self, child: domain.Whereabouts, until: date) -> None:
        """Forget what was begun with the child; it is looked at again on another day."""

    def law(self) -> LawSeen | None:
        """The law as the turn saw it last, locked; None: there was no turn yet."""

    def follow(self, seen: LawSeen | None, today: date) -> LawSeen:
        """What there is to tell of the law now."""

    def saw(self, law: LawSeen) -> None:
        """Keep which law was seen."""

    def spread(self, law: LawSeen, most: int) -> UUID | None:
        """Bring forward the day of the next children in the order of their ids; the last of them, None at the end."""


class UnitOfWork(Working, Protocol):
    """A transaction over placements' database."""

    @property
    def turn(self) -> Days:
        """Whose day has come."""

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the whereabouts of many at once."""


@dataclass(frozen=True)
class Load:
    """What one transaction did: children looked at, children marked because a law changed, rows of the queues."""

    looked: int
    marked: int = 0
    gathered: int = 0

    def __bool__(self) -> bool:
        return bool(self.looked or self.marked or self.gathered)


def take_turn(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Look at those whose day has come, at most a load; how many, or a full load where more is to be done."""
    load = take_load(uow, today)
    return max(load.looked, load.marked, load.gathered)


def take_load(uow: UnitOfWork, today: date) -> Load:
    """As `take_turn`, told apart."""
    marked = _tell_of_law(uow, today)
    gathered = uow.turn.gather()
    waiting = uow.turn.due(today, A_LOAD)
    for child in _at_hand(uow, waiting):
        try:
            child.review(acting(uow, today))
        except Invalid as error:  # such as a code that its pack has no more: the others are not kept waiting
            LOG.warning("put off", extra={"child": str(child.id), "field": error.field, "rule": error.rule})
            uow.turn.put_off(child, today + timedelta(days=1))
    return Load(len(waiting), marked, gathered)


def _at_hand(uow: UnitOfWork, waiting: list[UUID]) -> list[domain.Whereabouts]:
    uow.expect(waiting)
    children = [uow.whereabouts.of(each) for each in waiting]
    places = {each.provider for child in children for each in child.placements if each.provider}
    uow.surroundings.expect(places, waiting)
    return children


def _tell_of_law(uow: UnitOfWork, today: date) -> int:
    seen = uow.turn.law()
    now = uow.turn.follow(seen, today)
    marked = 0
    if now.spread_on is not None:
        now, marked = turn_law.spread(now, uow.turn.spread(now, SPREAD)), SPREAD
    if now != seen:
        uow.turn.saw(now)
    return marked


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"turn": take_turn}
