"""The shipped mappings over whole files as offices might keep them (tests/registers): what is in, what is refused.

The files are invented, as is their layout.
"""

from datetime import date
from pathlib import Path

import pytest

from services.cli import register_file, register_mapping_file
from services.cli.register_rules import RegisterLine
from shared import countries

ROOT = Path(__file__).parents[3] / "countries"
FILES = Path(__file__).parents[2] / "registers"
TODAY = date(2024, 3, 1)


def read(pack_id, name):
    pack = countries.load(pack_id, ROOT)
    mapping = register_mapping_file.load(name, pack, ROOT, TODAY)
    return list(register_file.read(FILES / f"{pack_id}-{name}.csv", pack, TODAY, mapping))


def faults(checked):
    return {(each.line, each.column, each.rule) for _, item in checked if isinstance(item, list) for each in item}


def taken(checked):
    return {number: item for number, item in checked if isinstance(item, RegisterLine)}


def test_a_kazakh_guardianship_bodys_file():
    found = read("kz", "guardianship")
    lines = taken(found)
    assert list(lines) == [4, 5, 6, 7, 8, 9]
    assert faults(found) == {
        (10, "family_name (ФИО ребенка)", "name-parts"),
        (11, "sex (Пол)", "mapping-value-known"),
        (11, "birth_date (Дата рождения)", "mapping-date-form"),
        (11, "care_form (Форма устройства)", "mapping-value-known"),
        (12, "child_key (№ личного дела)", "number-lost-digits"),
        (12, "birth_date (Дата рождения)", "two-digit-year"),
    }
    assert (lines[6].child_key, lines[6].patronymic, lines[6].carer_relation) == ("1003", "Рашид оглы", "GRANDPARENT")
    assert (lines[5].to_day, lines[5].exit_destination) == (date(2020, 1, 10), "REUNIFICATION")
    assert [lines[number].details.disability for number in (4, 5, 6)] == [False, True, None]
    assert (lines[9].family_name, lines[9].script, lines[9].birth_precision) == (None, None, "year")
    assert [lines[number].care_form for number in (7, 8)] == ["PATRONAT", "PRIYOMNAYA_SEMYA"]


def test_an_uzbek_offices_file():
    found = read("uz", "bolalar")
    lines = taken(found)
    assert list(lines) == [2, 3, 4]
    assert faults(found) == {
        (5, "script", "script-undetected"),  # the second letter of the family name is Cyrillic
        (6, "area (Hudud)", "mapping-value-known"),
        (7, "birth_date (Tug‘ilgan sanasi)", "mapping-date-form"),
        (7, "exit_destination (Ketish sababi)", "mapping-value-known"),
    }
    assert lines[2].details.second_name == ("Cyrl", "Каримова", "Нилуфар", "")
    assert (lines[3].born_from, lines[3].family_name) == (date(2012, 1, 1), "Toʻrayev")
    assert (lines[4].details.second_name, lines[4].carer_relation) == (None, "GRANDPARENT")


@pytest.mark.parametrize(("pack_id", "name"), [("kz", "guardianship"), ("uz", "bolalar")])
def test_every_error_has_a_remedy_and_the_cell_as_it_stands(pack_id, name):
    text = (FILES / f"{pack_id}-{name}.csv").read_bytes().decode("cp1251" if pack_id == "kz" else "utf-8")
    for _, item in read(pack_id, name):
        for error in item if isinstance(item, list) else ():
            assert error.remedy
            assert error.value in text
