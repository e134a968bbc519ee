"""Personal data at rest: sealed under a key of the person it is about, so that the key's end is the data's end.

A data key per subject (AES-256-GCM), wrapped by a key-encryption key of the deployment (keys); the keys of one
transaction (keyring); what is sealed of a mapped thing, and when (mapping). Not here: who may read what.
"""

from shared.protection.envelope import DataKey, SealBroken
from shared.protection.keyring import KeyDestroyed, Keyring, subject_keys
from shared.protection.keys import KeyProvider
from shared.protection.mapping import attach, keyring, opened, opened_where_whole, protect, protected, seal, seals

__all__ = [
    "DataKey",
    "KeyDestroyed",
    "KeyProvider",
    "Keyring",
    "SealBroken",
    "attach",
    "keyring",
    "opened",
    "opened_where_whole",
    "protect",
    "protected",
    "seal",
    "seals",
    "subject_keys",
]
