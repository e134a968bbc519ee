"""Taking up an invitation: password, second factor, recovery codes. Not here: who is invited (accounts)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from services.portal.issuer import noting, proofs
from services.portal.issuer.accounts import Account, one
from services.portal.issuer.desk import Desk
from services.portal.issuer.tables import account, invitation, recovery_code
from shared.errors import Invalid, NotFound


def invited(desk: Desk, code: str, now: datetime) -> Account:
    """Whom an invitation is for. Raises NotFound where it is used, expired or none."""
    with desk.engine.connect() as connection:
        found = _open(connection, code, now)
    return one(desk, found.account)


def join(desk: Desk, code: str, password: str, secret: str, one_time: str, now: datetime) -> Sequence[str]:
    """Set password and second factor; the recovery codes, shown once. Raises Invalid, NotFound."""
    person = invited(desk, code, now)
    proofs.check_password(password, person.login)
    step = proofs.step_of(secret, one_time, now)
    if step is None:
        raise Invalid(
            "This is not the code that the app shows now.",
            field="code", rule="one-time-code", remedy="Wait for the next code; check the clock of the phone.",
        )  # fmt: skip
    kept = proofs.hashed(password)
    codes = proofs.new_recovery_codes()
    with desk.engine.begin() as connection:
        found = _open(connection, code, now, locked=True)
        connection.execute(update(invitation).where(invitation.c.hash == found.hash).values(ended_at=now))
        values = {"state": "active", "password": kept, "second_factor": desk.factors.close(secret), "last_step": step}
        connection.execute(update(account).where(account.c.id == person.id).values(changed_at=now, **values))
        connection.execute(delete(recovery_code).where(recovery_code.c.account == person.id))
        rows = [{"account": person.id, "hash": proofs.fingerprint(each)} for each in codes]
        connection.execute(insert(recovery_code), rows)
        noting.note(connection, "TakeUpInvitation", str(person.id), now, subject=person.id)
    return codes


def _open(connection: Connection, code: str, now: datetime, *, locked: bool = False) -> Row[tuple[object, ...]]:
    query = select(invitation).where(
        invitation.c.hash == proofs.fingerprint(code), invitation.c.ended_at.is_(None), invitation.c.expires_at > now
    )
    found = connection.execute(query.with_for_update() if locked else query).one_or_none()
    if found is None:
        raise NotFound("This invitation was used already, has expired, or is none.", rule="no-invitation")
    return found
