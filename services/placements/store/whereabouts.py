"""The whereabouts of all children, each with its placements and breaches, locked for change."""

from uuid import UUID

from sqlalchemy import delete, select

from services.placements import domain
from services.placements.store.tables import breach, placement, placement_key, whereabouts
from shared.errors import NotFound
from shared.repository import NamedRepository
from shared.stream import forgetting

CONSUMER = "placements"


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

    def forget(self, child: UUID) -> None:
        """Take out everything on a child whose record was erased, and what was told of it."""
        self._session.flush()
        loaded = self._known.pop(child, None)
        if loaded is not None:
            self._session.expunge(loaded)
        mine = select(placement.c.id).where(placement.c.child == child)
        self._session.execute(delete(placement_key).where(placement_key.c.placement.in_(mine)))
        for table in (breach, placement, whereabouts):
            self._session.execute(delete(table).where(table.c.child == child))
        forgetting.forget(self._session.connection(), CONSUMER, [child])
        forgetting.blank(self._session.connection(), [child])
