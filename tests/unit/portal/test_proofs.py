"""Passwords, one-time codes and what is made at random; delays as numbers."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from services.portal.issuer import delays, grants, proofs
from services.portal.issuer.grants import Granted
from shared.errors import Invalid

NOW = datetime(2026, 11, 23, 12, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("short words", "password-length"),
        ("x" * 257, "password-length"),
        ("aaaaaaaaaaaaaaaa", "password-guessable"),
        ("Password123456!", "password-guessable"),
        ("my aigul.omarova name", "password-guessable"),
    ],
)
def test_a_password_that_is_short_or_easily_guessed_is_refused(password, rule):
    with pytest.raises(Invalid) as told:
        proofs.check_password(password, "aigul.omarova")
    assert told.value.rule == rule
    assert password not in str(told.value)


def test_several_words_are_a_password_in_any_script():
    for password in ("blue heron over nine poplars", "тоғыз терек үстінде", "نیلا بگلا نو درخت"):
        proofs.check_password(password, "aigul.omarova")


def test_a_code_of_this_step_and_its_neighbours_is_known_and_no_other():
    secret = proofs.new_secret()
    here = int(NOW.timestamp()) // 30
    for off in (-2, -1, 0, 1, 2):
        code = pyotp.TOTP(secret).at((here + off) * 30)
        assert proofs.step_of(secret, code, NOW) == (here + off if abs(off) < 2 else None)


def test_a_code_is_read_with_blanks_and_in_other_digits():
    secret = proofs.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    urdu = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert proofs.step_of(secret, f" {code[:3]} {code[3:]}", NOW) == proofs.step_of(secret, urdu, NOW) is not None
    assert proofs.step_of(secret, "", NOW) is None


def test_no_two_codes_are_alike_and_how_they_are_typed_does_not_matter():
    codes = proofs.new_recovery_codes()
    assert len(codes) == len(set(codes)) == 10
    assert proofs.fingerprint(codes[0].upper().replace("-", " ")) == proofs.fingerprint(codes[0])
    assert not set("".join(codes)) & set("01ilo")


def test_a_password_is_matched_by_its_hash_alone():
    kept = proofs.hashed("blue heron over nine poplars")
    assert proofs.matches(kept, "blue heron over nine poplars")
    assert not proofs.matches(kept, "blue heron over nine poplar")
    assert not proofs.matches(None, "blue heron over nine poplars")
    assert not proofs.matches("no hash at all", "blue heron over nine poplars")


def test_the_delay_begins_after_a_few_tries_doubles_and_has_an_end():
    seconds = [int(delays.wait(failures, "account").total_seconds()) for failures in range(1, 12)]
    assert seconds == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert delays.wait(10_000, "address") == timedelta(minutes=5)
    assert delays.wait(29, "address") == timedelta(0)


def test_what_gives_out_accounts_is_powerful_even_where_a_pack_forgot_to_say_so():
    roles = {
        "clerk": {"permissions": ["toys.parcel.read"]},
        "boss": {"permissions": ["portal.account.invite"]},
        "judge": {"permissions": [], "four_eyes": True},
    }
    assert grants.powerful(roles) == {"boss", "judge"}


def test_what_is_granted_survives_being_stored():
    given = Granted(frozenset({"b", "a"}), frozenset({"*"}))
    assert Granted.read(given.stored()) == given
    assert given.stored()["roles"] == ["a", "b"]
