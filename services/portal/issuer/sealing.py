"""Texts sealed with keys made from the portal's own (JWE dir, A256GCM): what is kept, or goes out and comes back.

A key a purpose: what was sealed for one opens for no other. Not here: the session's cookie (portal.sealed_session).
"""

import hashlib
import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM"}


def derived(key: OctKey, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose."""
    return hmac.new(key.raw_value, purpose.encode(), hashlib.sha256).digest()


class Seal:
    """Seals and opens texts for one purpose."""

    def __init__(self, key: OctKey, purpose: str) -> None:
        self._key = OctKey.import_key(derived(key, purpose))

    def close(self, text: str) -> str:
        """The sealed text: letters, digits, dots, hyphens, underscores."""
        return jwe.encrypt_compact(HEADER, text.encode(), self._key)

    def open(self, sealed: str) -> str | None:
        """The text; None where it was not sealed so."""
        try:
            return (jwe.decrypt_compact(sealed, self._key).plaintext or b"").decode()
        except (JoseError, ValueError):
            return None
