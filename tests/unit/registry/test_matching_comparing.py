"""Levels that two records reach beside each other: names by part, births, places, family."""

from datetime import date

import pytest

from services.registry.domain import matching_comparing as comparing
from services.registry.domain.children_age import Birth
from services.registry.domain.matching_keys import Likeness
from services.registry.domain.matching_names import Reading, Token
from shared.ids import new_id


def words(text):
    """Tokens of plain Latin words: root and text alike; one letter is an initial; haji is a title."""
    return tuple(
        Token(each, each, each[0].upper() + "".join(a for a in each[1:].upper() if a not in "AEIOUY"),
              weak=each == "haji", initial=len(each) == 1)
        for each in text.split()
    )  # fmt: skip


def reading(given="", family="", father="", vowels=True, script="Latn"):
    return Reading(script, "birth", words(given), words(family), words(father), vowels)


def day(text, basis="documented"):
    given = date.fromisoformat(text)
    return Birth(given, given, "day", basis)


def year(number, basis="estimated"):
    return Birth(date(number, 1, 1), date(number, 12, 31), "year", basis)


def month(number, in_month):
    return Birth(date(number, in_month, 1), date(number, in_month, 28), "month", "documented")


NOBODY = Birth(None, None, "year", "estimated")


def record(*names, **given):
    return Likeness(names=names, **{"sex": "F", "birth": NOBODY} | given)


def worth(levels):
    """The more that is the same, the better."""
    return sum({"same": 3, "spelling": 2, "swapped": -1}.get(level, 0) for level in levels.values())


def between(one, other):
    return comparing.compare(one, other, worth)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("aigul", "aigul", "same"),
        ("nurlan", "nurlaan", "spelling"),
        ("nurlan", "nurlon", "spelling"),
        ("bakyt", "bakhit", "similar"),
        ("aigul", "timur", "different"),
        ("egor", "eshor", "similar"),
        ("elena", "yuliana", "different"),
        ("rahman", "abdurahman", "part"),
        ("ali", "alina", "different"),
        ("haji karim", "karim", "same"),
        ("haji", "haji", "same"),
        ("muhammad ali", "ali", "part"),
        ("abdu rahman", "abdurahman", "same"),
        ("ali muhammad", "muhammad ali", "same"),
        ("muhammad ali", "muhammad timur", "different"),
        ("a", "aigul", "initial"),
        ("t", "aigul", "different"),
        ("a", "a", "initial"),
    ],
)
def test_words_of_a_part_reach_a_level_whatever_their_order(one, other, level):
    assert comparing.part(words(one), words(other), vowels=True) == level
    assert comparing.part(words(other), words(one), vowels=True) == level


def test_a_part_that_either_does_not_tell_reaches_none():
    assert comparing.part((), words("aigul"), vowels=True) is None


def test_without_vowels_consonants_alone_are_compared():
    assert comparing.word(*words("nurlan nrln"), vowels=False) == "consonants"
    assert comparing.word(*words("timur tomara"), vowels=True) == "different"
    assert comparing.word(*words("timur tomara"), vowels=False) == "consonants"
    assert comparing.word(*words("nurlan nrl"), vowels=False) == "similar"
    assert comparing.word(*words("nurlan tmr"), vowels=False) == "different"


def test_two_names_in_arabic_script_are_compared_by_their_letters():
    one, other = reading("nrln", vowels=False, script="Arab"), reading("nrlan", vowels=False, script="Arab")
    assert between(record(one), record(other))["given"] == "spelling"
    assert between(record(one), record(reading("nurlan")))["given"] == "consonants"


def test_a_slip_counts_before_a_known_spelling_is_made_of_one_of_the_two():
    assert comparing.word(Token("ismoil", "ismayl", "ASML"), Token("imoil", "imoyl", "AML"), vowels=True) == "similar"


def test_roots_that_agree_are_one_name_with_another_ending():
    one, other = Token("karimov", "karim", "KRM"), Token("karimzoda", "karim", "KRM")
    assert comparing.word(one, other, vowels=True) == "spelling"


def test_two_names_known_to_be_two_are_different_however_alike_they_look():
    assert comparing.word(Token("hasan", "hasan", "ASN"), Token("husan", "husan", "ASN"), vowels=True) == "different"


def test_swapped_parts_are_found_and_said():
    one = record(reading("aigul", "karim", "nurlan"))
    found = between(one, record(reading("karim", "aigul", "nurlan")))
    assert found == {"given": "same", "family": "same", "father": "same", "order": "swapped", "sex": "same"}
    assert "order" not in between(one, one)


def test_a_fathers_name_that_stands_as_family_name_is_found():
    one = record(reading("bakyt", father="asan"))
    assert between(one, record(reading("bakyt", family="asan")))["order"] == "swapped"


def test_parts_that_nobody_tells_are_swapped_with_nothing():
    assert list(comparing.names(reading("aigul"), reading("timur"))) == [{"given": "different"}]


@pytest.mark.parametrize(
    "whole",
    [
        reading("aigul karim"),
        reading("", "karim aigul"),
        reading("karim aigul nurlan"),
        reading("aigul karim", "", "nurlan"),
    ],
)
def test_a_whole_name_in_one_field_is_put_beside_the_parts_that_it_holds(whole):
    apart = reading("aigul", "karim", "nurlan")
    for one, other in ((record(whole), record(apart)), (record(apart), record(whole))):
        found = between(one, other)
        assert (found["given"], found["family"], found["order"]) == ("same", "same", "swapped")
        assert found.get("father", "same") == "same"


def test_the_patronymic_in_the_field_of_the_given_name_is_put_beside_the_fathers_name():
    found = between(record(reading("aigul nurlan")), record(reading("aigul", "karim", "nurlan")))
    assert (found["given"], found["father"], "family" in found) == ("same", "same", False)


def test_a_sister_is_another_given_name_though_the_whole_name_stands_in_one_field():
    apart = record(reading("madina", "karim", "nurlan"))
    assert between(record(reading("aigul karim")), apart)["given"] == "different"
    assert between(record(reading("karim aigul nurlan")), apart)["given"] == "different"


def test_a_word_that_says_it_is_the_fathers_name_is_nobodys_given_name_in_one_field_either():
    patronymic = Token("zakharovich", "zakhar", "SKR", child_of=True)
    whole = Reading("Latn", "birth", (*words("belov"), patronymic))
    assert between(record(whole), record(reading("zakhar", "belov"))).get("given") != "same"


def test_a_word_for_son_in_a_field_of_several_names_leaves_each_its_part():
    son = tuple(Token(each.text, each.root, each.skeleton, child_of=True) for each in words("karim timur nurlan"))
    found = between(record(Reading("Latn", "birth", son)), record(reading("timur", "karim", "nurlan")))
    assert {found[part] for part in ("given", "family", "father")} == {"same"}


def test_a_family_name_that_is_a_title_is_found_in_one_field():
    found = between(record(reading("timur haji")), record(reading("timur", "haji")))
    assert (found["given"], found["family"]) == ("same", "same")


def test_two_given_names_are_no_whole_name_where_the_other_record_has_no_such_family_name():
    found = between(record(reading("aigul asem")), record(reading("aigul", "karim")))
    assert "order" not in found and found["given"] == "part"


def test_of_several_names_those_two_are_taken_that_agree_best():
    one = record(reading("aigul", "karim"), reading("aigulya", "ivan"))
    assert between(one, record(reading("aigul", "ivan"), reading("aigul", "karim")))["family"] == "same"


def test_the_father_on_record_stands_in_for_a_name_that_does_not_tell_him():
    one = record(reading("aigul", "karim"), father=(reading("nurlan", "karim"),))
    assert between(one, record(reading("aigul", "karim", "nurlan")))["father"] == "same"
    assert between(record(reading("aigul", "karim", "nurlan")), one)["father"] == "same"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (day("2015-05-04"), day("2015-05-04"), "day"),
        (day("2015-05-04", "estimated"), day("2015-05-04", "estimated"), "new_year"),
        (day("2015-01-01"), day("2015-01-01"), "new_year"),
        (day("2015-01-01"), day("2015-07-09"), "year"),
        (day("2015-01-01"), day("2016-07-09"), "close"),
        (day("2015-05-04"), day("2015-04-05"), "typing"),
        (day("2015-05-04"), day("2015-05-14"), "typing"),
        (day("2015-05-04"), day("2016-05-04"), "typing"),
        (day("2015-05-04"), day("2015-06-23"), "close"),
        (day("2015-05-04", "estimated"), day("2015-05-23"), "month"),
        (day("2015-01-01"), day("2014-12-31"), "typing"),
        (day("2015-05-04"), day("2015-11-23"), "close"),
        (day("2015-05-04", "estimated"), day("2015-11-23"), "year"),
        (day("2015-05-04"), day("2016-11-23"), "different"),
        (day("2015-05-04", "estimated"), day("2016-11-23"), "close"),
        (day("2015-05-04"), day("2018-11-23"), "different"),
        (day("2015-05-04"), month(2015, 5), "month"),
        (day("2015-05-04"), year(2015), "year"),
        (year(2015), year(2015), "year"),
        (year(2015), year(2017), "close"),
        (year(2015), year(2019), "different"),
        (day("2015-05-04"), NOBODY, None),
    ],
)
def test_births_reach_a_level_whichever_stands_first(one, other, level):
    assert comparing.birth(one, other) == level
    assert comparing.birth(other, one) == level


def test_an_unknown_sex_is_no_evidence():
    assert between(record(sex="F"), record(sex="F")) == {"sex": "same"}
    assert between(record(sex="F"), record(sex="M")) == {"sex": "different"}
    assert between(record(sex="U"), record(sex="M")) == {}


def test_places_agree_to_the_area_or_the_region():
    here = record(sex="U", area="A-1", region="A", birth_region="A")
    assert between(here, here) == {"area": "same", "birth_area": "same"}
    beside = record(sex="U", area="A-2", region="A", birth_region="B")
    assert between(here, beside) == {"area": "region", "birth_area": "different"}
    assert between(here, record(sex="U", area="B-1", region="B")) == {"area": "different"}


def test_mothers_are_compared_by_given_name():
    one, other = (record(sex="U", mother=(reading("gulnara", family),)) for family in ("karim", "ivan"))
    assert between(one, other) == {"mother": "same"}


def test_the_same_parent_says_more_than_the_same_siblings():
    parent, sibling = frozenset({new_id()}), frozenset({new_id()})
    both = record(sex="U", parents=parent, siblings=sibling)
    assert between(both, both) == {"kin": "parent"}
    assert between(both, record(sex="U", siblings=sibling)) == {"kin": "sibling"}
    assert between(both, record(sex="U")) == {}


def test_records_in_no_script_that_both_have_are_of_another_script():
    cyrl, latn = record(reading(script="Cyrl")), record(reading(script="Latn"))
    assert comparing.scripts(cyrl, latn)
    assert not comparing.scripts(cyrl, record(reading(script="Cyrl"), reading(script="Latn")))
    assert not comparing.scripts(cyrl, record())


def test_every_level_that_a_comparison_gives_is_named():
    found = between(
        record(reading("a", "karim"), birth=day("2015-05-04"), area="A-1"),
        record(reading("karim", "aigul"), birth=year(2015), area="B-1"),
    )
    assert all(level in comparing.LEVELS[fact] for fact, level in found.items())
