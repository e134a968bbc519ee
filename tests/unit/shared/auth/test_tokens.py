"""The token battery: everything a forger or a careless issuer may send."""

import base64
import hashlib
import hmac
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.auth import Principal, TrustedIssuers, Verifier, tokens
from shared.errors import ConfigurationError, Unauthenticated

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = tokens.generate_key()
ISSUER = "urn:kinward:kz"
CENTRE = UUID("01950000-0000-7000-8000-000000000001")
ALIYA = Principal("aliya", frozenset({"registrar"}), frozenset({"kz-alm"}), CENTRE, None, "kz")


def verifier(**other: Any) -> Verifier:
    facts: dict[str, Any] = {"jwks": tokens.public_jwks([KEY]), "issuer": ISSUER, "audience": "kz"}
    return Verifier(**facts | {"now": lambda: NOW} | other)


def claims(**other: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    facts = {"iss": ISSUER, "aud": "kz", "sub": "aliya", "iat": at, "nbf": at, "exp": at + 300, "roles": ["registrar"]}
    return {name: value for name, value in (facts | other).items() if value is not None}


def signed(key: OKPKey = KEY, header: dict[str, Any] | None = None, **other: Any) -> str:
    full = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.kid} | (header or {})
    return jwt.encode(
        {name: value for name, value in full.items() if value is not None},
        claims(**other),
        key,
        algorithms=["Ed25519"],
        default_type=None,
    )


def segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused(token: str, check: Verifier | TrustedIssuers | None = None) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as caught:
        (check or verifier()).verify(token)
    return caught.value


def test_a_token_we_issued_brings_back_the_same_principal() -> None:
    token = tokens.issue(ALIYA, KEY, timedelta(minutes=5), now=NOW)
    assert verifier().verify(token) == ALIYA


def test_the_application_prefix_of_the_type_is_the_same_type() -> None:
    assert verifier().verify(signed(header={"typ": "application/at+jwt"})).subject == "aliya"


def test_one_audience_of_several_is_enough() -> None:
    assert verifier().verify(signed(aud=["uz", "kz"])).deployment == "kz"


def test_an_unsigned_token_is_refused() -> None:
    header = {"alg": "none", "typ": "at+jwt", "kid": KEY.kid}
    refused(f"{segment(header)}.{segment(claims())}.")


@pytest.mark.parametrize("alg", ["HS256", "EdDSA", "Ed25519ph", "none", "ed25519", "RS256"])
def test_a_token_that_names_another_algorithm_is_refused(alg: str) -> None:
    parts = signed().split(".")
    refused(".".join([segment({"alg": alg, "typ": "at+jwt", "kid": KEY.kid}), *parts[1:]]))


@pytest.mark.parametrize("form", ["raw", "x", "jwk", "pem"])
def test_a_token_macced_with_the_public_key_is_refused(form: str) -> None:
    public = KEY.raw_value.public_key()
    secret = {
        "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
        "x": str(KEY.as_dict(private=False)["x"]).encode(),
        "jwk": json.dumps(KEY.as_dict(private=False)).encode(),
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }[form]
    head = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': KEY.kid})}.{segment(claims())}"
    mac = hmac.new(secret, head.encode(), hashlib.sha256).digest()
    refused(f"{head}.{segment(mac)}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "uz"},
        {"aud": None},
        {"aud": []},
        {"aud": {"kz": 1}},
        {"iss": "urn:kinward:uz"},
        {"iss": None},
        {"iss": [ISSUER]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": int(NOW.timestamp()) + 61},
        {"iat": int(NOW.timestamp()) + 61},
        {"roles": "registrar"},
        {"roles": [1]},
        {"areas": {"kz": 1}},
        {"areas": [""]},
        {"centre": "no-uuid"},
        {"centre": 7},
        {"provider": []},
    ],
    ids=str,
)
def test_a_token_whose_claims_are_wrong_is_refused(wrong: dict[str, Any]) -> None:
    assert refused(signed(**wrong)).rule == "token-invalid"


def test_an_expired_token_is_refused_after_a_minute_of_leeway_and_says_so() -> None:
    at = int(NOW.timestamp())
    assert verifier().verify(signed(exp=at - 59)).subject == "aliya"
    assert refused(signed(exp=at - 60)).rule == "token-expired"


def test_a_token_not_yet_valid_passes_within_the_leeway_only() -> None:
    assert verifier().verify(signed(nbf=int(NOW.timestamp()) + 60)).subject == "aliya"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": None},
        {"kid": "another"},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": KEY.as_dict(private=False)},
        {"cty": "JWT"},
    ],
    ids=lambda header: f"{next(iter(header))} {str(next(iter(header.values())))[:5]}",
)
def test_a_token_whose_header_is_not_exactly_ours_is_refused(header: dict[str, Any]) -> None:
    refused(signed(header=header))


def test_a_key_we_do_not_know_is_refused_even_under_a_kid_we_know() -> None:
    stranger = tokens.generate_key()
    refused(signed(stranger))
    refused(signed(stranger, header={"kid": KEY.kid}))


def test_a_token_changed_in_any_part_is_refused() -> None:
    head, body, mac = signed().split(".")
    forged = segment(claims(roles=["administrator"]))
    swapped = segment({"alg": "Ed25519", "typ": "at+jwt", "kid": KEY.kid})
    flipped = mac[:10] + ("A" if mac[10] != "A" else "B") + mac[11:]
    for token in (f"{head}.{forged}.{mac}", f"{swapped}.{body}.{mac}", f"{head}.{body}.{flipped}", f"{head}.{body}."):
        if token != f"{head}.{body}.{mac}":
            refused(token)


@pytest.mark.parametrize(
    "junk",
    ["", ".", "..", "a.b.c", "a.b.c.d", "é.b.c", f"{segment([])}.x.y", f"{segment('alg')}.x.y", "A" * 9000, "[[[.[.["],
)
def test_what_is_no_token_at_all_is_refused(junk: str) -> None:
    refused(junk)
    refused(junk, TrustedIssuers(verifier()))


def test_another_issuer_needs_a_verifier_that_names_its_algorithm_and_its_people_keep_its_name() -> None:
    theirs, url = ECKey.generate_key("P-256", auto_kid=True), "https://id.example"
    header = {"alg": "ES256", "typ": "at+jwt", "kid": theirs.kid}
    token = jwt.encode(header, claims(iss=url), theirs, algorithms=["ES256"])
    other = verifier(jwks=tokens.public_jwks([theirs]), issuer=url, algorithms=["ES256"])
    both = TrustedIssuers(verifier(), other)
    assert both.verify(token).subject == "https://id.example#aliya"
    assert both.verify(signed()).subject == "aliya"
    refused(token, verifier(jwks=tokens.public_jwks([theirs]), issuer=url))
    refused(signed(iss="https://nobody.example"), both)


def test_an_issuer_cannot_sign_for_another() -> None:
    theirs = ECKey.generate_key("P-256", auto_kid=True)
    header = {"alg": "ES256", "typ": "at+jwt", "kid": theirs.kid}
    forged = jwt.encode(header, claims(iss=ISSUER), theirs, algorithms=["ES256"])
    other = verifier(jwks=tokens.public_jwks([theirs]), issuer="https://id.example", algorithms=["ES256"])
    refused(forged, TrustedIssuers(verifier(), other))


def test_a_key_of_another_kind_than_the_algorithm_is_refused() -> None:
    rsa = RSAKey.generate_key(2048, auto_kid=True)
    both = verifier(jwks=tokens.public_jwks([KEY, rsa]), algorithms=["Ed25519", "RS256"])
    parts = signed().split(".")
    refused(".".join([segment({"alg": "Ed25519", "typ": "at+jwt", "kid": rsa.kid}), *parts[1:]]), both)


def test_a_verifier_takes_neither_shared_secrets_nor_weak_algorithms_nor_two_keys_of_one_name() -> None:
    secret = OctKey.generate_key(256, auto_kid=True)
    for unfit in (
        {"jwks": {"keys": [secret.as_dict(private=True)]}},
        {"jwks": {"keys": []}},
        {"jwks": {}},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"jwks": {"keys": tokens.public_jwks([KEY])["keys"] * 2}},
    ):
        with pytest.raises(ConfigurationError):
            verifier(**unfit)


def test_a_published_key_set_holds_no_private_half() -> None:
    assert "d" not in tokens.public_jwks([KEY])["keys"][0]


def test_a_key_file_is_readable_by_its_owner_only_and_signs_as_before(tmp_path: Path) -> None:
    path = tmp_path / "signing.jwk"
    tokens.write_key(path, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = tokens.load_key(path)
    assert verifier().verify(signed(again)).subject == "aliya"
    with pytest.raises(FileExistsError):
        tokens.write_key(path, KEY)


def test_a_key_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "signing.jwk"
    tokens.write_key(path, KEY)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="read by others"):
        tokens.load_key(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", "no json", json.dumps(KEY.as_dict(private=False)), "é"])
def test_a_key_file_that_holds_no_private_key_is_not_used(tmp_path: Path, content: str) -> None:
    path = tmp_path / "signing.jwk"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigurationError):
        tokens.load_key(path)
    with pytest.raises(ConfigurationError):
        tokens.load_key(tmp_path / "absent.jwk")
