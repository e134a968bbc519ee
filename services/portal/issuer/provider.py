"""An OpenID provider: where to send people, and who came back (code flow, PKCE, state, nonce; by Authlib).

The id token is believed when one of the provider's keys signed it, for us, for this sign-in, just now. Not here: what
its claims give (mapping), sessions (pages.provider).
"""

import hmac
import secrets
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared import clock
from shared.config import Provider as Named
from shared.errors import ConfigurationError

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
SCOPE = "openid profile email"
BACK = "/sign-in/provider/back"
LEEWAY = 60
KEPT_SECONDS = 3600
KEYS_AGAIN_SECONDS = 60
TIMEOUT = httpx.Timeout(8.0, connect=2.0)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ProviderDown(Exception):
    """The provider does not answer, or not as a provider does."""


class NotBelieved(Exception):
    """What came back is not the end of a sign-in that was begun here."""


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: where it goes, and what it has to come back with."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider, its metadata and keys fetched when they are needed, and kept for an hour."""

    def __init__(self, named: Named, portal: str, client: httpx.Client) -> None:
        self.issuer = named.issuer
        self._client_id = named.client_id
        self._secret = _secret(named)
        self._back = portal + BACK
        self._portal = portal
        self._client = client
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def begin(self) -> Begun:
        """Begin a sign-in. Raises ProviderDown."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._oauth() as oauth:
            url, _ = oauth.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, answer: Mapping[str, str], begun: Begun) -> Mapping[str, Any]:
        """The claims of who came back. Raises NotBelieved, ProviderDown."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise NotBelieved("state")
        if answer.get("iss", self.issuer) != self.issuer:
            raise NotBelieved("iss")
        if "code" not in answer:
            raise NotBelieved(answer.get("error", "no code")[:40])
        token = self._exchange(answer["code"], begun.verifier)
        claims = self._claims(str(token.get("id_token", "")), begun.nonce)
        return {**self._more(token, str(claims["sub"])), **claims}

    def goodbye(self) -> str | None:
        """Where to sign out there too; None where the provider has no such page, or cannot be asked."""
        try:
            found = self._metadata().get("end_session_endpoint")
            url = _safe(str(found)) if found else None
        except ProviderDown:
            return None
        if url is None:
            return None
        query = urlencode({"client_id": self._client_id, "post_logout_redirect_uri": f"{self._portal}/sign-in"})
        return f"{url}{'&' if '?' in url else '?'}{query}"

    def _oauth(self) -> Any:
        method = "client_secret_basic" if self._secret else "none"
        return _client_kind()(
            client_id=self._client_id, client_secret=self._secret, token_endpoint_auth_method=method, scope=SCOPE,
            redirect_uri=self._back, code_challenge_method="S256", timeout=TIMEOUT, trust_env=False,
        )  # fmt: skip

    def _exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        try:
            with self._oauth() as oauth:
                found: Mapping[str, Any] = oauth.fetch_token(
                    self._endpoint("token_endpoint"), code=code, code_verifier=verifier
                )
        except AuthlibBaseError as error:
            raise NotBelieved(str(error.error or "token")[:40]) from None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderDown(type(error).__name__) from None
        return found

    def _claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        """What a believed id token says."""
        try:
            try:
                claims = jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):
                # A key that was made since we last asked; a forged token costs the provider one question a minute.
                claims = jwt.decode(id_token, self._keys(KEYS_AGAIN_SECONDS), algorithms=ALGORITHMS).claims
            expected = jwt.JWTClaimsRegistry(
                now=int(clock.now().timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self._client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            expected.validate(claims)
        except (JoseError, ValueError) as error:
            raise NotBelieved(type(error).__name__) from None
        if claims.get("azp", self._client_id) != self._client_id or not isinstance(claims["sub"], str):
            raise NotBelieved("azp")
        return dict(claims)

    def _more(self, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider says of the person beside the id token: groups, often."""
        url = self._metadata().get("userinfo_endpoint")
        if not url or "access_token" not in token:
            return {}
        found = self._asked(_safe(str(url)), {"Authorization": f"Bearer {token['access_token']}"})
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise NotBelieved("userinfo")
        return found

    def _keys(self, again_after: float = KEPT_SECONDS) -> KeySet:
        found = self._remembered(self._endpoint("jwks_uri"), again_after)
        keys = [key for key in found.get("keys", []) if isinstance(key, dict) and key.get("kty") != "oct"]
        return KeySet.import_key_set({"keys": keys})

    def _metadata(self) -> Mapping[str, Any]:
        found = self._remembered(f"{self.issuer}/.well-known/openid-configuration", KEPT_SECONDS)
        if found.get("issuer") != self.issuer:
            raise ProviderDown("its metadata name another issuer")
        return found

    def _endpoint(self, name: str) -> str:
        return _safe(str(self._metadata().get(name, "")))

    def _remembered(self, url: str, seconds: float) -> dict[str, Any]:
        now = clock.now().timestamp()
        with self._lock:
            asked, found = self._kept.get(url, (0.0, None))
        if found is None or now - asked > seconds:
            found = self._asked(url, {})
            if not isinstance(found, dict):
                raise ProviderDown("no document")
            with self._lock:
                self._kept[url] = now, found
        return dict(found)

    def _asked(self, url: str, headers: Mapping[str, str]) -> Any:
        try:
            answer = self._client.get(_safe(url), headers=dict(headers), timeout=TIMEOUT)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderDown(type(error).__name__) from None


@cache
def _client_kind() -> Any:
    """Authlib's client over httpx, imported when it is needed; its word that httpx will be httpx2 helps nobody here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from authlib.integrations.httpx_client import OAuth2Client
    return OAuth2Client


def _safe(url: str) -> str:
    """The address, if nobody on the way can read or change what is sent there. Raises ProviderDown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ProviderDown("its address is none") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ProviderDown("its address is not https")
    return url


def _secret(named: Named) -> str | None:
    """The client's secret. Raises ConfigurationError where others can read it."""
    file = named.client_secret_file
    if file is None:
        return None
    try:
        open_to_others = file.stat().st_mode & 0o077
        text = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError("the client secret cannot be read", field="KINWARD_OIDC_CLIENT_SECRET_FILE") from error
    if open_to_others:
        raise ConfigurationError(
            "the client secret can be read by others",
            field="KINWARD_OIDC_CLIENT_SECRET_FILE", remedy=f"chmod 600 {file}",
        )  # fmt: skip
    return text
