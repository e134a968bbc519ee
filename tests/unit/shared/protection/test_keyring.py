"""The deployment's keys as one transaction knows them: looked at once, and once more where a newer one was used.

Not here: data keys as they are kept (tests/integration/test_protection), the key file itself (test_keys).
"""

import os

import pytest

from shared.errors import ConfigurationError
from shared.ids import new_id
from shared.protection.keyring import Keyring, bound_to
from shared.protection.keys import KEY_BYTES, Keys


class Changing:
    """A provider whose keys change while a transaction goes on; `looked` counts how often it was asked for them."""

    def __init__(self):
        self.keys, self.looked = Keys.generated(), 0

    def for_now(self):
        self.looked += 1
        return self.keys


@pytest.fixture
def provider():
    return Changing()


@pytest.fixture
def ring(provider):
    """The keys of a transaction that has used one already; it asks no database."""
    ring = Keyring(None, provider)
    ring.make(new_id())
    return ring


def kept(keys):
    """The key of a subject as it is kept, wrapped with the newest of these; and the plain one."""
    subject, plain = new_id(), os.urandom(KEY_BYTES)
    kek, wrapped = keys.wrap(plain, bound_to(subject, 1))
    return (subject, 1, kek, wrapped), plain


def test_a_data_key_that_was_wrapped_by_a_key_newer_than_the_transaction_opens(provider, ring):
    provider.keys = provider.keys.with_new_kek()
    row, plain = kept(provider.keys)
    assert row[2] == 2
    ring.met(*row)
    assert ring.of(row[0]).key == plain
    assert provider.looked == 2


def test_the_keys_are_looked_at_once_where_none_is_newer(provider, ring):
    for _ in range(3):
        row, plain = kept(provider.keys)
        ring.met(*row)
        assert ring.of(row[0]).key == plain
    assert provider.looked == 1


def test_what_no_key_opens_is_refused_after_one_more_look(provider, ring):
    row, _ = kept(Keys.generated())
    with pytest.raises(ConfigurationError, match="is not of key version 1"):
        ring.met(*row)
    assert provider.looked == 2
