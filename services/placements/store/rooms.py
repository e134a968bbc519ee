"""How many live at each provider and are expected there: counted anew at the commit by whoever changed a placement.

A child that is away for longer than its place is kept is not counted.

The figure of a provider is written under a lock of its row, which is taken last and in order of id (lock order: child,
then provider), and read under the same lock where a permission depends on it. Not here: who may come (domain.rules).
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import Session

from services.placements import domain

_TOUCHED = "providers touched"
_COUNTED = (domain.State.PLANNED, domain.State.ACTIVE)
LOCK = text("select id from provider where id = any(:ids) order by id for no key update")
RECOUNT = text(
    """
    with counted as (
        select id, places, provider.living + provider.expected > places as was_over,
            (select count(*) from placement
                where placement.provider = provider.id and state = 'active' and place_kept) as living,
            (select count(*) from placement where placement.provider = provider.id and state = 'planned') as expected
        from provider where id = any(:ids)
    )
    update provider set living = counted.living, expected = counted.expected from counted
    where provider.id = counted.id
        and (provider.living, provider.expected) is distinct from (counted.living, counted.expected)
    returning provider.id, counted.was_over is distinct from counted.living + counted.expected > counted.places
    """
)
"""Counts after LOCK, in a statement of its own: only that sees what others committed while the lock was waited for."""


def touch(session: Session, providers: Iterable[UUID]) -> None:
    """Note that placements at these providers change by other means than the session's objects."""
    session.info.setdefault(_TOUCHED, set()).update(providers)


class Rooms:
    """The room of providers within one unit of work."""

    def __init__(self, session: Session, counted: Callable[[Collection[UUID]], None]) -> None:
        """`counted` is told of providers whose figures may have changed."""
        self._session = session
        self._counted = counted
        session.info[_TOUCHED] = set()
        event.listen(session, "before_flush", self._collect)

    def lock(self, provider: UUID | None) -> None:
        """Let nobody else fill the places of a provider until the commit, and count who lives and is expected there."""
        if provider is not None:
            self.recount([provider])

    def recount(self, providers: Collection[UUID]) -> list[UUID]:
        """Count who lives and is expected at each; those that became over-full thereby, or are it no longer."""
        ids = {"ids": sorted(providers)}
        self._session.execute(LOCK, ids)
        turned = [row[0] for row in self._session.execute(RECOUNT, ids) if row[1]]
        self._counted(providers)
        return turned

    def write(self) -> list[UUID]:
        """Count anew where placements changed; the providers that became over-full thereby, or are it no longer."""
        touched = self._session.info[_TOUCHED]
        self._session.info[_TOUCHED] = set()
        return self.recount(touched) if touched else []

    def _collect(self, session: Session, *_: object) -> None:
        changed = (each for each in (*session.new, *session.dirty) if isinstance(each, domain.Placement))
        touch(session, {provider for each in changed for provider in _providers(each)})


def _providers(placement: domain.Placement) -> set[UUID]:
    """The providers at which a placement that is about to be written counted, or will count."""
    mapped: Any = inspect(placement)
    states, providers = mapped.attrs.state.history, mapped.attrs.provider.history
    if not (states.has_changes() or providers.has_changes() or mapped.attrs.place_kept.history.has_changes()):
        return set()
    if not {*states.added, *states.deleted, *states.unchanged}.intersection(_COUNTED):
        return set()
    return {each for each in (*providers.added, *providers.deleted, *providers.unchanged) if each is not None}
