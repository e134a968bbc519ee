"""What the issuer works with: its database, its seal, the pack's roles. The modules beside it are what it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import OctKey
from sqlalchemy import Engine

from services.portal.issuer import grants
from services.portal.issuer.sealing import Seal, derived
from shared import db
from shared.auth import Principal

MIGRATIONS = "services.portal.issuer.migrations"


@dataclass(frozen=True)
class Desk:
    """One deployment's issuer. `halves`: the key of which first halves of invitations are made."""

    engine: Engine
    deployment: str
    factors: Seal
    halves: bytes
    roles: frozenset[str]
    powerful: frozenset[str]


@dataclass(frozen=True)
class By:
    """Who does something at the desk: the subject of their token, their roles."""

    subject: str
    roles: frozenset[str]

    @classmethod
    def of(cls, principal: Principal) -> "By":
        """A signed-in person."""
        return cls(principal.subject, principal.roles)


def open_desk(engine: Engine, deployment: str, key: OctKey, roles: Mapping[str, Mapping[str, Any]]) -> Desk:
    """The desk over a migrated database; `key` is the portal's."""
    halves = derived(key, "first halves of invitations")
    return Desk(engine, deployment, Seal(key, "second factor"), halves, frozenset(roles), grants.powerful(roles))


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision."""
    db.migrate(engine, MIGRATIONS)
