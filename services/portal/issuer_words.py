"""What the issuer's refusals say, in the reader's language; the issuer itself speaks English alone.

Not here: what is refused (issuer).
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from shared.errors import KinwardError

WORDS: Mapping[str, Any] = {
    "password-length": lazy_gettext("A password has 12 to 256 characters. Several words are good, blanks count too."),
    "password-guessable": lazy_gettext(
        "This password is too easily guessed. Take several words that do not belong together."
    ),
    "one-time-code": lazy_gettext(
        "This is not the code that the app shows now. Wait for the next one; check the phone's clock."
    ),
    "login-form": lazy_gettext(
        "A sign-in name has small Latin letters, digits, dots and hyphens, or is an e-mail address."
    ),
    "login-taken": lazy_gettext("There is an account with this sign-in name."),
    "name-present": lazy_gettext("Give the person's name."),
    "known-role": lazy_gettext("This role is not known here."),
    "role-present": lazy_gettext("Give at least one role."),
    "own-account": lazy_gettext("Nobody changes their own account. Ask another administrator."),
    "four-eyes": lazy_gettext("A second person has to approve it."),
    "one-proposal": lazy_gettext("The same is waiting for approval already. Decide that one first."),
    "no-invitation": lazy_gettext(
        "These two halves open no invitation. See whether each is typed whole; if so, it is not approved yet, was used "
        "already, has expired, or was replaced: ask both who invited you."
    ),
    "account-state": lazy_gettext("This account is not deactivated."),
}


def words_of(error: KinwardError) -> str:
    """What an error says to the person."""
    return str(WORDS.get(error.rule or "", error.message))
