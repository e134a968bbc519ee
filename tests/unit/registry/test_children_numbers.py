"""Numbers by which others know a child: written form, format, check digit."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.registry.domain import Identifier, NumberRule
from services.registry.domain import children_numbers as numbers
from services.registry.law import PackIdentity
from shared import countries

COUNTRIES = Path(__file__).parents[3] / "countries"
LAWS = {pack: PackIdentity(countries.load(pack, COUNTRIES)) for pack in ("kz", "uz")}


@dataclass
class Rules:
    by_kind: dict[str, NumberRule] = field(default_factory=dict)

    def number_rule(self, kind):
        return self.by_kind.get(kind, NumberRule())


def found(*given, rules=None):
    return [(each.field, each.rule) for each in numbers.problems(given, rules or Rules())]


def valid(pack, kind, body):
    """The number that a body and its check digit make; None where none does."""
    whole = [Identifier(kind, "", f"{body}{digit}") for digit in range(10)]
    fits = [each for each in whole if not found(each, rules=LAWS[pack])]
    assert len(fits) <= 1
    return fits[0] if fits else None


def mistyped(value, places):
    return [value[:at] + str((int(value[at]) + by) % 10) + value[at + 1 :] for at in places for by in range(1, 10)]


@pytest.mark.parametrize(
    ("pack", "kind", "body", "places", "overlooked"),
    [
        ("uz", "PINFL", "5040515012345", range(7, 14), 0),
        ("kz", "IIN", "15050450012", range(11, 12), 0),
        ("kz", "IIN", "15050450012", range(7, 10), 3),  # the second calculation lets some through; of the eleventh
        # digit, whose weight is 11, the first one sees nothing
    ],
)
def test_a_check_digit_finds_a_wrong_digit(pack, kind, body, places, overlooked):
    right = valid(pack, kind, body)
    assert right is not None
    wrong = mistyped(right.value, places)
    assert len([each for each in wrong if not found(Identifier(kind, "", each), rules=LAWS[pack])]) <= overlooked


def test_the_check_digit_of_an_iin_is_calculated_twice_where_the_first_remainder_is_ten():
    def first(body):
        return sum(int(digit) * weight for digit, weight in zip(body, range(1, 12), strict=True)) % 11

    bodies = [f"150504500{serial:02d}" for serial in range(100)]
    twice = [body for body in bodies if first(body) == 10]
    assert twice
    for body in twice:
        second = sum(int(digit) * weight for digit, weight in zip(body, (*range(3, 12), 1, 2), strict=True)) % 11
        made = valid("kz", "IIN", body)
        assert (made and made.value) == (f"{body}{second}" if second < 10 else None)


@pytest.mark.parametrize(
    ("pack", "kind", "value"),
    [
        ("kz", "IIN", "151304500123"),
        ("kz", "IIN", "15050450012"),
        ("uz", "PINFL", "70405150123456"),
        ("kz", "CNIC", "1"),
    ],
)
def test_a_number_of_another_build_is_refused(pack, kind, value):
    assert found(Identifier(kind, "", value), rules=LAWS[pack]) == [("identifiers.0.value", "identifier-format")]


def test_numbers_of_neighbours_are_known_everywhere_by_their_build():
    assert found(Identifier("CNIC", "", "3520212345671"), rules=LAWS["kz"]) == []
    assert found(Identifier("PIN", "", "20405201512345"), rules=LAWS["uz"]) == []


def test_a_number_with_a_rule_is_kept_without_blanks_and_hyphens_in_ascii_digits():
    rule = LAWS["kz"].number_rule("CNIC")
    for value in ("35202-1234567-1", " 35202 1234567 1", "۳۵۲۰۲-۱۲۳۴۵۶۷-۱"):
        assert numbers.as_written(Identifier("CNIC", "", value), rule).value == "3520212345671"


def test_a_number_with_a_rule_is_the_same_whoever_is_said_to_have_issued_it():
    rule = LAWS["kz"].number_rule("CNIC")
    assert numbers.as_written(Identifier("CNIC", "NADRA", "3520212345671"), rule) == Identifier(
        "CNIC", "", "3520212345671"
    )


def test_a_number_without_a_rule_is_kept_to_the_letter():
    key = Identifier("REGISTER_KEY", "main", "A - 7")
    assert numbers.as_written(key, NumberRule()) is key


@pytest.mark.parametrize(
    ("value", "rule"),
    [("", "identifier-empty"), ("1" * 101, "identifier-length"), ("1\u200b2", "identifier-characters")],
)
def test_a_number_is_neither_empty_nor_endless_nor_half_unseen(value, rule):
    assert found(Identifier("PASSPORT", "", value)) == [("identifiers.0.value", rule)]
    if value:
        assert found(Identifier("PASSPORT", value, "1")) == [("identifiers.0.issuer", rule)]


def test_a_number_of_a_hundred_characters_is_a_number():
    assert found(Identifier("PASSPORT", "", "1" * 100)) == []


def test_an_identifier_is_given_once():
    one = Identifier("PASSPORT", "", "1")
    assert found(one, Identifier("PASSPORT", "UZ", "1"), one) == [("identifiers.2", "identifier-once")]


def test_every_check_that_a_pack_names_is_one_that_the_program_knows():
    packs = [countries.load(path.parent.name, COUNTRIES) for path in COUNTRIES.glob("*/pack.toml")]
    named = {row.get("check_digit", "") for pack in packs for row in pack.codes("identifier_kind").values()}
    assert named - {""} == set(numbers.CHECKS)
