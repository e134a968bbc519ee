"""Providers: facilities, homes, agencies and carer families that children are placed with. Not here yet: licences."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid
from shared.register_key import RegisterKey


class ProviderKeyTaken(Conflict):
    """The register already knows another provider under this key."""

    code = "provider-key-taken"
    title = "Provider key already in use"


@dataclass(frozen=True)
class ProviderRegistered:
    """Children can be placed with this provider from now on."""

    provider: UUID
    kind: str
    area: str


@dataclass(eq=False)
class Provider(Aggregate):
    """Who cares for children placed there. The name stays here; `places` None: not known."""

    id: UUID
    kind: str
    area: str
    name: str
    places: int | None = None
    key: RegisterKey | None = None
    version: int = 0

    @classmethod
    def open(
        cls, id_: UUID, kind: str, area: str, name: str, *, places: int | None, key: RegisterKey | None
    ) -> "Provider":
        """A new provider. Raises Invalid for a negative number of places."""
        if places is not None and places < 0:
            raise Invalid("A provider cannot have fewer places than none.", field="places", rule="places-not-negative")
        provider = cls(id=id_, kind=kind, area=area, name=name, places=places, key=key)
        provider.record(ProviderRegistered(provider=id_, kind=kind, area=area))
        return provider


class Providers(Protocol):
    """The providers of a deployment."""

    def exists(self, id_: UUID) -> bool:
        """Whether there is such a provider; its row is not locked."""

    def holding(self, key: RegisterKey) -> UUID | None:
        """The provider that a register knows by `key`."""

    def add(self, provider: Provider) -> None:
        """Take in a new provider."""
