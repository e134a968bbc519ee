"""Signing in with a local account, and what a sign-in is worth afterwards.

The answer to a wrong try is the same, and takes as long, whether there is no such account, the password is wrong, the
code is wrong or was used before, or the account is not active. Not here: giving out accounts (accounts).
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.portal.issuer import delays, noting, proofs, signins
from services.portal.issuer.desk import By, Desk
from services.portal.issuer.grants import Granted
from services.portal.issuer.signins import SignIn
from services.portal.issuer.tables import account, recovery_code
from shared import audit


class Wrong(Exception):
    """Name, password and code do not fit each other."""


class Wait(Exception):
    """Too many wrong tries: not before `left` has passed."""

    def __init__(self, left: timedelta) -> None:
        super().__init__(str(left))
        self.left = left


def normal(login: str) -> str:
    """A login name as it is kept; a NUL, which the database takes for none, becomes a letter that no login has."""
    return login.strip().lower().replace("\0", "\ufffd")


def sign_in(desk: Desk, login: str, password: str, code: str, address: str | None, now: datetime) -> SignIn:
    """The sign-in of a local account. `address` None: not known, nothing is counted for it. Raises Wrong, Wait."""
    keys = [("account", _hash(normal(login)))]
    if address is not None:
        keys.append(("address", _hash(_network(address))))
    with desk.engine.begin() as connection:
        waits = max(delays.left(connection, of, hash_, now) for of, hash_ in keys)
        if waits:
            raise Wait(waits)
        delays.count(connection, *keys[0], now)
        found = connection.execute(select(account).where(account.c.login == normal(login))).one_or_none()
    known = found.password if found and found.state == "active" else None
    right = proofs.matches(known, password)
    with desk.engine.begin() as connection:
        made = _admitted(desk, connection, found.id, code, now) if right and found else None
        if made is not None:
            delays.forget(connection, *keys[0])
            noting.note(connection, "SignIn", made.subject, now, roles=made.granted.roles, subject=made.account)
            return made
        for of, hash_ in keys[1:]:
            delays.count(connection, of, hash_, now)
        noting.note(
            connection, "SignIn", "nobody", now, subject=found.id if found else None, outcome=audit.DENIED
        )  # fmt: skip
    raise Wrong


def _admitted(desk: Desk, connection: Connection, id_: UUID, code: str, now: datetime) -> SignIn | None:
    """Begin a sign-in where the one-time or recovery code is right; both are used up by it."""
    found = connection.execute(select(account).where(account.c.id == id_).with_for_update()).one()
    if found.state != "active" or not (
        _by_app(desk, connection, found, code, now) or _by_paper(connection, id_, code, now)
    ):
        return None
    connection.execute(update(account).where(account.c.id == id_).values(last_signed_in_at=now))
    granted = Granted.read(found.granted)
    return signins.begin(connection, str(id_), "local", found.name, granted, now, id_)


def _by_app(desk: Desk, connection: Connection, found: Any, code: str, now: datetime) -> bool:
    secret = desk.factors.open(found.second_factor)
    step = proofs.step_of(secret, code, now) if secret else None
    if step is None or step <= found.last_step:
        return False
    connection.execute(update(account).where(account.c.id == found.id).values(last_step=step))
    return True


def _by_paper(connection: Connection, id_: UUID, code: str, now: datetime) -> bool:
    used = (
        update(recovery_code)
        .where(recovery_code.c.account == id_, recovery_code.c.hash == proofs.fingerprint(code))
        .where(recovery_code.c.used_at.is_(None))
        .values(used_at=now)
    )
    if connection.execute(used).rowcount == 0:
        return False
    noting.note(connection, "UseRecoveryCode", str(id_), now, subject=id_)
    return True


def admit(desk: Desk, subject: str, kind: str, name: str, granted: Granted, now: datetime) -> SignIn:
    """The sign-in of somebody whom a provider, or the demonstration, vouches for."""
    with desk.engine.begin() as connection:
        made = signins.begin(connection, subject, kind, name, granted, now, None)
        noting.note(connection, "SignIn", subject, now, roles=granted.roles, detail={"by": kind})
        return made


def recognise(desk: Desk, id_: UUID, now: datetime) -> tuple[SignIn | None, str | None]:
    """A sign-in and why it is over (None: it is good, and was seen just now); no sign-in where there is none."""
    with desk.engine.connect() as connection:
        found = signins.find(connection, id_)
    if found is None:
        return None, "absent"
    reason = found.over(now)
    if reason is not None and found.ended_at is None:
        with desk.engine.begin() as connection:
            signins.end(connection, id_, reason, now)
            noting.note(connection, "SignOut", found.subject, now, subject=found.account, detail={"reason": reason})
    elif reason is None and now - found.seen_at > signins.SEEN_EVERY:
        with desk.engine.begin() as connection:
            signins.seen(connection, id_, now)
    return found, reason


def sign_out(desk: Desk, id_: UUID, now: datetime) -> SignIn | None:
    """End one sign-in; the sign-in, if it was open."""
    with desk.engine.begin() as connection:
        found = signins.find(connection, id_)
        if found is None or not signins.end(connection, id_, "signed_out", now):
            return None
        noting.note(connection, "SignOut", found.subject, now, subject=found.account, detail={"reason": "signed_out"})
        return found


def sign_out_everywhere(desk: Desk, subject: str, by: By, now: datetime) -> int:
    """End all sign-ins of a person; how many were open."""
    with desk.engine.begin() as connection:
        ended = signins.end_all(connection, subject, "everywhere", now)
        person = UUID(subject) if _is_account(connection, subject) else None
        noting.note(
            connection, "SignOutEverywhere", by.subject, now, roles=by.roles, subject=person, detail={"ended": ended}
        )  # fmt: skip
        return ended


def _is_account(connection: Connection, subject: str) -> bool:
    try:
        found = UUID(subject)
    except ValueError:
        return False
    return connection.scalar(select(account.c.id).where(account.c.id == found)) is not None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _network(address: str) -> str:
    """An IPv4 address, or the network a household or an office has of IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ipaddress.ip_network(f"{found}/64", strict=False))
