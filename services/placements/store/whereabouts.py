"""The whereabouts of all children, each with its placements and breaches, locked for change."""

from uuid import UUID

from sqlalchemy import select

from services.placements import domain
from services.placements.store.tables import placement
from shared.errors import NotFound
from shared.repository import NamedRepository


class WhereaboutsOfAll(NamedRepository[domain.Whereabouts]):
    """The whereabouts of all children; those of a child never named before are empty."""

    kind = domain.Whereabouts

    def of(self, child: UUID) -> domain.Whereabouts:
        """A child's whereabouts, locked for change."""
        return self.get(child)

    def holding(self, placement_id: UUID) -> domain.Whereabouts:
        """The whereabouts that a placement belongs to, locked for change. Raises NotFound."""
        child = self._session.scalar(select(placement.c.child).where(placement.c.id == placement_id))
        if child is None:
            raise NotFound("No placement with this id.", field="placement")
        return self.of(child)
