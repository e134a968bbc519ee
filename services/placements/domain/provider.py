"""Providers: facilities, homes, agencies and carer families that children are placed with, and whom each can take.

A carer family is a provider too, whose approval is worked out in families. Of a licence only the least: its number,
its days, and whether it is suspended. Not here yet: how a licence is applied for, granted, and taken away.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True)
class ProviderAmended:
    """What is known of a provider has changed: all of it, as it is now."""

    provider: UUID
    kind: str
    area: str
    places: int | None
    care_forms: tuple[str, ...]
    age_from: int | None
    age_to: int | None
    sexes: tuple[str, ...]
    approved_from: date | None
    approved_to: date | None
    suspended: bool
    closed_on: date | None


@dataclass(frozen=True)
class Takes:
    """Which children find a place. Ages are completed years, first and last; an empty set of codes is not known."""

    age_from: int | None = None
    age_to: int | None = None
    sexes: tuple[str, ...] = ()
    accessible: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise Invalid("The last age lies before the first.", field="age_to", rule="ages-in-order")


@dataclass(eq=False)
class Unit:
    """A house, an apartment or a group of a provider, with places of its own. `unit` is how it is called there."""

    provider: UUID
    unit: str
    places: int
    takes: Takes = field(default_factory=Takes)


@dataclass(frozen=True)
class Approval:
    """A licence or approval in [from_, to); `suspended`: nobody is placed there as long as it is."""

    number: str | None = None
    from_: date | None = None
    to: date | None = None
    suspended: bool = False

    def __post_init__(self) -> None:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise Invalid("It ends before it begins.", field="to", rule="ends-after-it-begins")

    @property
    def on_record(self) -> bool:
        """Whether anything is known of one: only then can it lapse."""
        return self.suspended or any(each is not None for each in (self.number, self.from_, self.to))

    def gives_more_than(self, other: "Approval") -> bool:
        """Whether it says a number, or a day on which it holds, that the other one does not say."""
        if self.number not in {None, other.number}:
            return True
        if self.from_ is None:
            return False
        earlier = other.from_ is None or self.from_ < other.from_
        return earlier or (self.to or date.max) > (other.to or date.max)


@dataclass(frozen=True, kw_only=True)
class Details:
    """All that may change of a provider. `units` empty: it is one house."""

    area: str
    name: str
    places: int | None = None
    care_forms: tuple[str, ...] = ()
    takes: Takes = field(default_factory=Takes)
    languages: tuple[str, ...] = ()
    approval: Approval = field(default_factory=Approval)
    closed_on: date | None = None
    units: Sequence[tuple[str, int, Takes]] = ()


@dataclass(eq=False)
class Provider(Aggregate):
    """Who cares for children placed there. The name stays here; `places` None: not known."""

    id: UUID
    kind: str
    area: str
    name: str
    places: int | None = None
    key: RegisterKey | None = None
    care_forms: tuple[str, ...] = ()
    takes: Takes = field(default_factory=Takes)
    languages: tuple[str, ...] = ()
    approval_needed: bool = False
    approval: Approval = field(default_factory=Approval)
    closed_on: date | None = None
    units: list[Unit] = field(default_factory=list)
    version: int = 0

    @classmethod
    def open(
        cls, id_: UUID, kind: str, area: str, name: str, *, places: int | None, key: RegisterKey | None
    ) -> "Provider":
        """A new provider. Raises Invalid for a negative number of places."""
        _require_not_negative(places)
        provider = cls(id=id_, kind=kind, area=area, name=name, places=places, key=key)
        provider.record(ProviderRegistered(provider=id_, kind=kind, area=area))
        return provider

    def amend(self, details: Details) -> None:
        """State anew what is known of it; what rests on it for the children who live there is judged anew.

        Raises Invalid where the places of its units are not those of the whole, or two units are called alike.
        """
        _require_not_negative(details.places, *(places for _, places, _ in details.units))
        _require_units(details)
        self.area, self.name, self.places = details.area, details.name, details.places
        self.care_forms, self.takes, self.languages = details.care_forms, details.takes, details.languages
        self.approval, self.closed_on = details.approval, details.closed_on
        self.approval_needed = self.approval_needed or details.approval.on_record
        self._house(details.units)
        self.record(self.amended())

    def amended(self) -> ProviderAmended:
        """What is told of it after a change."""
        return ProviderAmended(
            provider=self.id, kind=self.kind, area=self.area, places=self.places, care_forms=self.care_forms,
            age_from=self.takes.age_from, age_to=self.takes.age_to, sexes=self.takes.sexes,
            approved_from=self.approval.from_, approved_to=self.approval.to, suspended=self.approval.suspended,
            closed_on=self.closed_on,
        )  # fmt: skip

    def _house(self, units: Iterable[tuple[str, int, Takes]]) -> None:
        known = {each.unit: each for each in self.units}
        named = {unit: (places, takes) for unit, places, takes in units}
        self.units[:] = [known.get(unit) or Unit(self.id, unit, 0) for unit in named]
        for each in self.units:
            each.places, each.takes = named[each.unit]


class Providers(Protocol):
    """The providers of a deployment."""

    def exists(self, id_: UUID) -> bool:
        """Whether there is such a provider; its row is not locked."""

    def has_unit(self, id_: UUID, unit: str) -> bool:
        """Whether a provider has a house or group of this name."""

    def get(self, id_: UUID) -> Provider:
        """The provider, locked for change. Raises NotFound."""

    def holding(self, key: RegisterKey) -> UUID | None:
        """The provider that a register knows by `key`."""

    def add(self, provider: Provider) -> None:
        """Take in a new provider."""


class Rooms(Protocol):
    """Who lives and is expected at the providers."""

    def lock(self, provider: UUID | None) -> None:
        """Let nobody else fill the places of a provider until the commit."""


def _require_not_negative(*places: int | None) -> None:
    if any(each is not None and each < 0 for each in places):
        raise Invalid("A provider cannot have fewer places than none.", field="places", rule="places-not-negative")


def _require_units(details: Details) -> None:
    names: Collection[str] = [unit for unit, *_ in details.units]
    if len(set(names)) < len(names):
        raise Invalid("Two units are called alike.", field="units", rule="units-told-apart")
    if names and details.places != sum(places for _, places, _ in details.units):
        raise Invalid("The places of all units are those of the whole.", field="places", rule="places-of-units")
