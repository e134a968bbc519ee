"""Codes of invitations: whole for most; in two halves where a power takes two persons, so that neither can take it up.

The first half is shown to who proposes, the second to who approves. The first is made of the portal's key and of the
proposal, the second at random when it is approved; kept is a hash of both together, and before the approval nothing.
Not here: who needs which (accounts), taking up (joining).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, insert, update

from services.portal.issuer import proofs
from services.portal.issuer.desk import By, Desk
from services.portal.issuer.tables import invitation

GOOD_FOR = timedelta(days=7)
PARTS_OF_ALL = 6
PARTS_OF_A_HALF = 4


class Part(StrEnum):
    """How much of an invitation somebody sees."""

    WHOLE = "whole"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True)
class Shown:
    """What one person is shown once, to hand over."""

    part: Part
    code: str


def whole(connection: Connection, account: UUID, by: By, now: datetime) -> Shown:
    """A new invitation that one code opens; earlier ones end."""
    code = proofs.new_code(PARTS_OF_ALL)
    _keep(connection, account, code, by, now)
    return Shown(Part.WHOLE, code)


def first_half(desk: Desk, proposal: UUID) -> Shown:
    """The half of who proposes: it opens nothing, and nobody who approves can make it."""
    made = hmac.new(desk.halves, proposal.bytes, hashlib.sha256).digest()
    return Shown(Part.FIRST, proofs.spelled(made, PARTS_OF_A_HALF))


def second_half(desk: Desk, connection: Connection, proposal: UUID, account: UUID, by: By, now: datetime) -> Shown:
    """The half of who approves, and with it a new invitation that both halves open; earlier ones end."""
    code = proofs.new_code(PARTS_OF_A_HALF)
    _keep(connection, account, together(first_half(desk, proposal).code, code), by, now)
    return Shown(Part.SECOND, code)


def together(one: str, other: str) -> str:
    """The code that two halves make, in whichever order and however they are typed."""
    return "".join(sorted(map(proofs.plain, (one, other))))


def end(connection: Connection, account: UUID, now: datetime) -> None:
    """Nothing opens an account any more."""
    open_ = update(invitation).where(invitation.c.account == account, invitation.c.ended_at.is_(None))
    connection.execute(open_.values(ended_at=now))


def _keep(connection: Connection, account: UUID, code: str, by: By, now: datetime) -> None:
    end(connection, account, now)
    values = {"made_by": by.subject, "made_at": now, "expires_at": now + GOOD_FOR}
    connection.execute(insert(invitation).values(hash=proofs.fingerprint(code), account=account, **values))
