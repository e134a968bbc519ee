"""One child's name in two languages or scripts meets; two children's names that look alike stay two."""

import pytest

from services.registry.domain import matching_letters as letters
from services.registry.domain import matching_names
from services.registry.domain.matching_comparing import CONSONANTS, SAME, SPELLING, part
from services.registry.domain.matching_parts import FAMILY, GIVEN
from tests.unit.registry import spellings

Case = tuple[tuple[str, ...], str, str, str]


def cases(table: dict[tuple[str, ...], spellings.Pairs], place: str) -> list[Case]:
    """Each pair with the languages of the deployment that has both: English is nobody's."""
    return [
        (tuple(each for each in languages if each != "en"), place, one, other)
        for languages, pairs in table.items()
        for one, other in pairs
    ]


def level(case: Case) -> str | None:
    languages, place, one, other = case
    vowels = not (letters.has_arabic(one) or letters.has_arabic(other))
    return part(*(matching_names.tokens(each, "", languages, place) for each in (one, other)), vowels)


def skeleton(languages: tuple[str, ...], place: str, name: str) -> str:
    return "".join(token.skeleton for token in matching_names.tokens(name, "", languages, place))


SAME_NAMES = [
    *cases(spellings.GIVEN, GIVEN),
    *cases(spellings.FAMILIES, FAMILY),
    *cases({("ru",): spellings.RUSSIAN_LATIN}, GIVEN),
]


@pytest.mark.parametrize("case", SAME_NAMES, ids=lambda case: "-".join((*case[0], *case[1:])))
def test_one_name_in_two_writings_has_one_skeleton(case: Case) -> None:
    languages, place, one, other = case
    assert skeleton(languages, place, one) == skeleton(languages, place, other)


@pytest.mark.parametrize("case", SAME_NAMES, ids=lambda case: "-".join((*case[0], *case[1:])))
def test_one_name_in_two_writings_is_the_same_or_a_spelling_of_it(case: Case) -> None:
    arabic = any(map(letters.has_arabic, case[2:]))
    assert level(case) in ((SAME, SPELLING, CONSONANTS) if arabic else (SAME, SPELLING))


@pytest.mark.parametrize("case", cases(spellings.DIFFERENT, GIVEN), ids=lambda case: "-".join((*case[0], *case[1:])))
def test_two_names_that_look_alike_are_no_spellings_of_one(case: Case) -> None:
    assert level(case) not in (SAME, SPELLING)


def test_each_pair_of_languages_has_a_table_worth_the_name() -> None:
    assert {languages: len(pairs) for languages, pairs in spellings.GIVEN.items() if len(pairs) < 25} == {}


@pytest.mark.parametrize("language", letters.ALPHABETS)
def test_every_letter_of_a_languages_alphabet_is_read(language: str) -> None:
    assert letters.unread(language) == {}


def test_what_no_table_reads_is_told() -> None:
    assert letters.readable("abcжა", letters.LATIN) == frozenset("abc")
    assert letters.readable("жსა", letters.CYRILLIC) == frozenset("ж")
    with pytest.raises(KeyError):
        letters.unread("ka")


def test_letters_in_no_table_are_read_by_their_look() -> None:
    (token,) = matching_names.tokens("გიორგი", "", ("en",))
    assert token.text == "giorgi"
