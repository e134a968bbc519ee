"""placements' unit of work and its collections: tables, mapping, one module an aggregate.

Not here: what any of it means (domain), read-only queries for people (views).
"""

from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from services.placements.store import (
    alarms,
    decisions,
    exemptions,
    families,
    gatekeeping,
    guardianship,
    leaving_care,
    options,
    reintegration,
    stays,
    surroundings,
    tables,
    turn,
)
from services.placements.store.mapping import mapper
from services.placements.store.register_lines import RegisterLines
from services.placements.store.whereabouts import WhereaboutsOfAll
from shared import unit_of_work
from shared.countries import Pack

__all__ = ["UnitOfWork", "mapper", "metadata"]

metadata = tables.metadata


class UnitOfWork(
    alarms.Collections,
    decisions.Collections,
    surroundings.Collections,
    families.Collections,
    stays.Collections,
    exemptions.Collections,
    turn.Collections,
    reintegration.Collections,
    leaving_care.Collections,
    options.Collections,
    guardianship.Collections,
    gatekeeping.Collections,
    unit_of_work.SqlUnitOfWork,
):
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

    def write_copied(self) -> None:
        """Raise and settle the alarms that follow from what happened; last, count who lives where."""
        self.follow(fact for *_, fact in sorted(self._facts, key=lambda row: row[0]))
        self.concern_siblings((root, fact) for *_, root, fact in self._facts)
        self.session.flush()
        super().write_copied()

    def commit(self) -> None:
        """Write whereabouts, then the keys of register lines, then audit and events."""
        self.session.flush()
        self.register_lines.write()
        super().commit()
