"""Giving out accounts: invite, change, reset, deactivate; what makes somebody powerful waits for a second person.

Taking away (deactivating, signing out) needs one person, giving power two, and an account that gets a power is taken up
with the halves of both: what opened it before is void. Nobody changes their own account. Raises Invalid, Conflict,
Refused, NotFound. Not here: codes (invitations), how one is taken up (joining), signing in (admission).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.portal.issuer import grants, invitations, noting, signins
from services.portal.issuer.admission import normal
from services.portal.issuer.desk import By, Desk
from services.portal.issuer.grants import Granted
from services.portal.issuer.invitations import Shown
from services.portal.issuer.tables import account, proposal, recovery_code
from shared.errors import Conflict, Invalid, NotFound, Refused, Stale
from shared.ids import new_id

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}")


@dataclass(frozen=True)
class Account:
    """One account, as an administrator sees it."""

    id: UUID
    login: str
    name: str
    state: str
    granted: Granted
    created_at: datetime
    last_signed_in_at: datetime | None


@dataclass(frozen=True)
class Proposal:
    """What waits for a second person."""

    id: UUID
    account: UUID
    kind: str
    granted: Granted | None
    proposed_by: str
    proposed_at: datetime


def invite(
    desk: Desk, by: By, login: str, name: str, granted: Granted, now: datetime, *, two: bool = False
) -> tuple[UUID, Shown]:
    """A new account and its invitation: the first half of it where the roles wait for a second person.

    `two`: two persons decided already (at the server).
    """
    login, name = check_person(login, name)
    _check(desk, granted)
    waits = grants.takes_two([granted], desk.powerful) and not two
    id_ = new_id()
    with desk.engine.begin() as connection:
        at_once = Granted() if waits else granted
        values = {"login": login, "name": name, "state": "invited", "granted": at_once.stored(), "last_step": 0}
        try:
            connection.execute(insert(account).values(id=id_, created_at=now, changed_at=now, **values))
        except IntegrityError:
            raise Conflict("There is an account with this sign-in name.", field="login", rule="login-taken") from None
        if waits:
            shown = invitations.first_half(desk, _propose(connection, id_, "grant", granted, by, now))
        else:
            shown = invitations.whole(connection, id_, by, now)
        noting.note(connection, "InviteAccount", by.subject, now, roles=by.roles, subject=id_, detail=granted.stored())
    return id_, shown


def check_person(login: str, name: str) -> tuple[str, str]:
    """Sign-in name and name as they are kept. Raises Invalid where one of them will not do."""
    login, name = normal(login), " ".join(name.split())
    if not LOGIN.fullmatch(login):
        raise Invalid(
            "A sign-in name has small Latin letters, digits, dots and hyphens, or is an e-mail address.",
            field="login", rule="login-form",
        )  # fmt: skip
    if not name or len(name) > 200 or "\x00" in name:
        raise Invalid("Give the person's name.", field="name", rule="name-present")
    return login, name


def change(
    desk: Desk, by: By, id_: UUID, granted: Granted, now: datetime, *, seen: str | None = None
) -> tuple[bool, Shown | None]:
    """Give an account other roles: whether at once, else they wait for a second person. Its sign-ins end.

    The first half of an invitation comes with it where the account would get a power that it has not. `seen`: the
    version of what it had when somebody chose them. Raises Stale where it has something else by now.
    """
    _check(desk, granted)
    shown = None
    with desk.engine.begin() as connection:
        found = _locked(connection, id_, by)
        if seen is not None and seen != Granted.read(found.granted).version:
            raise Stale("The account was changed meanwhile.", field="roles", rule="stale-version")
        _nothing_waits(connection, id_, "grant")
        if waits := grants.takes_two([granted, Granted.read(found.granted)], desk.powerful):
            proposed = _propose(connection, id_, "grant", granted, by, now)
            if _gains(desk, Granted.read(found.granted), granted):
                shown = invitations.first_half(desk, proposed)
        else:
            _give(connection, id_, granted, now)
        action = "ProposeRoles" if waits else "ChangeRoles"
        noting.note(connection, action, by.subject, now, roles=by.roles, subject=id_, detail=granted.stored())
    return not waits, shown


def reset(desk: Desk, by: By, id_: UUID, now: datetime, *, two: bool = False) -> Shown:
    """Forget password and second factor; a new invitation, its first half where it waits for a second person."""
    with desk.engine.begin() as connection:
        found = _locked(connection, id_, by)
        waits = _takes_two(connection, desk, found) and not two
        if waits:
            shown = invitations.first_half(desk, _propose(connection, id_, "reset", None, by, now))
        else:
            _forget(connection, id_, now)
            shown = invitations.whole(connection, id_, by, now)
        noting.note(
            connection, "ProposeReset" if waits else "ResetAccount", by.subject, now, roles=by.roles, subject=id_
        )
    return shown


def deactivate(desk: Desk, by: By, id_: UUID, now: datetime) -> None:
    """Nobody signs in with it any more; its sign-ins end now. What waited for it is declined."""
    with desk.engine.begin() as connection:
        _locked(connection, id_, by)
        connection.execute(update(account).where(account.c.id == id_).values(state="deactivated", changed_at=now))
        invitations.end(connection, id_, now)
        declined = update(proposal).where(proposal.c.account == id_, proposal.c.decided_at.is_(None))
        connection.execute(declined.values(decided_by=by.subject, decided_at=now, approved=False))
        ended = signins.end_all(connection, str(id_), "changed", now)
        noting.note(
            connection, "DeactivateAccount", by.subject, now, roles=by.roles, subject=id_, detail={"ended": ended}
        )


def reactivate(desk: Desk, by: By, id_: UUID, now: datetime) -> Shown:
    """Take up a deactivated account by a new invitation, its first half where that waits for a second person."""
    with desk.engine.begin() as connection:
        found = _locked(connection, id_, by)
        if found.state != "deactivated":
            raise Refused("This account is not deactivated.", rule="account-state")
        waits = _takes_two(connection, desk, found)
        if waits:
            shown = invitations.first_half(desk, _propose(connection, id_, "reactivate", None, by, now))
        else:
            _forget(connection, id_, now)
            shown = invitations.whole(connection, id_, by, now)
        action = "ProposeReactivation" if waits else "ReactivateAccount"
        noting.note(connection, action, by.subject, now, roles=by.roles, subject=id_)
    return shown


def decide(desk: Desk, by: By, proposal_id: UUID, approved: bool, now: datetime) -> Shown | None:
    """Approve or decline what waits; the second half of an invitation where approving makes one."""
    with desk.engine.begin() as connection:
        query = select(proposal).where(proposal.c.id == proposal_id, proposal.c.decided_at.is_(None))
        found = connection.execute(query.with_for_update()).one_or_none()
        if found is None:
            raise NotFound("Nothing waits under this number.")
        if approved and by.subject == found.proposed_by:
            raise Refused(
                "A second person has to approve it.", rule="four-eyes", remedy="Ask somebody else to approve."
            )
        held = _locked(connection, found.account, by)
        decided = update(proposal).where(proposal.c.id == proposal_id)
        connection.execute(decided.values(decided_by=by.subject, decided_at=now, approved=approved))
        shown = None
        if approved and found.kind == "grant":
            _give(connection, found.account, Granted.read(found.granted), now)
        if approved and _opened_anew(desk, found, held):
            _forget(connection, found.account, now)
            shown = invitations.second_half(desk, connection, found.id, found.account, by, now)
        noting.note(
            connection, "ApproveProposal" if approved else "DeclineProposal", by.subject, now,
            roles=by.roles, subject=found.account, detail={"proposal": str(proposal_id), "kind": found.kind},
        )  # fmt: skip
    return shown


def everybody(desk: Desk) -> Sequence[Account]:
    """All accounts by sign-in name."""
    with desk.engine.connect() as connection:
        return [_read(row) for row in connection.execute(select(account).order_by(account.c.login))]


def one(desk: Desk, id_: UUID) -> Account:
    """One account. Raises NotFound."""
    with desk.engine.connect() as connection:
        found = connection.execute(select(account).where(account.c.id == id_)).one_or_none()
    if found is None:
        raise NotFound("There is no such account.")
    return _read(found)


def named(desk: Desk, login: str) -> Account | None:
    """The account with a sign-in name."""
    with desk.engine.connect() as connection:
        found = connection.execute(select(account).where(account.c.login == normal(login))).one_or_none()
    return _read(found) if found else None


def waiting(desk: Desk) -> Sequence[Proposal]:
    """What waits for a second person, the oldest first."""
    query = select(proposal).where(proposal.c.decided_at.is_(None)).order_by(proposal.c.id)
    with desk.engine.connect() as connection:
        return [
            Proposal(
                row.id, row.account, row.kind, Granted.read(row.granted) if row.granted else None,
                row.proposed_by, row.proposed_at,
            )
            for row in connection.execute(query)
        ]  # fmt: skip


def _read(row: Any) -> Account:
    return Account(
        row.id, row.login, row.name, row.state, Granted.read(row.granted), row.created_at, row.last_signed_in_at
    )


def _check(desk: Desk, granted: Granted) -> None:
    if unknown := sorted(granted.roles - desk.roles):
        raise Invalid(f"The pack knows no role {', '.join(unknown)}.", field="roles", rule="known-role")
    if not granted.roles:
        raise Invalid("Give at least one role.", field="roles", rule="role-present")


def _locked(connection: Connection, id_: UUID, by: By) -> Any:
    found = connection.execute(select(account).where(account.c.id == id_).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("There is no such account.")
    if by.subject == str(id_):
        raise Refused("Nobody changes their own account.", rule="own-account", remedy="Ask another administrator.")
    return found


def _nothing_waits(connection: Connection, id_: UUID, kind: str) -> None:
    """Refuse what an approval would undo afterwards: it gives what was proposed, not what was changed meanwhile."""
    there = select(proposal.c.id).where(
        proposal.c.account == id_, proposal.c.kind == kind, proposal.c.decided_at.is_(None)
    )
    if connection.scalar(there) is not None:
        raise Conflict(
            "The same is waiting for approval already.", rule="one-proposal", remedy="Decide that one first."
        )


def _propose(connection: Connection, id_: UUID, kind: str, granted: Granted | None, by: By, now: datetime) -> UUID:
    _nothing_waits(connection, id_, kind)
    made = new_id()
    values = {"granted": granted.stored() if granted else None, "proposed_by": by.subject, "proposed_at": now}
    connection.execute(insert(proposal).values(id=made, account=id_, kind=kind, **values))
    return made


def _gains(desk: Desk, held: Granted, granted: Granted) -> bool:
    """Whether an account gets a power that has none: one person alone may know what opens it until then."""
    return grants.takes_two([granted], desk.powerful) and not grants.takes_two([held], desk.powerful)


def _opened_anew(desk: Desk, proposed: Row[Any], held: Row[Any]) -> bool:
    """Whether an approval makes an invitation; a deactivated account gets its roles and stays deactivated."""
    if proposed.kind != "grant":
        return True
    return held.state != "deactivated" and _gains(desk, Granted.read(held.granted), Granted.read(proposed.granted))


def _takes_two(connection: Connection, desk: Desk, found: Row[Any]) -> bool:
    """Whether an account is renewed by two alone: it has a power, or one waits for it that an approval would give."""
    waits = select(proposal.c.granted).where(
        proposal.c.account == found.id, proposal.c.decided_at.is_(None), proposal.c.granted.is_not(None)
    )
    held = [found.granted, *connection.execute(waits).scalars()]
    return grants.takes_two(map(Granted.read, held), desk.powerful)


def _give(connection: Connection, id_: UUID, granted: Granted, now: datetime) -> None:
    given = update(account).where(account.c.id == id_)
    connection.execute(given.values(granted=granted.stored(), changed_at=now))
    signins.end_all(connection, str(id_), "changed", now)


def _forget(connection: Connection, id_: UUID, now: datetime) -> None:
    values = {"state": "invited", "password": None, "second_factor": None, "changed_at": now}
    connection.execute(update(account).where(account.c.id == id_).values(**values))
    connection.execute(delete(recovery_code).where(recovery_code.c.account == id_))
    signins.end_all(connection, str(id_), "changed", now)
