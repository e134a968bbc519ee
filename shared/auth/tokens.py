"""Access tokens (RFC 9068: `typ` at+jwt) by joserfc: issuing our own, verifying ours and those of trusted issuers.

Ours are signed with alg "Ed25519" (RFC 9864). Another issuer's RS256 or ES256 needs a Verifier that names it. A header
that carries anything but alg, typ and kid is refused: nothing in a token says where its key is to be found.
Not here: key distribution (the JWKS comes in as data) and what the roles of a token allow (permissions).
"""

import binascii
import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import Key, KeySet, OctKey, OKPKey
from joserfc.jws import JWSRegistry

from shared import clock, ids
from shared.auth.principal import Principal
from shared.errors import ConfigurationError, Unauthenticated

ALGORITHM = "Ed25519"
TYPE = "at+jwt"
ALLOWED = frozenset({ALGORITHM, "RS256", "ES256"})
HEADER_FIELDS = {"alg", "typ", "kid"}
MAX_TOKEN = 8192


def local_issuer(deployment: str) -> str:
    """The `iss` of tokens that the deployment itself issues."""
    return f"urn:kinward:{deployment}"


def generate_key() -> OKPKey:
    """A new Ed25519 signing key; its `kid` is the thumbprint (RFC 7638)."""
    return OKPKey.generate_key("Ed25519", parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def write_key(path: Path, key: OKPKey) -> None:
    """Write the private key as a JWK that only its owner can read (0600). Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(key.as_dict(private=True), file)


def load_key(path: Path) -> OKPKey:
    """Read a private key file. Raises ConfigurationError where it is no Ed25519 private key or others can read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(
                "the signing key file can be read by others", field=path.name, remedy=f"chmod 600 {path}"
            )
        key = OKPKey.import_key(json.loads(path.read_text(encoding="ascii")))
    except (OSError, ValueError, JoseError) as error:
        raise ConfigurationError(
            "the signing key cannot be read",
            field=path.name,
            remedy="a JWK file with an Ed25519 private key, owned by the service's user",
        ) from error
    if key.curve_name != "Ed25519" or not key.is_private:
        raise ConfigurationError("the signing key is no Ed25519 private key", field=path.name)
    key.ensure_kid()
    return key


def public_jwks(keys: Iterable[Key]) -> dict[str, Any]:
    """The public halves as a JWKS (RFC 7517)."""
    return dict(KeySet(list(keys)).as_dict(private=False))


def issue(
    principal: Principal, key: OKPKey, ttl: timedelta, *, issuer: str | None = None, now: datetime | None = None
) -> str:
    """A token that says who `principal` is, for `ttl` from `now`, for the principal's deployment alone."""
    issued = int((now or clock.now()).timestamp())
    claims: dict[str, Any] = {
        "iss": issuer or local_issuer(principal.deployment),
        "aud": principal.deployment,
        "sub": principal.subject,
        "jti": str(ids.new_id()),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(ttl.total_seconds()),
        "roles": sorted(principal.roles),
        "areas": sorted(principal.areas),
    }
    for name, value in (("centre", principal.centre), ("provider", principal.provider)):
        if value is not None:
            claims[name] = str(value)
    key.ensure_kid()
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


class Verifier:
    """Accepts the tokens of one issuer for one deployment."""

    def __init__(
        self,
        jwks: Mapping[str, Any],
        issuer: str,
        audience: str,
        leeway: int = 60,
        *,
        algorithms: Collection[str] = (ALGORITHM,),
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Take the issuer's public keys. `leeway` is seconds of clock skew. Raises ConfigurationError on unfit keys."""
        if unknown := set(algorithms) - ALLOWED:
            raise ConfigurationError(f"algorithms not allowed for tokens: {', '.join(sorted(unknown))}")
        self.issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._now = now
        self._registry = JWSRegistry(algorithms=list(algorithms))
        self._algorithms = frozenset(algorithms)
        self._keys = _public_keys(jwks)

    def verify(self, token: str) -> Principal:
        """The principal of a token. Raises Unauthenticated; the reason told is expired or not valid, no more."""
        header = _header(token)
        key = self._keys.get(header["kid"])
        algorithm = header["alg"]
        if algorithm not in self._algorithms or key is None:
            raise _refusal()
        try:
            claims = jwt.decode(token, key, registry=self._registry).claims
            self._expectations().validate(claims)
        except ExpiredTokenError:
            raise Unauthenticated("The token has expired.", rule="token-expired", remedy="Sign in again.") from None
        except (JoseError, ValueError):
            raise _refusal() from None
        return self._principal(claims)

    def _expectations(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=self._leeway,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        subject = str(claims["sub"])
        return Principal(
            subject=subject if self.issuer == local_issuer(self._audience) else f"{self.issuer}#{subject}",
            roles=_names(claims, "roles"),
            areas=_names(claims, "areas"),
            centre=_identifier(claims, "centre"),
            provider=_identifier(claims, "provider"),
            deployment=self._audience,
        )


class TrustedIssuers:
    """Several verifiers behind one: the token's `iss` chooses, and only then is believed."""

    def __init__(self, *verifiers: Verifier) -> None:
        self._by_issuer = {verifier.issuer: verifier for verifier in verifiers}

    def verify(self, token: str) -> Principal:
        """The principal of a token. Raises Unauthenticated."""
        _header(token)
        issuer = _json_segment(token.split(".")[1]).get("iss")
        verifier = self._by_issuer.get(issuer) if isinstance(issuer, str) else None
        if verifier is None:
            raise _refusal()
        return verifier.verify(token)


def _public_keys(jwks: Mapping[str, Any]) -> dict[str, Key]:
    try:
        keys = KeySet.import_key_set({"keys": list(jwks["keys"])}).keys
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError("the key set (JWKS) cannot be read") from error
    if any(isinstance(key, OctKey) for key in keys):
        raise ConfigurationError("the key set holds a shared secret; only public keys verify tokens")
    found = {str(key.kid): key for key in keys}
    if len(found) != len(keys):
        raise ConfigurationError("two keys of the key set have one kid")
    return found


def _refusal() -> Unauthenticated:
    return Unauthenticated("The token is not valid here.", rule="token-invalid", remedy="Sign in again.")


def _header(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN:
        raise _refusal()
    header = _json_segment(parts[0])
    typ = header.get("typ")
    if set(header) != HEADER_FIELDS or not all(isinstance(value, str) for value in header.values()):
        raise _refusal()
    if str(typ).lower().removeprefix("application/") != TYPE:
        raise _refusal()
    return header


def _json_segment(segment: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(segment.encode("ascii") + b"=" * (-len(segment) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _refusal() from None
    if not isinstance(found, dict):
        raise _refusal()
    return found


def _names(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    found = claims.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
        raise _refusal()
    return frozenset(found)


def _identifier(claims: Mapping[str, Any], name: str) -> UUID | None:
    found = claims.get(name)
    if found is None:
        return None
    if not isinstance(found, str):
        raise _refusal()
    try:
        return UUID(found)
    except ValueError:
        raise _refusal() from None
