"""Invented children recorded twice: the records are well written, the truth is told, changes are what they say."""

from collections import Counter
from random import Random

import pytest

from benchmarks.same_child import changes, families, peoples, records, registers, words
from services.registry.domain import names

NUMBER = 150
CYRILLIC = peoples.CYRILLIC


def made(name, half=registers.HELD_OUT, seed=3):
    return registers.made(registers.REGISTERS[name], NUMBER, half, seed)


@pytest.fixture(scope="module")
def everyone():
    return {name: made(name) for name in registers.REGISTERS}


def test_every_name_is_one_that_the_register_would_take(everyone):
    found = {
        name: [(record.name, problem.rule) for record in every for problem in names.problems([record.name])]
        for name, every in everyone.items()
    }
    assert {name: bad for name, bad in found.items() if bad} == {}


def test_a_fifth_of_the_children_come_twice_and_each_second_record_says_what_was_changed(everyone):
    for every in everyone.values():
        first, second = every[:-30], every[-30:]
        assert [record.person for record in first] == [record.number for record in first]
        assert len({record.person for record in second}) == len(second) == round(NUMBER * registers.TWICE)
        assert all(not record.changes for record in first)
        assert sum(bool(record.changes) for record in second) >= len(second) - 1


def test_the_same_seed_makes_the_same_register_and_another_seed_another():
    assert made("kk") == made("kk")
    assert made("kk") != made("kk", seed=4)


@pytest.mark.parametrize("language", sorted(peoples.WRITINGS))
def test_estimate_and_measurement_share_no_name(language):
    one, other = (words.load(language, half) for half in (registers.ESTIMATE, registers.HELD_OUT))
    for some, others in ((one.boys, other.boys), (one.girls, other.girls)):
        assert {str(word.forms) for word in some}.isdisjoint(str(word.forms) for word in others)
        assert len(some) + len(others) >= 80
    assert len(one.families) + len(other.families) >= 115


@pytest.mark.parametrize("language", sorted(peoples.WRITINGS))
def test_every_way_of_writing_has_a_form_of_every_name(language):
    for half in (registers.ESTIMATE, registers.HELD_OUT):
        own = words.load(language, half)
        for writing in peoples.WRITINGS[language].values():
            for word in (*own.boys, *own.girls, *own.families):
                assert peoples.written(word.written(writing.column), writing, 0)


def test_names_are_formed_as_each_people_forms_them():
    nurlan = words.Word({"Cyrl": ("Нұрлан",), "ru": ("Нурлан",), "Latn": ("Nurlan",)}, root=True)
    ilya = words.Word({"Cyrl": ("Илья",)})
    latin = peoples.LATIN
    assert peoples.patronymic("kk", nurlan, "F", CYRILLIC, "uly", 0) == "Нұрланқызы"
    assert peoples.patronymic("kk", nurlan, "F", peoples.RUSSIAN, "ovich", 0) == "Нурлановна"
    assert peoples.patronymic("ky", nurlan, "M", latin, "uly", 0) == "Nurlan uulu"
    assert peoples.surname("kk", nurlan, "F", CYRILLIC, "ov", 0) == "Нұрланова"
    assert peoples.surname("kk", nurlan, "M", latin, "bare", 0) == "Nurlan"
    assert peoples.patronymic("ru", ilya, "F", CYRILLIC, "ovich", 0) == "Ильинична"
    assert peoples.surname("ru", words.Word({"Cyrl": ("Белинский",)}), "F", CYRILLIC, "ov", 0) == "Белинская"
    rahim = words.Word({"Cyrl": ("Раҳим",), "Arab": ("رحیم",)}, root=True)
    assert peoples.surname("tg", rahim, "M", CYRILLIC, "zoda", 0) == "Раҳимзода"
    assert peoples.surname("tg", rahim, "M", peoples.ARABIC, "zoda", 0) == "رحیم زاده"
    assert peoples.surname("uz", words.Word({"Latn": ("Qodirov",)}), "F", latin, "ov", 0) == "Qodirova"


@pytest.fixture(scope="module")
def tajik():
    return families.children("tg", registers.HELD_OUT, 60, Random(5))


def plan_of(child):
    return records.planned(child, {"Cyrl": 1.0}, Random(5))


@pytest.mark.parametrize("change", changes.RATES, ids=lambda change: change.__name__)
def test_a_change_that_says_it_was_made_shows_and_one_that_was_not_leaves_all_as_it_was(change, tajik):
    told = Counter()
    for seed, child in enumerate(tajik):
        plan = plan_of(child)
        before = (dict(plan.parts), plan.birth, plan.area, plan.sex)
        said = change(plan, Random(seed))
        told[said] += 1
        assert ((plan.parts, plan.birth, plan.area, plan.sex) != before) == said
    assert told[True] or change is changes.one_given_name


def test_at_most_one_change_is_of_the_date(tajik):
    dates = {change.__name__ for change in changes.DATES}
    for seed in range(300):
        assert len(dates.intersection(changes.change(plan_of(tajik[seed % 60]), Random(seed)))) <= 1


def test_twins_share_all_but_a_name_and_some_are_called_as_twins_are():
    uzbek = [families.twins("uz", half, Random(1), 3) for half in (0, 1)]
    called = {child.given[0].forms["Latn"][0] for child in (*uzbek[0], *uzbek[1])}
    assert {"Hasan", "Husan", "Fotima", "Zuhra"} <= called
    many = families.children("ru", registers.HELD_OUT, 4000, Random(2))
    same = Counter((child.family, child.born) for child in many)
    assert 20 <= sum(number == 2 for number in same.values()) <= 80


def test_a_hundred_boys_are_muhammad_ali_born_on_the_first_of_january():
    many = families.children("ur", registers.HELD_OUT, 10_000, Random(2))
    alis = [child for child in many if [word.forms["Arab"][0] for word in child.given] == ["محمد", "علی"]]
    assert len(alis) >= families.MUHAMMAD_ALIS
    assert sum((child.born.month, child.born.day) == (1, 1) for child in alis) >= families.MUHAMMAD_ALIS
