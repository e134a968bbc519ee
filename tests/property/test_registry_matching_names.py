"""Reading a name for comparison holds for any text: it says something of any letter, the same each time."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.domain import matching_names
from services.registry.domain.matching_letters import ALPHABETS
from services.registry.domain.matching_letters_latin import APOSTROPHES
from services.registry.domain.matching_parts import FAMILY, FATHER, GIVEN
from services.registry.domain.matching_sounds import fold, skeleton
from services.registry.domain.names import Name
from tests.unit.registry import spellings

LANGUAGES = st.sampled_from(
    [(), ("uz", "ru"), ("kk", "ru"), ("sr", "hr"), ("ro",), ("tk", "ru"), ("ur", "en"), ("fa",)]
)
PLACES = st.sampled_from([GIVEN, FAMILY, FATHER])
WRITINGS = [letters for scripts in ALPHABETS.values() for letters in scripts.values() if letters]
WRITTEN = sorted({name for pairs in spellings.GIVEN.values() for two in pairs for name in two if " " not in name})
NAMES = st.one_of([st.text(letters + letters.upper() + " -.'", min_size=1, max_size=24) for letters in WRITINGS])


@settings(deadline=None)
@given(st.text(max_size=60), LANGUAGES, PLACES)
def test_any_text_is_read_and_no_word_of_it_lacks_a_skeleton(text: str, languages: tuple[str, ...], place: str) -> None:
    for token in matching_names.tokens(text, "", languages, place):
        assert token.skeleton
        assert set(token.skeleton) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), token
        assert token.text.isascii() and token.text.isalpha() and token.text.islower()
        assert token.root.isascii() and token.root.isalpha() and token.root.islower()


@settings(deadline=None)
@given(NAMES, LANGUAGES, PLACES)
def test_a_name_is_read_the_same_each_time_and_composed_or_not(
    text: str, languages: tuple[str, ...], place: str
) -> None:
    read = matching_names.tokens.__wrapped__
    once = read(text, "", languages, place)
    assert read(unicodedata.normalize("NFC", text), "", languages, place) == once
    assert read(unicodedata.normalize("NFD", text), "", languages, place) == once


@settings(deadline=None)
@given(NAMES, LANGUAGES, PLACES)
def test_capitals_make_no_difference(text: str, languages: tuple[str, ...], place: str) -> None:
    small = matching_names.tokens(text.lower(), "", languages, place)
    assert matching_names.tokens(text, "", languages, place) == small


@settings(deadline=None)
@given(st.text("oghlisun'", min_size=1, max_size=12), st.sampled_from(APOSTROPHES), LANGUAGES)
def test_an_apostrophe_is_one_whichever_key_typed_it(text: str, apostrophe: str, languages: tuple[str, ...]) -> None:
    typed = text.replace("'", apostrophe)
    one, other = (matching_names.tokens(each, "", languages) for each in (typed, text))
    assert [(token.root, token.skeleton) for token in one] == [(token.root, token.skeleton) for token in other]


@settings(deadline=None)
@given(st.sampled_from(WRITTEN))
def test_a_root_read_again_is_the_root(text: str) -> None:
    (root,) = {token.root for token in matching_names.tokens(text, "", ("uz", "ru"))}
    assert fold(root) == root
    assert matching_names.tokens(root, "", ())[0].skeleton == skeleton(root)


@settings(deadline=None)
@given(NAMES, LANGUAGES)
def test_a_name_read_as_a_whole_has_the_script_of_its_letters(text: str, languages: tuple[str, ...]) -> None:
    (reading,) = matching_names.read([Name("Cyrl", given=text)], languages)
    assert reading.script in ("Arab", "Cyrl", "Latn")
    assert reading.vowels == (reading.script != "Arab")


@pytest.mark.parametrize("text", ["", " ", ".", "-", "12", "🙂", "\u200d", "'", "ـ", "''''", "ь", "ъ", "ء"])
def test_what_is_no_name_reads_as_nothing_or_something_and_never_fails(text: str) -> None:
    for token in matching_names.tokens(text, "", ("uz",)):
        assert token.skeleton
