"""The whereabouts of all children, each with its placements and breaches, locked for change."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from services.placements import domain
from services.placements.store.tables import placement, whereabouts
from shared import unit_of_work
from shared.errors import NotFound


class WhereaboutsOfAll(unit_of_work.Collection[domain.Whereabouts]):
    """The whereabouts of all children."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, domain.Whereabouts)

    def of(self, child: UUID) -> domain.Whereabouts:
        """A child's whereabouts, locked for change; those of a child never named before are empty."""
        if child not in self._known:
            self.expect([child])
        return self.get(child)

    def holding(self, placement_id: UUID) -> domain.Whereabouts:
        """The whereabouts that a placement belongs to, locked for change. Raises NotFound."""
        child = self._session.scalar(select(placement.c.child).where(placement.c.id == placement_id))
        if child is None:
            raise NotFound("No placement with this id.", field="placement")
        return self.of(child)

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock the whereabouts of many children at once, in the order of their ids.

        The row of a child named for the first time is made before it is locked: of two who name it at once (an import
        and the event of registry), the second waits here instead of failing.
        """
        wanted = sorted(set(ids) - self._known.keys())
        if not wanted:
            return
        with self._session.no_autoflush:  # nothing that waits to be written is asked for
            unnested = select(func.unnest(literal(wanted, ARRAY(Uuid))))
            self._session.execute(insert(whereabouts).from_select(["child"], unnested).on_conflict_do_nothing())
            query = select(domain.Whereabouts).where(whereabouts.c.child.in_(wanted)).order_by(whereabouts.c.child)
            parts = selectinload(domain.Whereabouts.placements), selectinload(domain.Whereabouts.breaches)  # type: ignore[arg-type]
            found = self._session.scalars(query.with_for_update().options(*parts))
            self._known |= {each.id: each for each in found}
