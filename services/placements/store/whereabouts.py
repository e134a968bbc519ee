"""The whereabouts of all children, each with its placements and breaches, locked for change."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store import rooms
from services.placements.store.tables import metadata, placement, placement_key, subject_key
from shared.errors import NotFound
from shared.repository import NamedRepository
from shared.stream import forgetting

CONSUMER = "placements"


class WhereaboutsOfAll(NamedRepository[domain.Whereabouts]):
    """The whereabouts of all children; those of a child never named before are empty."""

    kind = domain.Whereabouts

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._taken: list[UUID] = []

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock many at once, in order of id."""
        wanted = set(ids) - self._known.keys()
        super().expect(wanted)
        self._taken += wanted

    def taken_up(self) -> Collection[domain.Whereabouts]:
        """Those that were read for change since this was asked last."""
        taken, self._taken = self._taken, []
        found = (self._known.get(each) for each in taken)
        return [each for each in found if each is not None]

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
        where = select(placement.c.provider).where(placement.c.child == child, placement.c.provider.is_not(None))
        rooms.touch(self._session, self._session.scalars(where))
        self._session.execute(delete(placement_key).where(placement_key.c.placement.in_(mine)))
        for table in reversed(metadata.sorted_tables):
            if "child" in table.c:
                self._session.execute(delete(table).where(table.c.child == child))
        self._session.execute(delete(subject_key).where(subject_key.c.subject == child))
        forgetting.forget(self._session.connection(), CONSUMER, [child])
        forgetting.blank(self._session.connection(), [child])
