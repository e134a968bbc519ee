"""Where the deployment's own keys come from: the port, and the provider that keeps them in a file under a passphrase.

A key-encryption key (KEK) wraps the data keys of subjects; an index key makes blind indexes. Each has versions: new
wrapping takes the newest KEK, older ones unwrap until nothing is wrapped with them. Index keys do not change with KEKs:
an index made with one is found only with it. A hardware module (PKCS#11) or Vault's transit engine is another
implementation of the port: `wrap` and `unwrap` there, and index keys derived or kept there (docs/privacy.md).
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from shared.errors import ConfigurationError

KEY_BYTES, NONCE, SALT = 32, 12, 16
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
SHORTEST_PASSPHRASE = 16
INIT = "run: kinward keys init"


class KeyProvider(Protocol):
    """The deployment's keys, wherever they are kept. Versions count from 1."""

    @property
    def current(self) -> int:
        """The KEK version that new wrapping takes."""

    @property
    def index_version(self) -> int:
        """The version of the index key that makes new indexes."""

    @property
    def index_versions(self) -> frozenset[int]:
        """The versions of the index keys there are: older ones find what they made."""

    def wrap(self, plain: bytes, bound_to: bytes) -> tuple[int, bytes]:
        """The KEK version and the wrapped bytes, which unwrap only with the same `bound_to`."""

    def unwrap(self, version: int, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped. Raises ConfigurationError where the KEK is not known or the bytes are not of it."""

    def index_key(self, purpose: str, version: int | None = None) -> bytes:
        """32 bytes for the blind index of one purpose; None: of the newest key. Raises ConfigurationError."""

    def for_now(self) -> "KeyProvider":
        """The keys as they are now, for one transaction."""


class Keys:
    """Keys in memory: what a key file holds, opened."""

    def __init__(self, keks: Mapping[int, bytes], indexes: Mapping[int, bytes]) -> None:
        self.keks = dict(keks)
        self._ciphers = {version: AESGCM(key) for version, key in keks.items()}
        self._indexes = dict(indexes)
        self._derived: dict[tuple[str, int], bytes] = {}

    @classmethod
    def generated(cls) -> "Keys":
        """First versions of fresh keys."""
        return cls({1: os.urandom(KEY_BYTES)}, {1: os.urandom(KEY_BYTES)})

    @property
    def current(self) -> int:
        """The newest KEK."""
        return max(self.keks)

    @property
    def index_version(self) -> int:
        """The newest index key."""
        return max(self._indexes)

    @property
    def index_versions(self) -> frozenset[int]:
        """Every index key."""
        return frozenset(self._indexes)

    def wrap(self, plain: bytes, bound_to: bytes) -> tuple[int, bytes]:
        """Wrapped with the newest KEK."""
        version, nonce = self.current, os.urandom(NONCE)
        return version, nonce + self._ciphers[version].encrypt(nonce, plain, bound_to)

    def unwrap(self, version: int, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped. Raises ConfigurationError."""
        if version not in self._ciphers:
            raise ConfigurationError(
                f"the key file lacks key version {version}",
                field="KINWARD_KEYS_FILE",
                remedy="put the newest file back",
            )
        try:
            return self._ciphers[version].decrypt(wrapped[:NONCE], wrapped[NONCE:], bound_to)
        except InvalidTag:
            raise ConfigurationError(
                f"a data key is not of key version {version} of this file",
                field="KINWARD_KEYS_FILE",
                remedy="use the key file that belongs to this database",
            ) from None

    def index_key(self, purpose: str, version: int | None = None) -> bytes:
        """Derived from an index key by HKDF-SHA256. Raises ConfigurationError where that is not known."""
        version = self.index_version if version is None else version
        if version not in self._indexes:
            raise ConfigurationError(
                f"the key file lacks index key version {version}",
                field="KINWARD_KEYS_FILE",
                remedy="put the newest file back",
            )
        if (purpose, version) not in self._derived:
            derivation = HKDF(hashes.SHA256(), KEY_BYTES, None, f"kinward|{purpose}".encode())
            self._derived[purpose, version] = derivation.derive(self._indexes[version])
        return self._derived[purpose, version]

    def for_now(self) -> "Keys":
        """These."""
        return self

    def with_new_kek(self) -> "Keys":
        """The same with one more KEK, which is the newest."""
        return Keys({**self.keks, self.current + 1: os.urandom(KEY_BYTES)}, self._indexes)

    def with_new_index(self) -> "Keys":
        """The same with one more index key, which is the newest."""
        return Keys(self.keks, {**self._indexes, max(self._indexes) + 1: os.urandom(KEY_BYTES)})

    def without_kek(self, version: int) -> "Keys":
        """The same without an old KEK."""
        return Keys({known: key for known, key in self.keks.items() if known != version}, self._indexes)

    def named(self) -> dict[str, bytes]:
        """Every key by its name in a file."""
        keks = {f"kek-{version}": key for version, key in self.keks.items()}
        return keks | {f"index-{version}": key for version, key in self._indexes.items()}


class FileKeyProvider:
    """Keys in a file of mode 0600, each encrypted under a passphrase by scrypt and AES-256-GCM.

    Read when first asked, and again once the file has changed: a rotation needs no restart.
    """

    def __init__(self, path: Path, passphrase: Path) -> None:
        self.path = path
        self._passphrase = passphrase
        self._keys: Keys | None = None
        self._seen: tuple[int, int] | None = None

    @property
    def current(self) -> int:
        """The newest KEK."""
        return self.keys().current

    @property
    def index_version(self) -> int:
        """The newest index key."""
        return self.keys().index_version

    @property
    def index_versions(self) -> frozenset[int]:
        """Every index key."""
        return self.keys().index_versions

    def wrap(self, plain: bytes, bound_to: bytes) -> tuple[int, bytes]:
        """Wrapped with the newest KEK."""
        return self.keys().wrap(plain, bound_to)

    def unwrap(self, version: int, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped."""
        return self.keys().unwrap(version, wrapped, bound_to)

    def index_key(self, purpose: str, version: int | None = None) -> bytes:
        """For the blind index of one purpose."""
        return self.keys().index_key(purpose, version)

    def for_now(self) -> Keys:
        """What the file holds now."""
        return self.keys()

    def exists(self) -> bool:
        """Whether there is a key file."""
        return self.path.exists()

    def create(self, at: datetime) -> Keys:
        """Make the file with fresh keys, and the passphrase where there is none. Raises ConfigurationError."""
        if self.exists():
            raise ConfigurationError(
                "there is a key file already", field="KINWARD_KEYS_FILE", remedy="kinward keys rotate"
            )
        if not self._passphrase.exists():
            _write(self._passphrase, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        self.write(Keys.generated(), at)
        return self.keys()

    def write(self, keys: Keys, at: datetime) -> None:
        """Replace the file at once, so that no reader sees half of it."""
        salt = os.urandom(SALT)
        cipher = AESGCM(_stretched(self._words(), salt))
        kept = {}
        for name, key in keys.named().items():
            nonce = os.urandom(NONCE)
            kept[name] = _text(nonce + cipher.encrypt(nonce, key, f"kinward|{name}".encode()))
        document = {
            "format": 1,
            "kdf": "scrypt",
            **SCRYPT,
            "salt": _text(salt),
            "written": at.isoformat(),
            "keys": kept,
        }
        _write(self.path, json.dumps(document, indent=2).encode() + b"\n")
        self._keys, self._seen = keys, self._stamp()

    def keys(self) -> Keys:
        """The file's keys. Raises ConfigurationError, naming the remedy."""
        stamp = self._stamp()
        if self._keys is None or stamp != self._seen:
            self._keys, self._seen = self._read(), stamp
        return self._keys

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            raise ConfigurationError(
                f"there is no key file {self.path.name}", field="KINWARD_KEYS_FILE", remedy=INIT
            ) from None
        return found.st_mtime_ns, found.st_ino

    def _read(self) -> Keys:
        if self.path.stat().st_mode & 0o077:
            raise ConfigurationError("others may read the key file", field="KINWARD_KEYS_FILE", remedy="chmod 600 it")
        try:
            document: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
            cipher = AESGCM(_stretched(self._words(), base64.b64decode(document["salt"]), document))
            named = {name: _opened(cipher, name, text) for name, text in document["keys"].items()}
            found: dict[str, dict[int, bytes]] = {"kek": {}, "index": {}}
            for name, key in named.items():
                kind, _, version = name.partition("-")
                found[kind][int(version)] = key
        except InvalidTag:
            raise ConfigurationError(
                "the passphrase does not open the key file", field="KINWARD_KEYS_PASSPHRASE_FILE"
            ) from None
        except (KeyError, ValueError):
            raise ConfigurationError(
                "the key file is damaged", field="KINWARD_KEYS_FILE", remedy="put a copy back"
            ) from None
        if not (found["kek"] and found["index"]):
            raise ConfigurationError("the key file lacks keys", field="KINWARD_KEYS_FILE", remedy="put a copy back")
        return Keys(found["kek"], found["index"])

    def _words(self) -> bytes:
        try:
            words = self._passphrase.read_bytes().strip()
        except OSError:
            raise ConfigurationError(
                "the passphrase of the key file cannot be read", field="KINWARD_KEYS_PASSPHRASE_FILE", remedy=INIT
            ) from None
        if self._passphrase.stat().st_mode & 0o077:
            raise ConfigurationError(
                "others may read the passphrase", field="KINWARD_KEYS_PASSPHRASE_FILE", remedy="chmod 600 it"
            )
        if len(words) < SHORTEST_PASSPHRASE:
            raise ConfigurationError(
                f"the passphrase has fewer than {SHORTEST_PASSPHRASE} characters", field="KINWARD_KEYS_PASSPHRASE_FILE"
            )
        return words


def _stretched(words: bytes, salt: bytes, costs: Mapping[str, Any] = SCRYPT) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=costs["n"], r=costs["r"], p=costs["p"]).derive(words)


def _opened(cipher: AESGCM, name: str, text: str) -> bytes:
    kept = base64.b64decode(text)
    return cipher.decrypt(kept[:NONCE], kept[NONCE:], f"kinward|{name}".encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.rename(path)
