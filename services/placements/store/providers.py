"""The providers, also by the key of a register."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store.tables import provider
from shared.repository import Repository


class Providers(Repository[domain.Provider]):
    """The providers, also by the key of a register."""

    kind = domain.Provider

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._existing: set[UUID] = set()
        self._held: dict[domain.RegisterKey, UUID | None] = {}

    def exists(self, id_: UUID) -> bool:
        """Whether there is such a provider; its row is not locked."""
        if id_ not in self._existing and self._session.scalar(select(provider.c.id).where(provider.c.id == id_)):
            self._existing.add(id_)
        return id_ in self._existing

    def add(self, thing: domain.Provider) -> None:
        """Take in a new provider."""
        super().add(thing)
        self._existing.add(thing.id)
        if thing.register is not None and thing.register_key is not None:
            self._held[domain.RegisterKey(thing.register, thing.register_key)] = thing.id

    def holding(self, key: domain.RegisterKey) -> UUID | None:
        """The provider that a register knows by `key`."""
        if key not in self._held:
            self.keyed(key.register, [key.value])
        return self._held[key]

    def keyed(self, register: str, keys: Iterable[str]) -> dict[str, UUID]:
        """Ids of the providers that a register knows by these keys."""
        asked = set(keys)
        wanted = provider.c.register == register, provider.c.register_key.in_(asked)
        found = {row.register_key: row.id for row in self._session.execute(select(provider).where(*wanted))}
        self._existing |= set(found.values())
        self._held |= {domain.RegisterKey(register, key): found.get(key) for key in asked}
        return found
