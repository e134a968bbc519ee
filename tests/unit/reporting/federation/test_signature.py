"""Only one Ed25519 signature with a plain header passes; each known confusion of JOSE has its test."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448
from joserfc.jwk import OctKey, OKPKey

from services.reporting.federation import archive, documents, keys, signature
from services.reporting.federation.judge import Outcome
from services.reporting.federation.signature import SignatureRefused
from tests.unit.reporting.federation import given

PAYLOAD = b'{"seq":1}'


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def header(**changes) -> dict:
    plain = {"alg": "Ed25519", "kid": given.key("kz").thumbprint(), "typ": signature.BUNDLE}
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def signed_by_kz(protected: dict, payload: bytes = PAYLOAD) -> dict[str, str]:
    """A mathematically right Ed25519 signature by kz under any header whatever."""
    head = b64(documents.canonical(protected))
    raw = given.key("kz").get_op_key("sign").sign(f"{head}.{b64(payload)}".encode())
    return {"protected": head, "signature": b64(raw)}


def check(document, payload: bytes = PAYLOAD) -> None:
    signed = signature.read_detached(documents.canonical(document), "signature.json", signature.BUNDLE)
    signature.verify(signed, payload, given.key("kz"))


def test_a_plain_signature_verifies():
    check(signed_by_kz(header()))
    check(json.loads(signature.detached(PAYLOAD, given.key("kz"), signature.BUNDLE)))


def test_other_bytes_do_not():
    with pytest.raises(SignatureRefused, match="does not fit"):
        check(signed_by_kz(header()), b'{"seq":2}')


def test_each_changed_byte_of_the_signature_is_refused():
    sound = signed_by_kz(header())
    raw = signature.decode(sound["signature"])
    for place in range(0, 64, 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(SignatureRefused):
            check({**sound, "signature": b64(changed)})


def test_the_public_key_as_hmac_secret_is_refused():
    public = given.key("kz").as_dict(private=False)
    for secret in (signature.decode(public["x"]), documents.canonical(keys.public_jwk(given.key("kz")))):
        head = b64(documents.canonical(header(alg="HS256")))
        mac = hmac.new(secret, f"{head}.{b64(PAYLOAD)}".encode(), hashlib.sha256).digest()
        for padded in (mac, mac * 2):
            with pytest.raises(SignatureRefused):
                check({"protected": head, "signature": b64(padded)})


@pytest.mark.parametrize(
    "alg", ["HS256", "none", "None", "EdDSA", "ed25519", "Ed448", "ES256", "RS256", "", 1, ["Ed25519"]]
)
def test_any_other_algorithm_is_refused_even_with_a_right_signature(alg):
    with pytest.raises(SignatureRefused, match="algorithm is not Ed25519"):
        check(signed_by_kz(header(alg=alg)))


def test_no_signature_at_all_is_refused():
    with pytest.raises(SignatureRefused, match="64 bytes"):
        check({"protected": b64(documents.canonical(header(alg="none"))), "signature": ""})


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["b64"], "b64": False},
        {"b64": True},
        {"b64": False},
        {"crit": []},
        {"crit": ["exp"], "exp": 0},
        {"jwk": {"kty": "OKP"}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": []},
        {"cty": "json"},
    ],
    ids=str,
)
def test_a_header_with_anything_more_is_refused(extra):
    with pytest.raises(SignatureRefused, match="exactly alg, kid and typ"):
        check(signed_by_kz(header(**extra)))


def test_an_unencoded_payload_is_not_the_encoded_one():
    """RFC 7797: under b64=false the signature covers the raw bytes; that input must never verify here."""
    head = b64(documents.canonical(header()))
    raw = given.key("kz").get_op_key("sign").sign(f"{head}.".encode() + PAYLOAD)
    with pytest.raises(SignatureRefused, match="does not fit"):
        check({"protected": head, "signature": b64(raw)})


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_a_header_with_less_is_refused(missing):
    with pytest.raises(SignatureRefused, match="exactly alg, kid and typ"):
        check(signed_by_kz(header(**{missing: None})))


def test_several_signatures_are_refused_though_each_is_right():
    sound = signed_by_kz(header())
    for document in ({"signatures": [sound, sound]}, {"signatures": [sound]}, {**sound, "signatures": [sound]}):
        with pytest.raises(SignatureRefused, match="exactly the fields"):
            check(document)


@pytest.mark.parametrize("extra", [{"header": {"alg": "Ed25519"}}, {"payload": b64(b'{"seq":9}')}, {"payload": ""}])
def test_unprotected_headers_and_a_second_payload_are_refused(extra):
    with pytest.raises(SignatureRefused, match="exactly the fields"):
        check({**signed_by_kz(header()), **extra})


def test_a_kid_of_another_key_is_refused():
    with pytest.raises(SignatureRefused, match="names another key"):
        check(signed_by_kz(header(kid=given.key("uz").thumbprint())))


def test_the_hub_looks_keys_up_by_kid_and_refuses_a_mismatch():
    """uz's trusted kid over kz's signature, and kz's kid over uz's signature."""
    raw = given.built().raw
    said = archive.unpack(raw)["manifest.json"]
    for kid, signer in (("uz", "kz"), ("kz", "uz")):
        head = b64(documents.canonical(header(kid=given.key(kid).thumbprint())))
        made = given.key(signer).get_op_key("sign").sign(f"{head}.{b64(said)}".encode())
        document = documents.canonical({"protected": head, "signature": b64(made)})
        sent = given.reforged(raw, resign=False, also={"signature.json": document})
        assert given.Hub().deliver(sent).outcome == Outcome.REFUSED_SIGNATURE


def test_a_receipt_s_signature_does_not_pass_for_a_bundle_s():
    with pytest.raises(SignatureRefused, match="not of type"):
        check(signed_by_kz(header(typ=signature.RECEIPT)))


@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: text + "=",
        lambda text: text + "==",
        lambda text: text[:-1] + chr(ord(text[-1]) + 1),
        lambda text: text[:10] + "\n" + text[10:],
        lambda text: text[:10] + "!" + text[10:],
        lambda text: text + "é",
    ],
)
def test_other_base64_spellings_of_the_signature_are_refused(spelling):
    sound = signed_by_kz(header())
    with pytest.raises(SignatureRefused):
        check({**sound, "signature": spelling(sound["signature"])})


@pytest.mark.parametrize("protected", ["", "e30", b64(b"[]"), b64(b'{"alg":"Ed25519","alg":"HS256"}'), 1, None, ["x"]])
def test_a_header_that_is_none_is_refused(protected):
    with pytest.raises(SignatureRefused):
        check({**signed_by_kz(header()), "protected": protected})


@pytest.mark.parametrize("document", [[], "x", 1, None, {}, {"protected": "e30"}])
def test_a_document_that_is_no_signature_is_refused(document):
    with pytest.raises(SignatureRefused):
        check(document)


def test_a_signature_file_in_another_spelling_is_refused():
    raw = json.dumps(signed_by_kz(header()), indent=1).encode()
    with pytest.raises(SignatureRefused, match="canonical"):
        signature.read_detached(raw, "signature.json", signature.BUNDLE)


def test_a_key_of_another_kind_is_never_trusted():
    curve = OKPKey.import_key(ed448.Ed448PrivateKey.generate())
    secret = OctKey.generate_key(256)
    for jwk in (curve.as_dict(private=False), secret.as_dict(private=False), {}, {"kty": "OKP", "crv": "Ed25519"}):
        with pytest.raises(Exception, match="key"):
            keys.TrustEntry("kz", jwk, frozenset({"KAZ"}), given.CARE)
