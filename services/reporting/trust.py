"""The file of trusted issuers, and the deployment's own signing key: small readers and writers around federation.keys.

Not here: what a key may sign (federation.keys), when a bundle is believed (federation.judge).
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from services.reporting.domain import NoSigningKey
from services.reporting.federation import keys, structure
from services.reporting.federation.keys import TrustEntry
from shared.errors import ConfigurationError, Invalid

SHOW_KEY = "kinward trust show-key"
"""It makes the key where there is none, and prints the public half."""


def read(path: Path) -> tuple[TrustEntry, ...]:
    """The trusted issuers; an absent file trusts nobody. Raises ConfigurationError for a file that cannot be read."""
    if not path.exists():
        return ()
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_entry(entry) for entry in whole["trusted"])
    except (ValueError, KeyError, TypeError, Invalid) as error:
        raise ConfigurationError(
            f"{path} is no list of trusted keys", field="KINWARD_TRUSTED_KEYS", remedy="kinward trust add"
        ) from error


def _entry(entry: dict[str, Any]) -> TrustEntry:
    return TrustEntry(
        issuer=entry["issuer"],
        public_key=entry["public_key"],
        areas=frozenset(entry["areas"]),
        dataset=entry["dataset"],
        from_seq=entry.get("from_seq", 1),
        until_seq=entry.get("until_seq"),
    )


def document(entry: TrustEntry) -> dict[str, Any]:
    """A trust entry as it stands in the file."""
    return {**asdict(entry), "areas": sorted(entry.areas)}


def write(path: Path, entries: Iterable[TrustEntry]) -> None:
    """Write the trusted issuers, whole or not at all."""
    whole = {"trusted": [document(entry) for entry in entries]}
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def add(path: Path, entry: TrustEntry) -> tuple[TrustEntry, ...]:
    """Trust one more key; the same key of the same issuer stands once, as said last."""
    others = (known for known in read(path) if (known.issuer, known.kid) != (entry.issuer, entry.kid))
    entries = tuple(sorted((*others, entry), key=lambda known: (known.issuer, known.from_seq, known.kid)))
    write(path, entries)
    return entries


def entry_of(file: Path, issuer: str, areas: Iterable[str], from_seq: int, until_seq: int | None) -> TrustEntry:
    """A trust entry for the public key of a JWK file. Raises Invalid."""
    try:
        jwk = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(f"{file} holds no key", field="file", remedy="kinward trust show-key > FILE") from error
    if not isinstance(jwk, dict):
        raise Invalid(f"{file} holds no key", field="file", remedy="kinward trust show-key > FILE")
    public = {str(name): str(value) for name, value in jwk.items()}
    return TrustEntry(issuer, public, frozenset(areas), structure.care().id, from_seq, until_seq)


def signing_key(path: Path) -> OKPKey:
    """The deployment's signing key. Raises ConfigurationError where there is none yet."""
    if not path.exists():
        raise ConfigurationError(
            f"there is no signing key at {path}", field="KINWARD_SIGNING_KEY_FILE", remedy=SHOW_KEY
        )
    return keys.load_private(path)


def key_at_hand(path: Path) -> OKPKey:
    """The signing key for who asks over HTTP, and cannot see the file. Raises NoSigningKey, which names no path."""
    try:
        return signing_key(path)
    except (ConfigurationError, Invalid) as error:
        there = path.exists()
        raise NoSigningKey(
            "The key that this deployment signs with cannot be read."
            if there
            else "This deployment has no key to sign with yet.",
            field="KINWARD_SIGNING_KEY_FILE",
            rule="signing-key",
            remedy=f"Ask who runs the deployment: {'kinward doctor --only signing-key' if there else SHOW_KEY}",
        ) from error


def ensure_signing_key(path: Path) -> OKPKey:
    """The deployment's signing key, made on first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        keys.write_pair(keys.generate(), path, path.with_suffix(".public.jwk"))
    return keys.load_private(path)
