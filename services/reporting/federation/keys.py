"""Signing keys (Ed25519, JWK files) and trust: which key may sign what for whom.

A key's id (kid) is its RFC 7638 thumbprint, so an id cannot be given to another key. Not here: where trust is kept
(the service's store), tokens of people (shared.auth).
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.reporting.federation import areas, documents
from shared.errors import ConfigurationError, Invalid


def generate() -> OKPKey:
    """A new Ed25519 key pair; its kid is its thumbprint."""
    return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)


def write_pair(key: OKPKey, private: Path, public: Path) -> None:
    """Write both JWK files, the private one readable by its owner only. Raises FileExistsError: never overwrites."""
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(documents.canonical(key.as_dict(private=True)))
    public.write_bytes(documents.canonical(public_jwk(key)))


def load_private(path: Path) -> OKPKey:
    """The signing key of a file. Raises ConfigurationError for one that others can read or that is no such key."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigurationError(f"{path} can be read by others", field=str(path), remedy=f"chmod 600 {path}")
        jwk = documents.parse(path.read_bytes(), path.name)
    except (OSError, Invalid) as error:
        raise ConfigurationError(f"{path} cannot be read as a signing key", field=str(path)) from error
    if not isinstance(jwk, dict) or not isinstance(jwk.get("d"), str):
        raise ConfigurationError(f"{path} holds no private key", field=str(path), remedy="kinward trust show-key")
    return _ed25519(jwk)


def public_jwk(key: OKPKey) -> dict[str, str]:
    """The public half as a JWK of text fields, with kid."""
    return {name: str(value) for name, value in key.as_dict(private=False).items()}


def _ed25519(jwk: Mapping[str, object]) -> OKPKey:
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise Invalid("the key is not Ed25519", field="key", remedy="a JWK with kty OKP and crv Ed25519")
    try:
        material: dict[str, str | list[str]] = {
            name: str(jwk[name]) for name in ("kty", "crv", "x", "d") if name in jwk
        }
        key = OKPKey.import_key(material, {"use": "sig", "alg": "Ed25519"})
        thumbprint = key.thumbprint()
        key = OKPKey.import_key({**material, "kid": thumbprint, "use": "sig", "alg": "Ed25519"})
    except (JoseError, ValueError, KeyError) as error:
        raise Invalid("the key cannot be read", field="key", remedy="a JWK with kty OKP and crv Ed25519") from error
    if jwk.get("kid", thumbprint) != thumbprint:
        raise Invalid("the key's kid is not its thumbprint", field="kid", remedy=thumbprint)
    return key


@dataclass(frozen=True)
class TrustEntry:
    """One key of one issuer: the areas and dataset it may report, in bundles from_seq to until_seq (None: on)."""

    issuer: str
    public_key: Mapping[str, str]
    areas: frozenset[str]
    dataset: str
    from_seq: int = 1
    until_seq: int | None = None

    def __post_init__(self) -> None:
        """Raises Invalid for a private key, an unsound key, an unknown area or an empty span of bundles."""
        if "d" in self.public_key:
            raise Invalid("a trust entry holds the public key only", field="public_key", remedy="send the public file")
        _ed25519(self.public_key)
        for area in self.areas:
            if areas.country_of(area) is None:
                raise Invalid(f"{area!r} is no area", field="areas", remedy="ISO 3166-1 alpha-3 or ISO 3166-2")
        if self.from_seq < 1 or (self.until_seq is not None and self.until_seq < self.from_seq - 1):
            raise Invalid("until_seq lies before from_seq", field="until_seq")

    @property
    def key(self) -> OKPKey:
        """The public key."""
        return _ed25519(self.public_key)

    @property
    def kid(self) -> str:
        """The key's id: its thumbprint."""
        return self.key.thumbprint()

    def objection(self, dataset: str, reported: tuple[str, ...], seq: int) -> str | None:
        """Why this key may not sign that, or None."""
        if dataset != self.dataset:
            return "the key is not trusted for this dataset"
        if seq < self.from_seq or (self.until_seq is not None and seq > self.until_seq):
            return "the key is not trusted for this place in the issuer's sequence"
        outside = [area for area in reported if not areas.covers(self.areas, area)]
        return f"the key is not trusted for {outside[0]}" if outside else None
