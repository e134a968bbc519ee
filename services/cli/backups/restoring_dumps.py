"""Dumps of a sealed file into empty databases, and the roles that their tables' rights name. Not here: for whom."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from services.cli.backups import facts
from services.cli.backups.places import Place
from shared import db, row_security
from shared.dumping import dumps, programs
from shared.errors import ConfigurationError
from shared.event_log import erasure
from shared.sealed import Unlocking, parts

ROLES = (row_security.ROLE, erasure.ROLE)
_THERE = text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)")
_MEMBER = text("SELECT pg_has_role(CAST(:account AS name), CAST(:role AS name), 'MEMBER')")


def into(
    path: Path, unlocking: Unlocking | bytes, kind: str, places: Mapping[str, Place], said: Mapping[str, Any]
) -> None:
    """Read the dumps of these databases back; each is empty. Raises RestoreFailed, ConfigurationError, BrokenFile."""
    chosen = {}
    for name, place in places.items():
        with db.make_unpooled_engine(place.admin).connect() as connection:
            chosen[name] = programs.restorer(facts.server_version(connection), said[name]["dumped_by"])

    def take(part: str, pieces: Iterator[bytes]) -> None:
        name = part.removesuffix(".dump")
        if part.endswith(".dump") and name in places:
            dumps.restore(chosen[name], places[name].admin, pieces, places[name].owner)

    parts.each(path, unlocking, kind, take)


def make_roles(place: Place) -> None:
    """Make the roles that a dump names and does not hold. Raises ConfigurationError with the words to run."""
    owner = make_url(place.url).username
    words = [f"CREATE ROLE {role} NOLOGIN" for role in _lacking(place)] + [
        f'GRANT {role} TO "{owner}"' for role in ROLES
    ]
    engine = db.make_unpooled_engine(place.admin)
    try:
        with engine.begin() as connection:
            for word in words:
                if not word.startswith("GRANT") or not _belongs(engine, owner, word.split()[1]):
                    connection.execute(text(word))
    except DBAPIError:
        raise ConfigurationError(
            "this database account may make no roles", field="KINWARD_BACKUP_DATABASE_USER", rule="roles-there",
            remedy=f"let an administrator run, once in the cluster: {'; '.join(words)}",
        ) from None  # fmt: skip


def _lacking(place: Place) -> list[str]:
    with db.make_unpooled_engine(place.admin).connect() as connection:
        there = set(connection.scalars(_THERE, {"names": list(ROLES)}))
    return [role for role in ROLES if role not in there]


def _belongs(engine: Engine, owner: str | None, role: str) -> bool:
    """Whether the account may act as the role already; False where the role is only being made."""
    with engine.connect() as connection:
        there = connection.scalar(_THERE, {"names": [role]})
        return bool(there) and bool(connection.scalar(_MEMBER, {"account": owner, "role": role}))
