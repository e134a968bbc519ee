"""placements' unit of work and its collections: tables, mapping, one module an aggregate.

Not here: what any of it means (domain), read-only queries for people (views).
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from uuid import UUID

from services.placements.law import PackLaw
from services.placements.store import tables
from services.placements.store.mapping import mapper
from services.placements.store.providers import Providers
from services.placements.store.register_lines import RegisterLines
from services.placements.store.whereabouts import WhereaboutsOfAll
from shared import clock, unit_of_work
from shared.countries import Pack

__all__ = ["UnitOfWork", "mapper", "metadata"]

metadata = tables.metadata


class UnitOfWork(unit_of_work.SqlUnitOfWork):
    """A transaction over placements' database; its code book is the country pack."""

    _codes: Pack

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the whereabouts that events are about."""
        self.whereabouts.expect(subjects)

    @cached_property
    def whereabouts(self) -> WhereaboutsOfAll:
        """The whereabouts of all children."""
        return WhereaboutsOfAll(self.session)

    @cached_property
    def register_lines(self) -> RegisterLines:
        """The lines of registers that were taken."""
        return RegisterLines(self.session)

    @cached_property
    def providers(self) -> Providers:
        """The providers."""
        return Providers(self.session)

    @cached_property
    def law(self) -> PackLaw:
        """What the country pack says."""
        return PackLaw(self._codes)

    @property
    def today(self) -> date:
        """The day in the pack's time zone, of what is done now."""
        return clock.day_in(self._codes.zone, self.context.at)

    def commit(self) -> None:
        """Write whereabouts, then the keys of register lines, then audit and events."""
        self.session.flush()
        self.register_lines.write()
        super().commit()
