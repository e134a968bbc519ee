"""registry's unit of work and its collections: tables, mapping, one module an aggregate.

Not here: what any of it means (domain), read-only queries for people (views).
"""

from services.registry.store import (
    alerts,
    care,
    children,
    families,
    guarding,
    imports,
    joining,
    legal,
    matching,
    matching_learning,
    matching_pairs,
    matching_runs,
    matching_sealed,
    papers,
    sealing,
)
from services.registry.store.mapping import mapper, metadata
from shared import unit_of_work
from shared.countries import Pack

__all__ = ["UnitOfWork", "imports", "mapper", "metadata"]


class UnitOfWork(
    children.Collections,
    families.Collections,
    legal.Collections,
    care.Collections,
    alerts.Collections,
    papers.Collections,
    joining.Collections,
    matching_runs.Collections,
    matching_pairs.Collections,
    matching.Collections,
    matching_learning.Collections,
    matching_sealed.Collections,
    sealing.Collections,
    guarding.Collections,
    unit_of_work.SqlUnitOfWork,
):
    """A transaction over registry's database; its code book is the country pack."""

    _codes: Pack
    row_security = True

    def write_copied(self) -> None:
        """Write children, then the index of their identifiers and the list of erased ids; audit and events follow."""
        self.note_facts(self.children.copied())
        self.children.write_copied()
        self.children.write_index()
        written = self.matches.write()
        self.looking.mark(written, self.context.at)
        for child, terms in written.items():
            self.match_asked.leave(terms, child)
        self.match_asked.write()
        self.erasures.write_list()
