"""Mapping of found children beside missing ones, and the facts that are compared."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain import Identity, Name, Status, alerts, matching_names
from services.registry.domain import alerts_comparing as domain
from services.registry.domain.alerts_names import as_name
from services.registry.domain.matching_names import Reading
from services.registry.domain.papers import FOUNDLING_REPORT
from services.registry.store.alerts_tables import alert, alert_pair
from services.registry.store.children import child, read_identity
from services.registry.store.mapping import mapper
from services.registry.store.matching_terms import FOUND
from services.registry.store.papers_files import identity_work
from shared import protection, queries
from shared.countries import Pack
from shared.repository import Repository

MOST = 5_000
"""So many foundlings are compared at most: the newest."""

mapper.map_imperatively(domain.Pair, alert_pair, version_id_col=alert_pair.c.version, version_id_generator=False)


class Pairs(Repository[domain.Pair]):
    """The pairs that were ever proposed, and what new ones are made of."""

    kind = domain.Pair

    def __init__(self, session: Session, pack: Pack) -> None:
        super().__init__(session)
        self._areas, self._languages = pack.areas, pack.languages

    def known(self) -> set[tuple[UUID, UUID]]:
        """(alert, child) of every pair proposed for an open alert."""
        open_ = select(alert.c.id).where(alert.c.stage.in_(alerts.OPEN))
        query = select(alert_pair.c.alert, alert_pair.c.child).where(alert_pair.c.alert.in_(open_))
        return {(row.alert, row.child) for row in self._session.execute(query)}

    def missing(self) -> list[domain.MissingChild]:
        """The open alerts, as they are compared."""
        query = select(alerts.Alert).where(alert.c.stage.in_(alerts.OPEN))
        open_ = list(self._session.scalars(query.order_by(alert.c.id)))
        known = self._names({each.child for each in open_ if each.child})
        return [
            domain.MissingChild(
                each.id,
                each.child,
                self._region(each.area),
                each.description,
                (*self._told(each.description.names), *(known.get(each.child, ()) if each.child else ())),
            )
            for each in open_
        ]

    def _names(self, ids: Collection[UUID]) -> dict[UUID, tuple[Reading, ...]]:
        """The names of missing children who are registered; of records that are closed to people, none."""
        if not ids:
            return {}
        query = select(child).where(child.c.id.in_(ids), child.c.status.in_(FOUND))
        rows = protection.opened(self._session, child, queries.rows(self._session, query), subject="id")
        return {row["id"]: self._read(read_identity(row["identity"]).names) for row in rows}

    def _told(self, names: Iterable[str]) -> tuple[Reading, ...]:
        return self._read(map(as_name, names))

    def _read(self, names: Iterable[Name]) -> tuple[Reading, ...]:
        return matching_names.read(names, self._languages)

    def found(self, since: date) -> list[domain.FoundChild]:
        """The foundlings known since a day: those for whom a report on the finding is, or was, to be made."""
        foundlings = select(identity_work.c.child).where(
            identity_work.c.kind == FOUNDLING_REPORT, identity_work.c.opened_on >= since
        )
        query = select(child).where(child.c.id.in_(foundlings), child.c.status == Status.ACTIVE)
        newest = query.order_by(child.c.id.desc()).limit(MOST)
        rows = protection.opened(self._session, child, queries.rows(self._session, newest), subject="id")
        return [self._found(row["id"], read_identity(row["identity"])) for row in rows]

    def _found(self, id_: UUID, identity: Identity) -> domain.FoundChild:
        found_on = identity.found.found_to if identity.found else _day_of(id_)
        birth = identity.birth
        return domain.FoundChild(
            id_, identity.sex, birth.born_from, birth.born_to, self._region(identity.area), found_on,
            self._read(identity.names),
        )  # fmt: skip

    def _region(self, area: str) -> str:
        """The area right below the country that an area lies in."""
        line = self._areas.ancestors(area)
        return line[-2] if len(line) > 1 else area


def _day_of(id_: UUID) -> date:
    """The day on which a uuid7 was made."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC).date()
