"""People with accounts at an issuer's desk, and what they type. Not here: any test."""

from dataclasses import dataclass, field

import pyotp

from services.portal.issuer import accounts, admission, invitations, joining, proofs
from services.portal.issuer.desk import By
from services.portal.issuer.grants import Granted
from services.portal.issuer.invitations import Part
from shared.ids import new_id

ADMINISTRATOR = By("another administrator", frozenset({"administrator"}))
SECOND = By("second administrator", frozenset({"administrator"}))
PASSWORD = "blue heron over nine poplars"


def granted(*roles):
    """Roles everywhere."""
    return Granted(frozenset(roles), frozenset({"*"}))


def a_login():
    """A sign-in name that nobody has."""
    return f"p{new_id().hex[-12:]}"


@dataclass
class Member:
    """Somebody with an account that they have taken up."""

    desk: object
    id: object
    login: str
    secret: str
    codes: list = field(default_factory=list)

    def code(self, now):
        """What their app shows."""
        return pyotp.TOTP(self.secret).at(now)

    def sign_in(self, now, *, password=PASSWORD, code=None, address=None):
        """Try to sign in."""
        return admission.sign_in(self.desk, self.login, password, code or self.code(now), address, now)

    def take_up(self, code, now):
        """Take an invitation up: the same password and app, other recovery codes."""
        self.codes = list(joining.join(self.desk, code, PASSWORD, self.secret, self.code(now), now))

    @property
    def by(self):
        """Who they are when they do something at the desk."""
        return By(str(self.id), accounts.one(self.desk, self.id).granted.roles)


def member(desk, clock, *roles):
    """Invited, by two persons where the roles take two, and the invitation taken up half an hour ago."""
    login, secret = a_login(), proofs.new_secret()
    id_, shown = accounts.invite(desk, ADMINISTRATOR, login, "Aigul Test", granted(*roles), clock.now)
    made = Member(desk, id_, login, secret)
    if shown.part == Part.WHOLE:
        made.take_up(shown.code, clock.now)
    else:
        (waiting,) = [each for each in accounts.waiting(desk) if each.account == id_]
        other = accounts.decide(desk, SECOND, waiting.id, True, clock.now)
        made.take_up(invitations.together(shown.code, other.code), clock.now)
    clock.on(minutes=30)
    return made
