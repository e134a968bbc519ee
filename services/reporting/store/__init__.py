"""reporting's unit of work and its collections: tables, mapping, what is read and written. One module an aggregate.

Not here: what any of it means (domain), read-only queries for people (views), the read tables' writing (projections).
"""

from functools import cached_property
from typing import cast

from services.reporting.store import tables
from services.reporting.store.deliveries import Deliveries
from services.reporting.store.figures import Facts, PeriodNotes
from services.reporting.store.mapping import mapper
from services.reporting.store.rebuilds import Rebuilds
from services.reporting.store.returns import Bundles, Returns
from shared import unit_of_work
from shared.countries import Pack

__all__ = ["Facts", "UnitOfWork", "mapper", "metadata"]

metadata = tables.metadata


class UnitOfWork(unit_of_work.SqlUnitOfWork):
    """A transaction over reporting's database."""

    @property
    def pack(self) -> Pack:
        """The deployment's country pack: a pack is the code book of every unit of work."""
        return cast(Pack, self._codes)

    @cached_property
    def facts(self) -> Facts:
        """What the sources have told."""
        return Facts(self.session)

    @cached_property
    def notes(self) -> PeriodNotes:
        """Notes on periods."""
        return PeriodNotes(self.session)

    @cached_property
    def returns(self) -> Returns:
        """The returns."""
        return Returns(self.session)

    @cached_property
    def bundles(self) -> Bundles:
        """The deployment's own bundles."""
        return Bundles(self.session)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The bundles of others."""
        return Deliveries(self.session)

    @cached_property
    def rebuilds(self) -> Rebuilds:
        """The rebuilds of the read tables."""
        return Rebuilds(self.session)

    def commit(self) -> None:
        """Write returns and bundles, then the figures that hang on them, then audit and events."""
        self.session.flush()
        self.returns.write_frozen()
        self.deliveries.write_effective()
        super().commit()
