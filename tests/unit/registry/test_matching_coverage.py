"""What matching cannot find is named with its reason: letters, rules, kinds of term, levels; by language and script."""

from datetime import date

import pytest

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_coverage as domain
from services.registry.domain import matching_letters as letters
from services.registry.domain import matching_names
from services.registry.domain.children_age import Birth
from services.registry.domain.matching_keys import Kind, Likeness
from services.registry.domain.names import Name

DAY = Birth(date(2015, 5, 4), date(2015, 5, 4), "day", "documented")
UNKNOWN = Birth(None, None, "year", "estimated")


def record(*names, birth=DAY):
    return names, Likeness(names=matching_names.read(names, ("kk", "ru")), sex="F", birth=birth)


def cyrillic(**parts):
    return Name("Cyrl", **{"given": "Айгүл", "family": "Ахметова"} | parts)


def said(silent, kind):
    return {(each.subject, each.reason) for each in silent if each.kind == kind}


@pytest.mark.parametrize("language", ["ru", "kk", "ky", "tg", "uz", "tk", "ur", "ar", "sr", "hr", "bs", "en"])
def test_the_rules_of_these_languages_fire(language):
    assert said(domain.of_language(language, [language]), "rule") == set()


@pytest.mark.parametrize(("pack", "languages"), [("kz", ["kk", "ru"]), ("uz", ["uz"])])
def test_nothing_of_the_languages_of_the_shipped_packs_is_silent(pack, languages):
    assert [found for language in languages for found in domain.of_language(language, languages)] == []


def test_a_language_whose_alphabet_and_rules_are_not_known_is_named():
    silent = domain.of_language("mn", ["mn"])
    assert [(each.kind, each.subject) for each in silent] == [("language", "mn"), ("rules", "mn")]


def test_letters_of_an_alphabet_that_no_table_reads_are_named(monkeypatch):
    monkeypatch.setattr(letters, "ALPHABETS", {"ru": {"Cyrl": "абꙮ"}})
    assert {reason for _, reason in said(domain.of_language("ru", ["ru"]), "letters")} == {
        "no table of Cyrl reads these letters; they are guessed by their look: ꙮ"
    }


def test_a_rule_that_does_not_read_its_specimen_is_named(monkeypatch):
    odd = domain.Specimen(domain.PATRONYMIC, "Cyrl", "Петровище", "Борис")
    monkeypatch.setattr(domain, "SPECIMENS", {"ru": (odd,)})
    assert said(domain.of_language("ru", ["ru"]), "rule") == {
        ("ru", "patronymic-ending in Cyrl: Петровище is not read as Борис")
    }


def test_records_are_counted_by_script_and_by_what_they_are_found_by():
    found = domain.seen_in(
        [
            record(cyrillic()),
            record(cyrillic(), Name("Latn", given="Aigul", family="Akhmetova")),
            record(cyrillic(family=""), birth=UNKNOWN),
            record(),
        ]
    )
    assert {script: seen.records for script, seen in found.items()} == {"Cyrl": 3, "Latn": 1, "": 1}
    assert (found["Cyrl"].without, found[""].without) == (1, 1)
    assert [found["Cyrl"].terms[kind] for kind in (Kind.NAMES, Kind.NAME_AND_DAY, Kind.NAME_AND_YEAR)] == [2, 2, 2]


def test_records_that_cannot_be_found_are_named_with_their_number():
    silent = domain.of_scripts(domain.seen_in([record(cyrillic(family=""), birth=UNKNOWN), record()]), ["Cyrl"])
    reasons = said(silent, "terms")
    assert ("Cyrl", "1 of 1 sampled records have no term: they cannot be found by likeness") in reasons
    assert ("no name", "1 sampled records have no name: they are found by identifier alone") in reasons
    assert ("Cyrl", "no sampled record has a term of names: nothing is found by it") in reasons


def test_a_script_that_the_pack_does_not_name_and_one_that_no_record_has_are_named():
    silent = domain.of_scripts(domain.seen_in([record(Name("Arab", given="احمد", family="خان"))]), ["Cyrl"])
    assert said(silent, "script") == {
        ("Arab", "in 1 sampled records, though no language of the pack is written in it"),
        ("Cyrl", "no sampled record has a name in it"),
    }


def test_letters_of_records_that_no_table_reads_are_named():
    found = domain.seen_in([record(cyrillic(given="Ꙫлия"))])
    assert {reason for _, reason in said(domain.of_scripts(found, ["Cyrl"]), "letters")} == {
        "no table reads these letters of sampled records: ꙫ"
    }


def test_a_rule_that_never_fires_is_named_once_enough_names_were_tried():
    few = domain.seen_in([record(cyrillic(patronymic="Гюлалай"))] * (domain.FEW - 1))
    enough = domain.seen_in([record(cyrillic(patronymic="Гюлалай"))] * domain.FEW)
    assert said(domain.of_scripts(few, ["Cyrl"]), "rule") == set()
    assert {reason for _, reason in said(domain.of_scripts(enough, ["Cyrl"]), "rule")} == {
        "patronymic-ending fired on none of 50 sampled parts of names",
        "marker-word fired on none of 50 sampled parts of names",
    }


def test_a_rule_that_fires_is_counted():
    seen = domain.seen_in([record(cyrillic(patronymic="Серікқызы")), record(cyrillic(patronymic="Асан кызы"))])["Cyrl"]
    assert (seen.tried[domain.PATRONYMIC], seen.fired[domain.PATRONYMIC]) == (2, 1)
    assert (seen.tried[domain.MARKER], seen.fired[domain.MARKER]) == (2, 1)
    assert (seen.tried[domain.FAMILY_ENDING], seen.fired[domain.FAMILY_ENDING]) == (2, 2)


def test_levels_that_no_decided_pair_has_are_named_fact_by_fact():
    counts = {(fact, level): 3 for fact, levels in comparing.LEVELS.items() for level in levels}
    assert domain.of_levels(counts) == []
    del counts["kin", "sibling"]
    assert [(each.kind, each.subject, each.reason) for each in domain.of_levels(counts)] == [
        ("level", "kin", "no decided pair has the level sibling: nothing is learnt of it")
    ]


def test_before_the_first_decision_one_line_says_so_for_all_levels():
    assert [(each.subject, each.reason) for each in domain.of_levels({})] == [
        ("all", "no pair is decided yet: nothing is learnt of any fact")
    ]


def test_no_name_of_a_record_is_in_what_is_said():
    names = [cyrillic(given="Ꙫсобое", family="Никчёмов", patronymic="Гюлалай")] * domain.FEW
    told = " ".join(each.reason for each in domain.of_scripts(domain.seen_in(map(record, names)), ["Latn"]))
    assert not [name for name in ("особое", "никчёмов", "гюлалай") if name in told.lower()]
