"""Sealing with a subject's data key: AES-256-GCM, bound to the place it is kept at.

The associated data is `table|column|row|subject|key version`: a sealed value that is copied to another column, row or
child, or that another version of the key sealed, does not open. (NIST SP 800-38D; nonces are 96 random bits.)
"""

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import KinwardError

FORMAT = b"\x01"
NONCE, TAG, VERSION = 12, 16, 4
SHORTEST = len(FORMAT) + VERSION + NONCE + TAG
KEY_BYTES = 32


class SealBroken(KinwardError):
    """A sealed value does not open: damaged, put in another place, or of another key version. Nothing of it is told."""

    code = "seal-broken"
    title = "Sealed value does not open"
    status = 500


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one subject: 32 bytes. `version` counts the subject's keys from 1."""

    subject: UUID
    version: int
    key: bytes = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.key))

    @classmethod
    def new(cls, subject: UUID, version: int = 1) -> "DataKey":
        """A fresh key."""
        return cls(subject, version, os.urandom(KEY_BYTES))

    def seal(self, plain: bytes, table: str, column: str, row: object) -> bytes:
        """The value, sealed for this place: format, key version, nonce, ciphertext with tag."""
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, plain, self._place(table, column, row))
        return FORMAT + self.version.to_bytes(VERSION, "big") + nonce + sealed

    def open(self, sealed: bytes, table: str, column: str, row: object) -> bytes:
        """What was sealed for this place. Raises SealBroken."""
        sealed = bytes(sealed)
        if len(sealed) < SHORTEST or sealed[:1] != FORMAT:
            raise SealBroken("A sealed value is damaged.", field=column, rule="seal-form")
        if int.from_bytes(sealed[1 : 1 + VERSION], "big") != self.version:
            raise SealBroken("A sealed value is of another key version.", field=column, rule="seal-key-version")
        body = len(FORMAT) + VERSION
        try:
            return self._cipher.decrypt(
                sealed[body : body + NONCE], sealed[body + NONCE :], self._place(table, column, row)
            )
        except InvalidTag:
            raise SealBroken("A sealed value does not open here.", field=column, rule="seal-tag") from None

    def _place(self, table: str, column: str, row: object) -> bytes:
        return f"{table}|{column}|{row}|{self.subject}|{self.version}".encode()
