"""For whom a file is sealed: each wraps the file's own key in a way that only they undo.

To a public key by HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM); under a passphrase by scrypt (RFC 7914)
and AES-256-GCM. Not here: the bytes of the file (stream).
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from shared.errors import ConfigurationError
from shared.sealed.errors import BrokenFile

KEY_BYTES, NONCE, SALT = 32, 12, 16
LOG_COST, BLOCK = 17, 8
"""scrypt at 128 MiB and about half a second: OWASP's password storage cheat sheet."""
MOST_LOG_COST = 20
"""What a stranger's file may ask of our memory: 1 GiB."""
SHORTEST = 16
INFO = b"Kinward sealed key"
Wrapped = dict[str, Any]


class Recipient(Protocol):
    """Somebody who shall be able to open a file."""

    def wrap(self, key: bytes) -> Wrapped:
        """The file's key, wrapped, as it stands in the header."""


class Unlocking(Protocol):
    """What somebody opens files with."""

    def unwrap(self, wrapped: Mapping[str, Any]) -> bytes | None:
        """The file's key; None where it is wrapped for somebody else. Raises BrokenFile."""


def _suite() -> hpke.Suite:
    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True)
class PublicKey:
    """Who holds the private half."""

    key: X25519PublicKey

    def wrap(self, key: bytes) -> Wrapped:
        """By HPKE; the public key's first bytes say whose it is."""
        return {"for": "x25519", "key": _name(self.key), "wrapped": _text(_suite().encrypt(key, self.key, INFO))}

    @classmethod
    def read(cls, file: Path) -> "PublicKey":
        """From a JWK (RFC 8037). Raises ConfigurationError."""
        return cls(X25519PublicKey.from_public_bytes(_member(file, "x")))


@dataclass(frozen=True)
class PrivateKey:
    """The private half itself."""

    key: X25519PrivateKey

    def unwrap(self, wrapped: Mapping[str, Any]) -> bytes | None:
        """What was wrapped for this key."""
        if wrapped.get("for") != "x25519" or wrapped.get("key") != _name(self.key.public_key()):
            return None
        try:
            return bytes(_suite().decrypt(_raw(wrapped["wrapped"]), self.key, INFO))
        except InvalidTag:
            return None
        except (KeyError, ValueError, TypeError):
            raise _unreadable() from None

    @classmethod
    def read(cls, file: Path) -> "PrivateKey":
        """From a JWK of mode 0600. Raises ConfigurationError."""
        raw = _member(file, "d")
        if file.stat().st_mode & 0o077:
            raise ConfigurationError("others may read the private key", field=str(file), remedy="chmod 600 it")
        return cls(X25519PrivateKey.from_private_bytes(raw))

    @classmethod
    def generated(cls) -> "PrivateKey":
        """A fresh one."""
        return cls(X25519PrivateKey.generate())

    def documents(self) -> tuple[dict[str, str], dict[str, str]]:
        """The private JWK, and the public one."""
        public = {"kty": "OKP", "crv": "X25519", "x": _url(self.key.public_key().public_bytes_raw())}
        return public | {"d": _url(self.key.private_bytes_raw())}, public


@dataclass(frozen=True)
class Passphrase:
    """Who knows the words; they seal and open."""

    words: bytes
    log_cost: int = LOG_COST

    @classmethod
    def read(cls, file: Path) -> "Passphrase":
        """From a file of mode 0600. Raises ConfigurationError."""
        try:
            words, mode = file.read_bytes().strip(), file.stat().st_mode
        except OSError as error:
            raise ConfigurationError(f"cannot be read: {error.strerror}", field=str(file)) from None
        if mode & 0o077:
            raise ConfigurationError("others may read the passphrase", field=str(file), remedy="chmod 600 it")
        if len(words) < SHORTEST:
            raise ConfigurationError(f"the passphrase has fewer than {SHORTEST} characters", field=str(file))
        return cls(words)

    def wrap(self, key: bytes) -> Wrapped:
        """Under a key stretched from the words."""
        salt, nonce = os.urandom(SALT), os.urandom(NONCE)
        sealed = nonce + AESGCM(self._stretched(salt, self.log_cost)).encrypt(nonce, key, INFO)
        return {"for": "passphrase", "scrypt": self.log_cost, "salt": _text(salt), "wrapped": _text(sealed)}

    def unwrap(self, wrapped: Mapping[str, Any]) -> bytes | None:
        """What was wrapped under these words."""
        if wrapped.get("for") != "passphrase":
            return None
        try:
            cost, salt, sealed = wrapped["scrypt"], _raw(wrapped["salt"]), _raw(wrapped["wrapped"])
            if type(cost) is not int or not 1 <= cost <= MOST_LOG_COST:
                raise _unreadable()
            return AESGCM(self._stretched(salt, cost)).decrypt(sealed[:NONCE], sealed[NONCE:], INFO)
        except InvalidTag:
            return None
        except (KeyError, ValueError, TypeError):
            raise _unreadable() from None

    def _stretched(self, salt: bytes, log_cost: int) -> bytes:
        return Scrypt(salt=salt, length=KEY_BYTES, n=2**log_cost, r=BLOCK, p=1).derive(self.words)


def _unreadable() -> BrokenFile:
    return BrokenFile("Its header cannot be read.", field="header", rule="sealed-header", remedy="take another copy")


def _name(key: X25519PublicKey) -> str:
    return _url(key.public_bytes_raw()[:6])


def _member(file: Path, member: str) -> bytes:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if (document["kty"], document["crv"]) != ("OKP", "X25519"):
            raise ValueError(member)
        return base64.urlsafe_b64decode(document[member] + "=" * (-len(document[member]) % 4))
    except OSError as error:
        raise ConfigurationError(f"the key cannot be read: {error.strerror}", field=str(file)) from None
    except (KeyError, ValueError, TypeError, AttributeError):
        half = "private" if member == "d" else "public"
        raise ConfigurationError(
            f"there is no {half} key for backups in it", field=str(file), remedy="kinward backup recipient"
        ) from None


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
