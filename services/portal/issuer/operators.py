"""Two persons at the server: the first administrator, and recovery when no administrator can sign in.

Each has a passphrase of their own; what they do together counts as decided by two. Not here: asking for the passphrases
(the command line).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select

from services.portal.issuer import accounts, noting, proofs
from services.portal.issuer.desk import By, Desk
from services.portal.issuer.grants import Granted
from services.portal.issuer.invitations import Shown
from services.portal.issuer.tables import operator
from shared.errors import Conflict, Invalid, Refused
from shared.ids import new_id

AT_THE_SERVER = frozenset({"operators"})
NEEDED = 2


def are_there(desk: Desk) -> bool:
    """Whether the deployment has its operators."""
    with desk.engine.connect() as connection:
        return bool(connection.scalar(select(func.count()).select_from(operator)))


def check_people(passphrases: Mapping[str, str]) -> dict[str, str]:
    """The two as they are kept. Raises Invalid where they are not two, or a passphrase will not do."""
    people = {name.strip().lower(): phrase for name, phrase in passphrases.items()}
    if len(people) != NEEDED or not all(people) or len(set(people.values())) != NEEDED:
        raise Invalid("Two operators are needed, each with a passphrase of their own.", rule="two-operators")
    for name, phrase in people.items():
        proofs.check_password(phrase, name)
    return people


def appoint(desk: Desk, passphrases: Mapping[str, str], now: datetime) -> None:
    """The two operators. Raises Conflict where there are any, Invalid where they are not two."""
    people = check_people(passphrases)
    if are_there(desk):
        raise Conflict("The portal has its operators already.", rule="operators-once", remedy="kinward portal recover")
    with desk.engine.begin() as connection:
        for name, phrase in people.items():
            kept = proofs.hashed(phrase)
            connection.execute(insert(operator).values(id=new_id(), name=name, passphrase=kept, made_at=now))
        noting.note(
            connection, "AppointOperators", "operators", now, roles=AT_THE_SERVER, detail={"people": len(people)}
        )


def vouched(desk: Desk, passphrases: Mapping[str, str], now: datetime) -> By:
    """The two operators, as one who acts. Raises Refused where they are not two, or one is not known."""
    people = {name.strip().lower(): phrase for name, phrase in passphrases.items()}
    with desk.engine.connect() as connection:
        known = {row.name: row for row in connection.execute(select(operator))}
    right = [
        known[name].id if name in known else None
        for name, phrase in people.items()
        if proofs.matches(known[name].passphrase if name in known else None, phrase)
    ]
    if len(right) < NEEDED or None in right:
        with desk.engine.begin() as connection:
            noting.note(connection, "VouchAtTheServer", "operators", now, roles=AT_THE_SERVER, outcome="denied")
        raise Refused(
            "Two different operators with their passphrases are needed.",
            rule="two-operators", remedy="Name both as they were named when the portal was set up.",
        )  # fmt: skip
    return By("operators:" + "+".join(str(each) for each in right), AT_THE_SERVER)


def invite(desk: Desk, by: By, login: str, name: str, role: str, now: datetime) -> tuple[UUID, Shown]:
    """An account decided by the two operators, in force at once: its id and its invitation, whole."""
    return accounts.invite(desk, by, login, name, Granted(frozenset({role}), frozenset({"*"})), now, two=True)
