"""What is sealed opens in its place with its key, and nowhere else (NIST SP 800-38D for the cipher itself)."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.protection import DataKey, SealBroken

KEY = DataKey(UUID(int=7), 1, bytes(range(32)))
PLACE = ("consent", "sealed", "row")
WORDS = "Тестова Айгүл".encode()


def rule(key, sealed, *place):
    with pytest.raises(SealBroken) as broken:
        key.open(sealed, *place)
    assert "Айгүл" not in str(broken.value)
    return broken.value.rule


@given(st.binary(max_size=300))
def test_what_is_sealed_comes_back(plain):
    assert KEY.open(KEY.seal(plain, *PLACE), *PLACE) == plain


def test_the_same_words_are_never_sealed_alike():
    assert KEY.seal(WORDS, *PLACE) != KEY.seal(WORDS, *PLACE)


@pytest.mark.parametrize(
    "place", [("child", "sealed", "row"), ("consent", "note", "row"), ("consent", "sealed", "other")]
)
def test_another_table_column_or_row_does_not_open_it(place):
    assert rule(KEY, KEY.seal(WORDS, *PLACE), *place) == "seal-tag"


def test_another_child_does_not_open_it_even_with_the_same_key():
    assert rule(DataKey(UUID(int=8), 1, KEY.key), KEY.seal(WORDS, *PLACE), *PLACE) == "seal-tag"
    assert rule(DataKey.new(KEY.subject), KEY.seal(WORDS, *PLACE), *PLACE) == "seal-tag"


def test_an_old_key_version_is_refused_by_name():
    newer = DataKey(KEY.subject, 2, KEY.key)
    sealed = KEY.seal(WORDS, *PLACE)
    assert rule(newer, sealed, *PLACE) == "seal-key-version"
    forged = sealed[:1] + (2).to_bytes(4, "big") + sealed[5:]
    assert rule(newer, forged, *PLACE) == "seal-tag"


@given(st.integers(0, 70))
def test_a_shortened_value_is_refused(kept):
    sealed = KEY.seal(WORDS, *PLACE)
    assert rule(KEY, sealed[: min(kept, len(sealed) - 1)], *PLACE) in {"seal-form", "seal-tag"}


@given(st.integers(0, 400), st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused(at, bit):
    sealed = bytearray(KEY.seal(WORDS, *PLACE))
    sealed[at % len(sealed)] ^= 1 << bit
    assert rule(KEY, bytes(sealed), *PLACE) in {"seal-form", "seal-key-version", "seal-tag"}


def test_the_form_is_what_other_programs_can_read():
    sealed = KEY.seal(WORDS, *PLACE)
    place = f"consent|sealed|row|{KEY.subject}|1".encode()
    assert AESGCM(KEY.key).decrypt(sealed[5:17], sealed[17:], place) == WORDS


def test_a_key_does_not_show_itself():
    assert KEY.key.hex() not in repr(KEY)
    assert str(list(KEY.key)) not in repr(KEY)
    assert DataKey.new(new_id()).key != DataKey.new(new_id()).key
