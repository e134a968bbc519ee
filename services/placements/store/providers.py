"""The providers. Nearly all that is asked of them is whether they are there: that locks nothing."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store.tables import provider, provider_unit
from shared.repository import KeyedRepository


class Providers(KeyedRepository[domain.Provider]):
    """The providers, remembering those that were seen to exist."""

    kind = domain.Provider

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._existing: set[UUID] = set()

    def exists(self, id_: UUID) -> bool:
        """Whether there is such a provider; its row is not locked."""
        if id_ not in self._existing and self._session.scalar(select(provider.c.id).where(provider.c.id == id_)):
            self._existing.add(id_)
        return id_ in self._existing

    def has_unit(self, id_: UUID, unit: str) -> bool:
        """Whether a provider has a house or group of this name; nothing is locked."""
        known = select(provider_unit.c.unit).where(provider_unit.c.provider == id_, provider_unit.c.unit == unit)
        return self._session.scalar(known) is not None

    def add(self, thing: domain.Provider) -> None:
        """Take in a new provider."""
        super().add(thing)
        self._existing.add(thing.id)

    def keyed(self, register: str, keys: Iterable[str]) -> dict[str, UUID]:
        """Ids of the providers that a register knows by these keys."""
        found = super().keyed(register, keys)
        self._existing |= set(found.values())
        return found
