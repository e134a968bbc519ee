"""Which permission a role grants and how far it reaches. Standard library only, so that handlers may ask.

The roles are data of the country pack (`roles.toml`): role -> {scope, permissions}. Nothing is granted that is not
written there. Not here: what a permission means; that is the route's and the handler's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, Self
from uuid import UUID

from shared.auth.principal import EVERYWHERE, Principal
from shared.errors import ConfigurationError, NotFound


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
    """What one role may do, and how far."""

    scope: Scope
    permissions: frozenset[str]


class Policy:
    """What the roles of a deployment grant. Roles it does not know grant nothing."""

    def __init__(self, grants: Mapping[str, Grant]) -> None:
        self._grants = dict(grants)

    @classmethod
    def from_roles(cls, roles: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read role -> {scope, permissions}. Raises ConfigurationError where a row is amiss."""
        grants = {}
        for role, row in roles.items():
            try:
                scope = Scope(row["scope"])
            except (KeyError, ValueError):
                allowed = ", ".join(kind.value for kind in Scope)
                raise ConfigurationError(
                    f"role {role}: scope is missing or unknown", field="scope", remedy=f"one of {allowed}"
                ) from None
            permissions = row.get("permissions")
            if not isinstance(permissions, list | tuple | set | frozenset) or not all(
                isinstance(name, str) and name for name in permissions
            ):
                raise ConfigurationError(f"role {role}: permissions must be a list of names", field="permissions")
            grants[role] = Grant(scope, frozenset(permissions))
        return cls(grants)

    def permissions(self) -> frozenset[str]:
        """Every permission that some role grants."""
        return frozenset().union(*(grant.permissions for grant in self._grants.values()))

    def allows(self, principal: Principal, permission: str) -> bool:
        """True where some role of the principal grants the permission, whatever its scope."""
        return bool(self.scopes(principal, permission))

    def scopes(self, principal: Principal, permission: str) -> frozenset[Scope]:
        """The scopes of all roles of the principal that grant the permission."""
        grants = (self._grants[role] for role in principal.roles if role in self._grants)
        return frozenset(grant.scope for grant in grants if permission in grant.permissions)

    def scope(self, principal: Principal, permission: str) -> Scope | None:
        """The widest scope among the roles that grant the permission; None where none does.

        Someone with both a centre's and a provider's role gets the centre here: what must reach both asks `covers`.
        """
        found = self.scopes(principal, permission)
        return max(found, key=lambda scope: (scope.width, scope is Scope.CENTRE)) if found else None

    def covers(self, principal: Principal, permission: str, thing: BelongsTo, areas: Areas) -> bool:
        """True where at least one granting role reaches `thing`."""
        return any(_reaches(scope, principal, thing, areas) for scope in self.scopes(principal, permission))

    def require(self, principal: Principal, permission: str, thing: BelongsTo, areas: Areas) -> None:
        """Raise OutOfScope where no granting role reaches `thing`."""
        if not self.covers(principal, permission, thing, areas):
            raise OutOfScope


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
