"""Signatures: one Ed25519 JWS in flattened JSON, with a header of exactly alg, kid and typ.

RFC 7515 and 9864. Everything that a JWS may carry besides (several signatures, unprotected headers, crit, b64, jwk,
jku, x5u, other algorithms) is refused before any key is looked up. Not here: whose key it is (keys).
"""

import base64
import binascii
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.reporting.federation import documents
from shared.errors import Invalid, Refused

ALGORITHM = "Ed25519"
BUNDLE = "kinward-bundle+jws"
RECEIPT = "kinward-receipt+jws"


class SignatureRefused(Refused):
    """The signature is not one Ed25519 signature by the key it names over these bytes."""

    code = "signature-refused"
    title = "Signature refused"


@dataclass(frozen=True)
class Signed:
    """A signature document of sound form, not yet verified."""

    kid: str
    protected: str
    signature: str


def sign(payload: bytes, key: OKPKey, typ: str) -> dict[str, str]:
    """The payload as flattened JWS: payload, protected and signature. `typ` keeps bundles and receipts apart."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": typ}
    return dict(jws.serialize_json({"protected": header}, payload, key, algorithms=[ALGORITHM]))  # type: ignore[arg-type]


def detached(payload: bytes, key: OKPKey, typ: str) -> bytes:
    """The same without the payload, which travels beside it as a file (RFC 7515 appendix F)."""
    signed = sign(payload, key, typ)
    return documents.canonical({"protected": signed["protected"], "signature": signed["signature"]})


def read_detached(raw: bytes, name: str, typ: str) -> Signed:
    """Read a detached signature; raises SignatureRefused for any other form."""
    return read(document(raw, name), typ)


def read(said: object, typ: str) -> Signed:
    """A signature out of {"protected", "signature"}; raises SignatureRefused for any other form or header."""
    if not isinstance(said, dict) or set(said) != {"protected", "signature"}:
        raise SignatureRefused("a signature document has exactly the fields protected and signature")
    protected, signature = said["protected"], said["signature"]
    if not isinstance(protected, str) or not isinstance(signature, str):
        raise SignatureRefused("protected and signature are text")
    if len(decode(signature)) != 64:
        raise SignatureRefused("an Ed25519 signature has 64 bytes")
    header = document(decode(protected), "protected")
    if not isinstance(header, dict) or set(header) != {"alg", "kid", "typ"}:
        raise SignatureRefused("the protected header has exactly alg, kid and typ")
    if header["alg"] != ALGORITHM:
        raise SignatureRefused("the algorithm is not Ed25519")
    if header["typ"] != typ:
        raise SignatureRefused(f"the signature is not of type {typ}")
    if not isinstance(header["kid"], str):
        raise SignatureRefused("kid is text")
    return Signed(header["kid"], protected, signature)


def verify(signed: Signed, payload: bytes, key: OKPKey) -> None:
    """Raises SignatureRefused unless `key` is the named one and signed these bytes."""
    if key.thumbprint() != signed.kid:
        raise SignatureRefused("kid names another key")
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=").decode("ascii")
    whole: jws.FlattenedJSONSerialization = {
        "payload": encoded,
        "protected": signed.protected,
        "signature": signed.signature,
    }
    try:
        jws.deserialize_json(whole, key, algorithms=[ALGORITHM])
    except JoseError as error:
        raise SignatureRefused("the signature does not fit the signed bytes") from error


def document(raw: bytes, name: str) -> object:
    """Read canonical JSON of a signature or a signed payload; raises SignatureRefused."""
    try:
        parsed: object = documents.parse(raw, name)
    except Invalid as error:
        raise SignatureRefused(error.message) from error
    return parsed


def decode(text: str) -> bytes:
    """Bytes of canonical base64url without padding; raises SignatureRefused."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise SignatureRefused("not base64url") from error
    # Other spellings of the same bytes would give one bundle several hashes.
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise SignatureRefused("not canonical base64url")
    return raw
