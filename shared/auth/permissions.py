"""Which permission a role grants and how far it reaches. Standard library only, so that handlers may ask.

The roles are data of the country pack (`roles.toml`): role -> {scope, permissions, records, fields}. Nothing is granted
that is not written there. Not here: what a permission means; that is the route's and the handler's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from shared.auth.principal import EVERYWHERE, Principal
from shared.errors import ConfigurationError, NotFound

Kind = TypeVar("Kind", bound=Enum)


class OutOfScope(NotFound):
    """The thing exists, but not for this person: answered as absent, audited as denied."""


class Scope(Enum):
    """How far a role's permissions reach, narrow to wide; centre and provider are equally wide."""

    OWN = "own"
    CENTRE = "centre"
    PROVIDER = "provider"
    AREA = "area"
    DEPLOYMENT = "deployment"

    @property
    def width(self) -> int:
        """Rank by reach: own < centre = provider < area < deployment."""
        return {"own": 0, "centre": 1, "provider": 1, "area": 2, "deployment": 3}[self.value]


class Records(Enum):
    """Which personal records a role reaches at all, with whatever permission it holds."""

    SCOPE = "scope"
    SAMPLE = "sample"
    AGENDA = "agenda"
    SEALED = "sealed"
    NONE = "none"


class Areas(Protocol):
    """The tree of areas, as far as access needs it (the pack's areas satisfy it)."""

    def contains(self, parent: str, code: str) -> bool:
        """True where area `code` lies within `parent`."""

    def below(self, code: str) -> frozenset[str]:
        """The area and all areas below it."""


@dataclass(frozen=True)
class BelongsTo:
    """What a thing belongs to, as far as it is known; what is None is reached by no role of that scope."""

    owners: frozenset[str] = frozenset()
    centre: UUID | None = None
    provider: UUID | None = None
    area: str | None = None


@dataclass(frozen=True)
class Grant:
    """What one role may do, how far, on which personal records, and which groups of their fields it sees."""

    scope: Scope
    permissions: frozenset[str]
    records: Records = Records.SCOPE
    fields: frozenset[str] = frozenset()


class Policy:
    """What the roles of a deployment grant. Roles it does not know grant nothing."""

    def __init__(self, grants: Mapping[str, Grant]) -> None:
        self._grants = dict(grants)

    @classmethod
    def from_roles(cls, roles: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read role -> {scope, permissions, records, fields}. Raises ConfigurationError where a row is amiss."""
        return cls({role: _grant(role, row) for role, row in roles.items()})

    def grants(self) -> Mapping[str, Grant]:
        """What each role grants."""
        return MappingProxyType(self._grants)

    def permissions(self) -> frozenset[str]:
        """Every permission that some role grants."""
        return frozenset().union(*(grant.permissions for grant in self._grants.values()))

    def allows(self, principal: Principal, permission: str) -> bool:
        """True where some role of the principal grants the permission, whatever its scope."""
        return bool(self.scopes(principal, permission))

    def scopes(self, principal: Principal, permission: str) -> frozenset[Scope]:
        """The scopes of all roles of the principal that grant the permission."""
        return frozenset(grant.scope for grant in self.granting(principal, permission))

    def scope(self, principal: Principal, permission: str) -> Scope | None:
        """The widest scope among the roles that grant the permission; None where none does.

        Someone with both a centre's and a provider's role gets the centre here: what must reach both asks `covers`.
        """
        found = self.scopes(principal, permission)
        return max(found, key=lambda scope: (scope.width, scope is Scope.CENTRE)) if found else None

    def covers(self, principal: Principal, permission: str, thing: BelongsTo, areas: Areas) -> bool:
        """True where at least one granting role reaches `thing`."""
        return any(_reaches(scope, principal, thing, areas) for scope in self.scopes(principal, permission))

    def fields(
        self,
        principal: Principal,
        permission: str,
        thing: BelongsTo | None,
        areas: Areas,
        records: Records = Records.SCOPE,
    ) -> frozenset[str] | None:
        """The groups of fields of a personal record that the granting roles which reach it see; None: none reaches it.

        A role whose `records` are others does not reach it, however wide its scope. `thing` None is within every scope.
        """
        grants = [grant for grant in self.granting(principal, permission) if grant.records is records]
        reaching = [each for each in grants if thing is None or _reaches(each.scope, principal, thing, areas)]
        return frozenset().union(*(grant.fields for grant in reaching)) if reaching else None

    def granting(self, principal: Principal, permission: str) -> list[Grant]:
        """What the principal's roles grant that grant the permission."""
        grants = (self._grants[role] for role in principal.roles if role in self._grants)
        return [grant for grant in grants if permission in grant.permissions]

    def require(self, principal: Principal, permission: str, thing: BelongsTo, areas: Areas) -> None:
        """Raise OutOfScope where no granting role reaches `thing`."""
        if not self.covers(principal, permission, thing, areas):
            raise OutOfScope


def _grant(role: str, row: Mapping[str, Any]) -> Grant:
    """One row of the policy. Raises ConfigurationError that names role and field."""
    grant = Grant(
        _one_of(Scope, role, row, "scope", None),
        _names(role, row, "permissions"),
        _one_of(Records, role, row, "records", "scope"),
        _names(role, row, "fields") if "fields" in row else frozenset(),
    )
    if grant.fields and grant.records is Records.NONE:
        raise ConfigurationError(
            f"role {role}: fields of personal records are named, but it reaches none",
            field="fields",
            remedy="drop the fields, or give the role other records",
        )
    return grant


def _one_of(kind: type[Kind], role: str, row: Mapping[str, Any], field: str, default: str | None) -> Kind:
    try:
        return kind(row.get(field, default))
    except ValueError:
        allowed = ", ".join(str(each.value) for each in kind)
        raise ConfigurationError(
            f"role {role}: {field} is missing or unknown", field=field, remedy=f"one of {allowed}"
        ) from None


def _names(role: str, row: Mapping[str, Any], field: str) -> frozenset[str]:
    found = row.get(field)
    if not isinstance(found, list | tuple | set | frozenset) or not all(isinstance(n, str) and n for n in found):
        raise ConfigurationError(f"role {role}: {field} must be a list of names", field=field)
    return frozenset(found)


def _reaches(scope: Scope, principal: Principal, thing: BelongsTo, areas: Areas) -> bool:
    if scope is Scope.DEPLOYMENT:
        return True
    if scope is Scope.AREA:
        return within(principal, thing.area, areas)
    if scope is Scope.CENTRE:
        return principal.centre is not None and principal.centre == thing.centre
    if scope is Scope.PROVIDER:
        return principal.provider is not None and principal.provider == thing.provider
    return principal.subject in thing.owners


def within(principal: Principal, area: str | None, areas: Areas) -> bool:
    """True where `area` is one of the principal's areas or lies below one. An unknown area is only everywhere."""
    if EVERYWHERE in principal.areas:
        return True
    return area is not None and any(area == own or areas.contains(own, area) for own in principal.areas)
