"""Mapping of found children beside missing ones, and the facts that are compared."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain import Status, alerts
from services.registry.domain import alerts_comparing as domain
from services.registry.store.alerts_tables import alert, alert_pair
from services.registry.store.children import child
from services.registry.store.mapping import mapper
from shared import protection, queries
from shared.countries.areas import AreaTree
from shared.repository import Repository

MOST = 5_000
"""So many children without a name are compared at most: the newest."""

mapper.map_imperatively(domain.Pair, alert_pair, version_id_col=alert_pair.c.version, version_id_generator=False)


class Pairs(Repository[domain.Pair]):
    """The pairs that were ever proposed, and what new ones are made of."""

    kind = domain.Pair

    def __init__(self, session: Session, areas: AreaTree) -> None:
        super().__init__(session)
        self._areas = areas

    def known(self) -> set[tuple[UUID, UUID]]:
        """(alert, child) of every pair proposed for an open alert."""
        open_ = select(alert.c.id).where(alert.c.stage.in_(alerts.OPEN))
        query = select(alert_pair.c.alert, alert_pair.c.child).where(alert_pair.c.alert.in_(open_))
        return {(row.alert, row.child) for row in self._session.execute(query)}

    def missing(self) -> list[domain.MissingChild]:
        """The open alerts, as they are compared."""
        query = select(alerts.Alert).where(alert.c.stage.in_(alerts.OPEN))
        return [
            domain.MissingChild(each.id, each.child, self._region(each.area), each.description)
            for each in self._session.scalars(query.order_by(alert.c.id))
        ]

    def found(self, since: date) -> list[domain.FoundChild]:
        """The children of unknown name registered since a day: when, their id tells (it is a uuid7)."""
        first = _first_id(since)
        query = (
            select(child)
            .where(child.c.id >= first, child.c.status == Status.ACTIVE)
            .order_by(child.c.id.desc())
            .limit(MOST)
        )
        rows = protection.opened(self._session, child, queries.rows(self._session, query), subject="id")
        return [self._found(row) for row in rows if not row["identity"]["names"]]

    def _found(self, row: dict[str, object]) -> domain.FoundChild:
        identity = row["identity"]
        assert isinstance(identity, dict)
        born_from, born_to = (
            date.fromisoformat(day) if (day := identity[end]) else None for end in ("born_from", "born_to")
        )
        id_ = row["id"]
        assert isinstance(id_, UUID)
        return domain.FoundChild(id_, identity["sex"], born_from, born_to, self._region(identity["area"]), _day_of(id_))

    def _region(self, area: str) -> str:
        """The area right below the country that an area lies in."""
        line = self._areas.ancestors(area)
        return line[-2] if len(line) > 1 else area


def _first_id(since: date) -> UUID:
    """The smallest uuid7 of a day."""
    instant = datetime.combine(since, time(), UTC)
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def _day_of(id_: UUID) -> date:
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC).date()
