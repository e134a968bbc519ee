"""Anchors: where the chains of a deployment's audit logs stood, signed, in a file that is kept elsewhere.

Who may write to the databases can rewrite a chain to its end; not what somebody else keeps. Not here: the chain
(shared.audit_chain), finding a break (shared.audit_check).
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from services.reporting import trust
from services.reporting.federation import documents, signature
from shared.audit_check import Head
from shared.errors import Invalid, Refused

NOTE = "anchor-taken.json"
TYP = "kinward-audit-anchor+jws"
FIELDS = {"deployment", "heads", "taken_at"}


@dataclass(frozen=True)
class Anchor:
    """Where each service's chain stood, and whether the deployment's key says so."""

    deployment: str
    heads: Mapping[str, Head]
    signed: bool


def document(deployment: str, heads: Mapping[str, Head], at: datetime, key: OKPKey | None) -> dict[str, Any]:
    """What an anchor's file says, with a signature over the canonical JSON of its `anchor` where there is a key."""
    said = {
        "deployment": deployment,
        "taken_at": at.isoformat(timespec="seconds"),
        "heads": {service: {"sequence": head.sequence, "hash": head.hash.hex()} for service, head in heads.items()},
    }
    made = None if key is None else signature.sign(documents.canonical(said), key, TYP)
    return {
        "anchor": said,
        "signature": None if made is None else {name: made[name] for name in ("protected", "signature")},
    }


def read(file: Path, deployment: str, key: OKPKey | None) -> Anchor:
    """The anchor in a file. Raises Invalid for no such file, Refused for a signature that `key` did not make."""
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
        said, signed = whole["anchor"], whole["signature"]
        heads = {str(name): Head(_whole(head["sequence"]), _hash(head["hash"])) for name, head in said["heads"].items()}
        of = said["deployment"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"{file} holds no anchor", field="anchor", remedy="kinward audit anchor --out FILE") from error
    if set(said) != FIELDS or of != deployment:
        raise Invalid(f"{file} holds no anchor of {deployment}", field="anchor")
    if signed is not None:
        if key is None:
            raise Refused(f"there is no key to check the signature of {file} with", remedy="--key FILE")
        signature.verify(signature.read(signed, TYP), documents.canonical(said), key)
    return Anchor(of, heads, signed is not None)


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(number)
    return number


def _hash(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != 32:
        raise ValueError(text)
    return raw


def note_taken(folder: Path, at: datetime) -> None:
    """Keep in the deployment's folder when an anchor was taken last: `kinward doctor` asks for it."""
    with suppress(OSError):  # an anchor may be taken by who cannot write there
        (folder / NOTE).write_text(json.dumps({"taken_at": at.isoformat(timespec="seconds")}) + "\n", encoding="utf-8")


def own_key(path: Path) -> OKPKey | None:
    """The deployment's signing key; None where it has none."""
    return trust.signing_key(path) if path.exists() else None


def public_key(file: Path) -> OKPKey:
    """The key of a file as `kinward trust show-key` prints it. Raises Invalid."""
    return trust.entry_of(file, "", (), 1, None).key
