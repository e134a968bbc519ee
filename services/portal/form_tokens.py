"""The token of a page's forms (CSRF), spelled anew in every answer: random bytes, then the token hidden by them.

What stands in many compressed answers alike can be guessed from their length; this does not. Not here: where it must be
shown (guard over templates), what is compressed (packing).
"""

import base64
import binascii
import secrets

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf


class FormTokens(CSRFProtect):
    """Flask-WTF's protection, with tokens as `written` spells them."""

    def init_app(self, app: Flask) -> None:
        """Protect an application and give its templates `csrf_token`."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = written
        app.context_processor(lambda: {"csrf_token": written})

    def _get_csrf_token(self) -> str | None:
        sent = super()._get_csrf_token()
        return shown(sent) if sent else None


def written() -> str:
    """The token as this answer spells it, the same in all of its forms."""
    if "form_token" not in g:
        g.form_token = hidden(generate_csrf())
    return str(g.form_token)


def hidden(token: str) -> str:
    """A token in another spelling each time."""
    plain = token.encode("ascii")
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _mixed(plain, pad)).decode("ascii")


def shown(spelled: str) -> str | None:
    """The token of a spelling; None where it is none."""
    try:
        both = base64.urlsafe_b64decode(spelled.encode("ascii"))
        return _mixed(both[len(both) // 2 :], both[: len(both) // 2]).decode("ascii")
    except (UnicodeError, binascii.Error, ValueError):
        return None


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
