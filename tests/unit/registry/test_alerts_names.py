"""Names of found and missing children: little is made of a told name, less of a provisional one, nothing against."""

import pytest

from services.registry.domain import Name, matching_names
from services.registry.domain.alerts_names import GIVEN_TO_IT, TOLD, as_name, evidence
from services.registry.domain.matching_weights import DEFAULT

LANGUAGES = ("kk", "ru", "ur")
AIGUL = Name("Latn", "birth", "Serikova", "Aigul")


def read(*names):
    return matching_names.read(names, LANGUAGES)


def said(*texts):
    return read(*map(as_name, texts))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Айгүл", Name("Latn", given="Айгүл")),
        ("Серікова Айгүл", Name("Latn", family="Серікова", given="Айгүл")),
        ("Karimov Aziz Rustam o'g'li", Name("Latn", family="Karimov", given="Aziz", patronymic="Rustam o'g'li")),
        (
            "\u0645\u062d\u0645\u062f \u0639\u0644\u06cc",
            Name("Latn", family="\u0645\u062d\u0645\u062f", given="\u0639\u0644\u06cc"),
        ),
        ("", Name("Latn")),
        ("12 ?", Name("Latn", family="12", given="?")),
    ],
)
def test_what_was_written_in_one_line_is_a_name_in_parts(text, name):
    assert as_name(text) == name


def test_a_told_name_counts_half_and_a_provisional_one_a_quarter():
    told, _ = evidence(read(AIGUL), read(Name("Latn", "alias", "Serikova", "Aigul")), DEFAULT)
    given, _ = evidence(read(AIGUL), read(Name("Latn", "provisional", "Serikova", "Aigul")), DEFAULT)
    assert told * GIVEN_TO_IT == pytest.approx(given * TOLD, abs=0.2)
    assert told > given > 0


def test_a_name_in_another_script_is_recognised_and_said_to_be_so():
    score, reasons = evidence(read(AIGUL), said("Айгуль"), DEFAULT)
    assert score > 0
    assert [each.split("-")[0] for each in reasons] == ["given", "other"]
    assert reasons[-1] == "other-script"


def test_whichever_part_comes_first():
    one, other = (evidence(read(AIGUL), said(text), DEFAULT) for text in ("Serikova Aigul", "Aigul Serikova"))
    assert one[1][:2] == other[1][:2] == ("given-same", "family-same")
    assert "order-swapped" in {*one[1], *other[1]}


@pytest.mark.parametrize("other", [(), ("Marzhan",), ("Ospanova Marzhan",), ("A.",), ("12 ?",), ("",)])
def test_other_names_and_what_is_none_say_nothing(other):
    assert evidence(read(AIGUL), said(*other), DEFAULT) == (0.0, ())
    assert evidence((), said(*other), DEFAULT) == (0.0, ())


def test_of_several_names_those_that_agree_best_speak():
    _, reasons = evidence(read(Name("Latn", given="Zhanar"), AIGUL), said("Marzhan", "Aigul"), DEFAULT)
    assert reasons == ("given-same",)
