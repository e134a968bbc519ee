"""What an account or a sign-in is given: roles, areas, centre, provider; and which of it takes two persons.

Pure. Not here: what a role allows (shared.auth).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.auth import Principal


@dataclass(frozen=True)
class Granted:
    """Roles of the pack, area codes ("*" for all), and the office a person belongs to."""

    roles: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    centre: UUID | None = None
    provider: UUID | None = None

    def principal(self, subject: str, deployment: str) -> Principal:
        """Who the services see."""
        return Principal(subject, self.roles, self.areas, self.centre, self.provider, deployment)

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "roles": sorted(self.roles),
            "areas": sorted(self.areas),
            "centre": str(self.centre) if self.centre else None,
            "provider": str(self.provider) if self.provider else None,
        }

    @property
    def version(self) -> str:
        """A short word for what is given, by which a form says what it was opened on."""
        return hashlib.sha256(json.dumps(self.stored(), sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "Granted":
        """From JSON."""

        def an_id(name: str) -> UUID | None:
            return UUID(str(found[name])) if found.get(name) else None

        return cls(frozenset(found["roles"]), frozenset(found["areas"]), an_id("centre"), an_id("provider"))

    @classmethod
    def of(cls, principal: Principal) -> "Granted":
        """What a principal was given."""
        return cls(principal.roles, principal.areas, principal.centre, principal.provider)


def powerful(roles: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The roles of the pack that one person alone cannot give: those it names, and those that give out accounts."""
    return frozenset(
        role
        for role, row in roles.items()
        if row.get("four_eyes") or any(name.startswith("portal.account.") for name in row["permissions"])
    )


def takes_two(granted: Iterable[Granted], powerful_roles: frozenset[str]) -> bool:
    """Whether one of them holds a powerful role."""
    return any(each.roles & powerful_roles for each in granted)
