"""Mappings: the two that are shipped read their registers; what they cannot read is said by column, rule and remedy."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import register_errors, register_file, register_mapping_file, register_remedies
from services.cli.app import tree
from services.cli.register_rules import RegisterLine
from shared import countries
from shared.errors import ConfigurationError

ROOT = Path(__file__).parents[3] / "countries"
TODAY = date(2024, 3, 1)
PACKS = {id_: countries.load(id_, ROOT) for id_ in ("kz", "uz")}
KZ_HEADER = (
    "№ личного дела;ФИО ребенка;Пол;Дата рождения;Регион;Форма устройства;Код учреждения;Учреждение;Дата устройства;"
    "Причина;Дата выбытия;Куда выбыл;Родство с опекуном;Инвалидность;Возраст"
)
KZ_LINE = (
    "123,0;Мұсабекова Ұлжан Әділ қызы;жен;28.02.2010;г. Алматы;Детский дом;77;№ 1;01.09.2015 г.;сирота;-;-;;нет;14"
)
KZ_CELLS = dict(zip(KZ_HEADER.split(";"), KZ_LINE.split(";"), strict=True))
MAPPING = """
label = "Mine"
basis = "project default"
[columns]
child_key = { from = "key" }
sex = { from = "sex", codes = { "ж" = "F" } }
birth_date = { from = "born" }
area = { value = "KZ-75" }
"""


def mapping(pack="kz", named="guardianship"):
    return register_mapping_file.load(named, PACKS[pack], ROOT, TODAY)


FIRST_WORDS = {header.split(" ")[0]: header for header in reversed(KZ_CELLS)} | {"key": "№ личного дела"}


def cp1251(folder, *lines):
    """A Kazakh register of these lines, as the mapping expects it."""
    path = folder / "register.csv"
    path.write_bytes("\r\n".join(["Реестр детей", "на 01.03.2024", KZ_HEADER, *lines]).encode("cp1251"))
    return path


def utf8_of(folder, **changed):
    """A Kazakh register of one line, the good one changed in the columns whose first words are named."""
    cells = KZ_CELLS | {FIRST_WORDS[name]: cell for name, cell in changed.items()}
    path = folder / "register.csv"
    path.write_text("\n".join(["Реестр", "", KZ_HEADER, ";".join(cells.values())]), encoding="utf-8")
    return path


def read(path, made, pack="kz"):
    return list(register_file.read(path, PACKS[pack], TODAY, made))


def faults(checked):
    return [(each.line, each.column, each.rule) for _, item in checked if isinstance(item, list) for each in item]


@pytest.fixture
def utf8():
    """The Kazakh mapping over UTF-8, so that Kazakh letters are in the tests' files."""
    made = mapping()
    return replace(made, form=replace(made.form, encoding="utf-8"))


def test_the_kazakh_mapping_reads_a_guardianship_bodys_spreadsheet(tmp_path, utf8):
    [(number, line)] = read(utf8_of(tmp_path), utf8)
    assert number == 4
    assert isinstance(line, RegisterLine)
    assert (line.child_key, line.family_name, line.given_name, line.patronymic, line.script) == (
        "123", "Мұсабекова", "Ұлжан", "Әділ қызы", "Cyrl",
    )  # fmt: skip
    assert (line.sex, line.born_from, line.birth_precision, line.area) == ("F", date(2010, 2, 28), "day", "KZ-75")
    assert (line.care_form, line.provider_key, line.from_day, line.to_day) == (
        "DETSKY_DOM", "77", date(2015, 9, 1), None,
    )  # fmt: skip
    assert (line.entry_reason, line.details.disability) == ("PARENT_DEAD_BOTH", False)


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"Пол": "девочка"}, "sex (Пол)", "mapping-value-known"),
        ({"Дата": "31.02.2015"}, "birth_date (Дата рождения)", "mapping-date-form"),
        ({"Дата": "28.02.15"}, "birth_date (Дата рождения)", "two-digit-year"),
        ({"Дата": "28.02.2999"}, "birth_date (Дата рождения)", "birth-in-future"),
        ({"ФИО": "Мұсабекова Ұлжан Әділ Болат"}, "family_name (ФИО ребенка)", "name-parts"),
        ({"ФИО": "Мұсабекова Uljan"}, "script", "script-undetected"),
        ({"ФИО": "Мұсабековa Ұлжан"}, "script", "script-undetected"),
        ({"ФИО": "Мұса\u200bбекова Ұлжан"}, "family_name (ФИО ребенка)", "invisible-character"),
        ({"ФИО": "Мұса\u202eбекова Ұлжан"}, "family_name (ФИО ребенка)", "unprintable-character"),
        ({"ФИО": "Ә" * 10_000}, "family_name (ФИО ребенка)", "cell-length"),
        ({"key": "1,2E+11"}, "child_key (№ личного дела)", "number-lost-digits"),
        ({"key": "12,5"}, "child_key (№ личного дела)", "whole-number"),
        ({"key": "-"}, "child_key (№ личного дела)", "child-key-required"),
    ],
)
def test_what_cannot_be_read_is_said_by_both_columns_and_rule(tmp_path, utf8, change, column, rule):
    checked = read(utf8_of(tmp_path, **change), utf8)
    assert (4, column, rule) in faults(checked)
    [(_, errors)] = checked
    assert all(error.remedy == register_remedies.REMEDIES[error.rule] for error in errors)


def test_the_report_shows_the_value_that_stands_in_the_file(tmp_path, utf8):
    [(_, [error])] = read(utf8_of(tmp_path, Пол="девочка"), utf8)
    assert error.value == "девочка"


def test_a_file_of_the_named_encoding_is_read_and_one_bad_byte_spoils_its_line(tmp_path):
    line = KZ_LINE.replace("Мұсабекова Ұлжан Әділ қызы", "Мусабекова Улжан")
    path = cp1251(tmp_path, line, line.replace("123,0", "124"), line.replace("123,0", "125"))
    content = path.read_bytes().split(b"\r\n")
    content[4] = content[4].replace("Улжан".encode("cp1251"), b"\x98")  # no letter of cp1251
    path.write_bytes(b"\r\n".join(content))
    checked = read(path, mapping())
    assert faults(checked) == [(5, "", "not-in-encoding")]
    assert [number for number, item in checked if isinstance(item, RegisterLine)] == [4, 6]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_utf_16_and_byte_order_marks_are_read(tmp_path, encoding):
    made = mapping()
    made = replace(made, form=replace(made.form, encoding=encoding.removesuffix("-sig")))
    path = utf8_of(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert faults(read(path, made)) == []


def test_a_column_that_is_missing_or_twice_is_named(tmp_path, utf8):
    path = utf8_of(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(";Пол;", ";Регион;"), encoding="utf-8")
    with pytest.raises(register_errors.HeaderRefused) as refused:
        read(path, utf8)
    assert (refused.value.missing, refused.value.duplicate) == (("Пол",), ("Регион",))


def test_the_uzbek_mapping_reads_two_scripts_and_serial_dates(tmp_path):
    header = (
        "T/r;Familiyasi;Ismi;Otasining ismi;Фамилияси;Исми;Jinsi;Tug‘ilgan sanasi;Hudud;Muassasa turi;Muassasa kodi;"
        "Muassasa;Kelgan sanasi;Ketgan sanasi;Ketish sababi;Qarindoshligi"
    )
    line = "7;Karimova;Nilufar;;Каримова;Нилуфар;QIZ;40237;Buxoro;Mehribonlik uyi;M-3;3-son;01/09/2019;yo'q;;"
    path = tmp_path / "register.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    [(_, read_line)] = read(path, mapping("uz", "bolalar"), "uz")
    assert isinstance(read_line, RegisterLine)
    assert (read_line.script, read_line.details.second_name) == ("Latn", ("Cyrl", "Каримова", "Нилуфар", ""))
    assert (read_line.born_from, read_line.from_day) == (date(2010, 2, 28), date(2019, 9, 1))


def test_lines_without_a_stay_register_children_only(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MAPPING, encoding="utf-8")
    made = register_mapping_file.load(str(path), PACKS["kz"], ROOT, TODAY)
    register = tmp_path / "register.csv"
    register.write_text("key,sex,born\n1,ж,2010\n", encoding="utf-8")
    [(_, line)] = read(register, made)
    assert isinstance(line, RegisterLine)
    assert (line.has_stay, line.child_key, line.birth_precision) == (False, "1", "year")


@pytest.mark.parametrize("named", ["nothing", "../kz/imports/guardianship", "nothing.toml"])
def test_a_mapping_that_is_not_there_is_refused_with_those_that_are(named):
    with pytest.raises(ConfigurationError) as refused:
        mapping("kz", named)
    assert "guardianship" in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ('label = "Mine"', "", "schema-required"),
        ('basis = "project default"', 'basis = "hearsay"', "schema-enum"),
        ('basis = "project default"', 'basis = "source"', "schema-required"),
        ("child_key", "kid", "known-column"),
        ('area = { value = "KZ-75" }', "", "needed-column"),
        ("KZ-75", "KZ-00", "known-code"),
        ('"F"', '"W"', "known-code"),
        ('{ "ж" = "F" }', '{ "ж" = "F", " Ж" = "M" }', "no-duplicate"),
        ('"born" }', '"born", dates = ["DD/MM/YYYY", "MM/DD/YYYY"] }', "ambiguous-dates"),
        ('"born" }', '"born", dates = ["DD.MM.YY"] }', "date-form"),
        ('{ from = "key" }', "{ letters = true }", "letters"),
        ('{ from = "key" }', '{ from = "key", value = "1" }', "schema-oneOf"),
        ('{ from = "key" }', '{ value = "1", codes = { a = "b" } }', "schema-dependentRequired"),
        ("[columns]", '[[split]]\nfrom = "x"\ninto = ["sex"]\n[columns]', "known-column"),
        ("[columns]", '[[split]]\nfrom = "x"\n[[split]]\nfrom = "y"\n[columns]', "no-duplicate"),
    ],
)
def test_each_mistake_in_a_mapping_is_found(tmp_path, before, after, rule):
    path = tmp_path / "mine.toml"
    assert before in MAPPING
    path.write_text(MAPPING.replace(before, after), encoding="utf-8")
    content = countries.files.read_toml(path)
    assert rule in {finding.rule for finding in register_mapping_file.findings(content, "mine.toml", PACKS["kz"])}


@pytest.mark.parametrize("pack", PACKS)
def test_the_shipped_mappings_have_no_mistake(pack):
    assert list(register_mapping_file.pack_findings(PACKS[pack], ROOT)) == []


def test_a_file_read_by_another_mapping_is_another_file(tmp_path, utf8):
    path = utf8_of(tmp_path)
    assert register_file.file_sha256(path) != register_file.file_sha256(path, utf8)


def test_pack_check_finds_the_mistakes_of_a_packs_mappings(tmp_path):
    root = tmp_path / "countries"
    shutil.copytree(ROOT, root)
    (root / "kz" / "imports" / "mine.toml").write_text(MAPPING.replace("KZ-75", "KZ-00"), encoding="utf-8")
    (root / "kz" / "imports" / "torn.toml").write_text("label = ", encoding="utf-8")
    result = CliRunner().invoke(tree("pack"), ["pack", "check", "kz", "--countries", str(root), "--json"])
    found = [
        (each["file"], each["key"], each["rule"])
        for each in json.loads(result.stdout)
        if each["file"].startswith("kz/imports/")
    ]
    assert (result.exit_code, found) == (
        1,
        [("kz/imports/mine.toml", "columns/area", "known-code"), ("kz/imports/torn.toml", "", "readable")],
    )
