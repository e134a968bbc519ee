"""The session lives in one cookie, sealed (JWE dir, A256GCM) so that the browser can neither read nor change it.

Flask's `session` is that cookie. Nothing of a child is ever in it: who signed in, their token, the CSRF secret, the
language. Not here: who may sign in (signing), when a sign-in ends (issuer).
"""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from werkzeug.datastructures import CallbackDict

from shared.errors import ConfigurationError

COOKIE = "__Host-kinward"
LARGEST = 3800
HEADER = {"alg": "dir", "enc": "A256GCM"}


class SealedSession(CallbackDict[str, Any], SessionMixin):
    """A session that knows whether it was changed."""

    modified = False
    accessed = True

    def __init__(self, initial: dict[str, Any] | None = None) -> None:
        def on_update(changed: Any) -> None:
            changed.modified = True

        super().__init__(initial, on_update)


class SealedSessions(SessionInterface):
    """Reads and writes the cookie."""

    def __init__(self, key: OctKey) -> None:
        self._key = key

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        """The session of a request; an empty one where the cookie is absent, foreign or damaged."""
        sealed = request.cookies.get(COOKIE)
        if not sealed:
            return SealedSession()
        try:
            found = json.loads(jwe.decrypt_compact(sealed, self._key).plaintext or b"{}")
        except (JoseError, ValueError):
            return SealedSession()
        return SealedSession(found if isinstance(found, dict) else {})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the session was changed; take it back where nothing is left."""
        if not session.modified:
            return
        if not session:
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
            return
        plain = json.dumps(dict(session), separators=(",", ":")).encode()
        sealed = jwe.encrypt_compact(HEADER, plain, self._key)
        if len(sealed) > LARGEST:
            raise ConfigurationError(
                f"the session cookie would be {len(sealed)} bytes",
                field="session",
                remedy=f"at most {LARGEST}: a token with fewer roles or areas",
            )
        response.set_cookie(COOKIE, sealed, path="/", secure=True, httponly=True, samesite="Lax")


def form_secret(key: OctKey) -> str:
    """What the tokens of forms are signed with: made from the same key, but not the key itself."""
    return hmac.new(key.raw_value, b"forms", hashlib.sha256).hexdigest()


def load_key(path: Path) -> OctKey:
    """The key that seals the cookie; made at the first start. Raises ConfigurationError where others can read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = OctKey.generate_key(256)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(made.as_dict(private=True), file)
        return made
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            "the key of the session cookie can be read by others", field=path.name, remedy=f"chmod 600 {path}"
        )
    try:
        return OctKey.import_key(json.loads(path.read_text(encoding="ascii")))
    except (ValueError, JoseError) as error:
        raise ConfigurationError("the key of the session cookie cannot be read", field=path.name) from error
