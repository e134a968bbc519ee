"""The names that nobody looked at are in no list that was looked at, and are written as the other lists are."""

import unicodedata

import pytest

from benchmarks.same_child import peoples, reading, registers, words
from services.registry.domain import names

LANGUAGES = sorted(peoples.WRITINGS)
ALPHABETS = {"Cyrl": "CYRILLIC", "ru": "CYRILLIC", "Latn": "LATIN", "Arab": "ARABIC"}
PARTS = {("given", "M"), ("given", "F"), ("family", ""), ("root", "")}


def forms_of(row):
    return {column: text.split(";") for column, text in row.items() if column not in {"part", "sex"}}


def every_form(rows):
    return {form.casefold().replace(" ", "") for row in rows for each in forms_of(row).values() for form in each}


@pytest.fixture(scope="module")
def looked_at():
    return {form for language in LANGUAGES for form in every_form(words.rows(language))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_of_an_unseen_name_is_in_a_list_of_any_people(language, looked_at):
    assert every_form(words.rows(language, unseen=True)) & looked_at == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_estimate_held_out_and_unseen_share_no_name(language):
    sets = [words.load(language, which) for which in (words.ESTIMATE, words.HELD_OUT, words.UNSEEN)]
    for part in ("boys", "girls", "families"):
        told = [{str(word.forms) for word in getattr(each, part)} for each in sets]
        assert sum(map(len, told)) == len(set.union(*told))


@pytest.mark.parametrize("language", LANGUAGES)
def test_unseen_lists_are_as_large_as_promised_and_as_many_names_are_drawn_as_are_held_out(language):
    rows = words.rows(language, unseen=True)
    given = [sum((row["part"], row["sex"]) == ("given", sex) for row in rows) for sex in "MF"]
    assert min(*given, len(rows) - sum(given)) >= 40
    unseen, held = words.load(language, words.UNSEEN), words.load(language, words.HELD_OUT)
    for part in ("boys", "girls", "families"):
        assert len(getattr(held, part)) - 1 <= len(getattr(unseen, part)) <= len(getattr(held, part))


@pytest.mark.parametrize("language", LANGUAGES)
def test_unseen_names_are_well_written_in_every_column_and_none_stands_twice(language):
    rows = words.rows(language, unseen=True)
    assert list(rows[0]) == list(words.rows(language)[0])
    assert {(row["part"], row["sex"]) for row in rows} <= PARTS
    told = [(row["part"], row["sex"], row["Arab" if language in {"ur", "fa"} else list(row)[2]]) for row in rows]
    assert len(told) == len(set(told))
    for row in rows:
        for column, forms in forms_of(row).items():
            for form in forms:
                assert form == unicodedata.normalize("NFC", form.strip()) != ""
                letters = [letter for letter in form if letter.isalpha() and letter not in "ʻʼ"]
                assert all(unicodedata.name(letter).startswith(ALPHABETS[column]) for letter in letters), form


@pytest.mark.parametrize("register", registers.REGISTERS)
def test_a_register_of_unseen_names_is_one_that_would_be_taken(register):
    every = registers.made(registers.REGISTERS[register], 100, words.UNSEEN, seed=3)
    assert [problem for record in every for problem in names.problems([record.name])] == []
    assert every != registers.made(registers.REGISTERS[register], 100, words.HELD_OUT, seed=3)


def test_every_two_forms_of_a_name_are_put_beside_each_other():
    drawn = words.load("kk", words.UNSEEN)
    found = {frozenset({each.one, each.other}): each.level for each in reading.levels("kk", words.UNSEEN)}
    for word in drawn.boys:
        kazakh, russian, latin = (word.forms[column][0] for column in ("Cyrl", "ru", "Latn"))
        assert {frozenset({kazakh, latin}), frozenset({russian, latin})} <= set(found)
    assert all(len(pair) == 2 for pair in found)
    assert found[frozenset({drawn.boys[0].forms["Cyrl"][0], drawn.boys[0].forms["Latn"][0]})] != "different"
