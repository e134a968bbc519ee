"""Sealed files: bytes encrypted in a stream to a public key or under a passphrase, so that any change is noticed.

docs/backup.md has the format. Not here: what is in them.
"""

from shared.sealed.errors import BrokenFile, WrongKey
from shared.sealed.recipients import Passphrase, PrivateKey, PublicKey, Recipient, Unlocking
from shared.sealed.stream import SealedReader, SealedWriter

__all__ = [
    "BrokenFile",
    "Passphrase",
    "PrivateKey",
    "PublicKey",
    "Recipient",
    "SealedReader",
    "SealedWriter",
    "Unlocking",
    "WrongKey",
]
