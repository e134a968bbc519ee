"""The key file: opened by its passphrase only, replaced as a whole, read again when it changed."""

import json
from datetime import UTC, datetime

import pytest

from shared.errors import ConfigurationError
from shared.protection.keys import FileKeyProvider, Keys

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = b"subject_key|7|1"


@pytest.fixture
def provider(tmp_path):
    made = FileKeyProvider(tmp_path / "keys.json", tmp_path / "keys.passphrase")
    made.create(AT)
    return made


def again(provider):
    """Another process's view of the same file."""
    return FileKeyProvider(provider.path, provider.path.with_name("keys.passphrase"))


def refused(call, *arguments):
    with pytest.raises(ConfigurationError) as error:
        call(*arguments)
    return error.value


def test_what_is_wrapped_unwraps_for_another_process(provider):
    version, wrapped = provider.wrap(b"k" * 32, PLACE)
    assert version == 1
    assert again(provider).unwrap(version, wrapped, PLACE) == b"k" * 32
    assert again(provider).index_key("identifier") == provider.index_key("identifier") != provider.index_key("other")


def test_a_data_key_unwraps_for_its_subject_only(provider):
    version, wrapped = provider.wrap(b"k" * 32, PLACE)
    assert "is not of key version 1" in refused(provider.unwrap, version, wrapped, b"subject_key|8|1").message


def test_a_new_key_is_seen_without_a_restart_and_the_old_one_still_opens(provider):
    serving = again(provider)
    version, wrapped = serving.wrap(b"k" * 32, PLACE)
    provider.write(provider.keys().with_new_kek(), AT)
    assert serving.current == 2
    assert serving.wrap(b"n" * 32, PLACE)[0] == 2
    assert serving.unwrap(version, wrapped, PLACE) == b"k" * 32
    assert serving.index_key("identifier") == provider.index_key("identifier")


def test_a_retired_key_opens_nothing(provider):
    version, wrapped = provider.wrap(b"k" * 32, PLACE)
    provider.write(provider.keys().with_new_kek().without_kek(1), AT)
    assert refused(again(provider).unwrap, version, wrapped, PLACE).message == "the key file lacks key version 1"


def test_files_are_readable_by_their_owner_only_and_hold_no_key(provider):
    passphrase = provider.path.with_name("keys.passphrase")
    assert {file.stat().st_mode & 0o777 for file in (provider.path, passphrase)} == {0o600}
    kept = provider.path.read_bytes()
    assert all(key not in kept and key.hex().encode() not in kept for key in provider.keys().named().values())
    assert [file.name for file in provider.path.parent.iterdir()].count(".keys.json.new") == 0


def test_each_thing_amiss_is_named(provider, tmp_path):
    passphrase = tmp_path / "keys.passphrase"
    words = passphrase.read_bytes()
    passphrase.write_bytes(b"not the passphrase of it")
    assert "does not open" in refused(again(provider).keys).message
    passphrase.write_bytes(b"short")
    assert "fewer than 16" in refused(again(provider).keys).message
    passphrase.write_bytes(words)
    for file in (passphrase, provider.path):
        file.chmod(0o640)
        assert "others may read" in refused(again(provider).keys).message
        file.chmod(0o600)
    kept = json.loads(provider.path.read_text())
    provider.path.write_text(json.dumps(kept | {"keys": kept["keys"] | {"kek-1": kept["keys"]["index-1"]}}))
    assert "does not open" in refused(again(provider).keys).message  # each key is bound to its name
    provider.path.write_text("{")
    assert "damaged" in refused(again(provider).keys).message
    provider.path.unlink()
    missing = refused(again(provider).keys)
    assert (missing.field, missing.remedy) == ("KINWARD_KEYS_FILE", "run: kinward keys init")
    passphrase.unlink()
    provider.create(AT)
    passphrase.unlink()
    assert refused(again(provider).keys).field == "KINWARD_KEYS_PASSPHRASE_FILE"


def test_keys_are_made_once(provider):
    assert "already" in refused(provider.create, AT).message


def test_keys_in_memory_do_the_same():
    keys = Keys.generated()
    assert keys.unwrap(*keys.wrap(b"k" * 32, PLACE), PLACE) == b"k" * 32
    assert Keys.generated().index_key("a") != keys.index_key("a")


def test_a_new_index_key_makes_new_indexes_and_the_old_one_still_finds_what_it_made():
    old = Keys.generated()
    new = old.with_new_index()
    assert (new.index_version, new.index_versions) == (2, {1, 2})
    assert new.index_key("a") == new.index_key("a", 2) != new.index_key("a", 1) == old.index_key("a")
    with pytest.raises(ConfigurationError, match="index key version 3"):
        new.index_key("a", 3)
