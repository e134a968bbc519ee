"""Sign-ins as rows: begun, seen, over by idleness or by age, ended here or everywhere.

The browser holds a row's id, sealed; whether it is still good is decided here at each request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from services.portal.issuer.grants import Granted
from services.portal.issuer.tables import signin
from shared.ids import new_id

IDLE = timedelta(minutes=20)
ABSOLUTE = timedelta(hours=10)
SEEN_EVERY = timedelta(seconds=30)
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class SignIn:
    """One sign-in of one person in one browser."""

    id: UUID
    subject: str
    account: UUID | None
    kind: str
    name: str
    granted: Granted
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    end_reason: str | None

    def over(self, now: datetime) -> str | None:
        """Why it is no longer good; None while it is."""
        if self.end_reason is not None:
            return self.end_reason
        if now - self.started_at >= ABSOLUTE:
            return "absolute"
        return "idle" if now - self.seen_at >= IDLE else None


def begin(
    connection: Connection, subject: str, kind: str, name: str, granted: Granted, now: datetime, account: UUID | None
) -> SignIn:
    """A new sign-in; rows that ended long ago are thrown away on the way."""
    connection.execute(delete(signin).where(signin.c.seen_at < now - KEPT))
    made = SignIn(new_id(), subject, account, kind, name, granted, now, now, None, None)
    connection.execute(insert(signin).values(**{**vars(made), "granted": granted.stored()}))
    return made


def find(connection: Connection, id_: UUID) -> SignIn | None:
    """A sign-in, over or not."""
    found = connection.execute(select(signin).where(signin.c.id == id_)).mappings().one_or_none()
    return _read(found) if found else None


def seen(connection: Connection, id_: UUID, now: datetime) -> None:
    """Its person asked for a page just now."""
    connection.execute(
        update(signin)
        .where(signin.c.id == id_, signin.c.ended_at.is_(None), signin.c.seen_at < now)
        .values(seen_at=now)
    )


def end(connection: Connection, id_: UUID, reason: str, now: datetime) -> bool:
    """End one; whether it was open until now."""
    ended = update(signin).where(signin.c.id == id_, signin.c.ended_at.is_(None))
    return connection.execute(ended.values(ended_at=now, end_reason=reason)).rowcount > 0


def end_all(connection: Connection, subject: str, reason: str, now: datetime) -> int:
    """End all of a person's; how many were open."""
    ended = update(signin).where(signin.c.subject == subject, signin.c.ended_at.is_(None))
    return connection.execute(ended.values(ended_at=now, end_reason=reason)).rowcount


def standing(connection: Connection, now: datetime, *, subject: str | None = None) -> Sequence[SignIn]:
    """Those that are good at this moment, the newest first; of one person, or of all."""
    query = select(signin).where(
        signin.c.ended_at.is_(None), signin.c.seen_at > now - IDLE, signin.c.started_at > now - ABSOLUTE
    )
    if subject is not None:
        query = query.where(signin.c.subject == subject)
    return [_read(row) for row in connection.execute(query.order_by(signin.c.id.desc()).limit(500)).mappings()]


def count_of(connection: Connection, now: datetime) -> dict[str, int]:
    """How many good sign-ins each subject has."""
    query = select(signin.c.subject, func.count()).where(
        signin.c.ended_at.is_(None), signin.c.seen_at > now - IDLE, signin.c.started_at > now - ABSOLUTE
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(signin.c.subject))}


def _read(found: Any) -> SignIn:
    return SignIn(**{**found, "granted": Granted.read(found["granted"])})
