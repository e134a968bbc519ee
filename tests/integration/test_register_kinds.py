"""Registers of every kind over real databases: further columns, children without a stay, mappings, workbooks."""

from dataclasses import replace
from datetime import date, datetime

import pytest
import xlsxwriter

from services.cli import register_file, register_rules
from services.registry import domain as registry
from shared.ids import new_id

CHILD = {
    "child_key": "K-1", "family_name": "Мұсабекова", "given_name": "Ұлжан", "patronymic": "", "script": "Cyrl",
    "sex": "F", "birth_date": "2010-02-28", "birth_precision": "day", "area": "KZ-75",
}  # fmt: skip
MORE = {
    "family_name_2": "Musabekova", "given_name_2": "Uljan", "script_2": "Latn", "birth_area": "KZ-71",
    "civil_registration": "REGISTERED", "identifier_kind": "CASE_FILE", "identifier_value": "12-3",
    "nationality": "KAZ UZB", "languages": "kk ru", "disability": "no", "parental_status_mother": "DEAD",
}  # fmt: skip
KZ_HEADER = (
    "№ личного дела", "ФИО ребенка", "Пол", "Дата рождения", "Регион", "Форма устройства", "Код учреждения",
    "Учреждение", "Дата устройства", "Причина", "Дата выбытия", "Куда выбыл", "Родство с опекуном", "Инвалидность",
)  # fmt: skip
KZ_LINE = (
    124, "Мұсабекова Ұлжан", "жен", datetime(2010, 2, 28), "г. Алматы", "Детский дом", 77, "№ 1", "01.09.2015",
    "сирота", "-", "-", None, "нет",
)  # fmt: skip


def stays_and_cases(office):
    return [
        office.rows(service, f"select count(*) from {table}")
        for service, table in (("placements", "placement"), ("social_work", "case_file"))
    ]


def workbook(office, *lines, header_row=3):
    path = office.folder / f"{new_id()}.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet("Реестр")
        sheet.merge_range("A1:D1", "Реестр детей")
        for number, line in enumerate([KZ_HEADER, *lines], start=header_row - 1):
            sheet.write_row(number, 0, line)
    return path


def test_a_register_of_children_only_registers_children_and_nothing_else(office):
    before = stays_and_cases(office)
    path = office.csv(CHILD, CHILD | {"child_key": "K-2", "birth_date": "2015", "birth_precision": "year"})
    done, report = office.take(path)
    assert (report, done.made) == ([], {"children": 2})
    assert stays_and_cases(office) == before
    assert office.child("K-2").identity.birth.precision == "year"
    assert office.take(path, again=True)[0].made == {}


def test_the_further_columns_are_the_childs_identity(office):
    assert office.take(office.csv(CHILD | MORE))[1] == []
    child = office.child()
    identity = child.identity
    assert [name.script for name in identity.names] == ["Cyrl", "Latn"]
    assert identity.nationality == registry.Nationality("states", ("KAZ", "UZB"))
    assert (identity.languages, identity.disability, identity.birth.area) == (("kk", "ru"), False, "KZ-71")
    assert identity.parents == registry.Parents(mother="DEAD")
    assert registry.Identifier("CASE_FILE", "", "12-3") in child.identifiers


def test_what_only_the_register_knows_is_added_once(office):
    office.take(office.csv(CHILD))
    further = CHILD | MORE | {"identifier_value": "77-7"}
    done, report = office.take(office.csv(further))
    assert (report, done.made) == ([], {"children completed": 1})
    child = office.child()
    assert (child.identity.languages, len(child.identifiers)) == (("kk", "ru"), 2)
    assert office.take(office.csv(further, CHILD | {"child_key": "K-9"}))[0].made == {"children": 1}
    assert office.child().version == child.version


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("child_key", {"sex": "M"}),
        ("family_name_2", {"given_name_2": "Ulzhan"}),
        ("disability", {"disability": "yes"}),
        ("nationality", {"nationality": "STATELESS"}),
        ("languages", {"languages": "ru"}),
        ("birth_area", {"birth_area": "KZ-75"}),
        ("parental_status_mother", {"parental_status_mother": "ALIVE"}),
    ],
)
def test_what_the_register_says_otherwise_is_refused_by_column(office, column, change):
    whole = CHILD | MORE | {"identifier_value": str(new_id())}
    office.take(office.csv(whole))
    version = office.child().version
    assert office.take(office.csv(whole | change))[1] == [(2, column, "differs-from-recorded")]
    assert office.child().version == version


def test_what_a_person_corrected_is_not_undone_and_keeps_no_line_out(office):
    whole = CHILD | MORE | {"identifier_value": str(new_id())}
    office.take(office.csv(whole))
    office.correct(office.child().id, disability=True)
    assert office.take(office.csv(whole), again=True)[1] == []
    assert office.child().identity.disability is True


def test_a_number_that_another_child_carries_is_refused(office):
    other = CHILD | MORE | {"child_key": "K-2", "identifier_value": "88-8"}
    assert office.take(office.csv(CHILD | MORE | {"identifier_value": "88-8"}, other))[1] == [
        (3, "identifier_value", "identifier-free")
    ]
    assert office.child("K-2") is None


def test_a_workbook_is_taken_through_a_mapping_and_goes_on_where_it_was(office, monkeypatch):
    monkeypatch.setattr(register_file.batches, "__defaults__", (0, 2, frozenset(), None))
    lines = [(key, *KZ_LINE[1:]) for key in range(124, 129)]
    lines[3] = (*lines[3][:2], "девочка", *lines[3][3:])
    path = workbook(office, *lines)
    mapping = office.mapping()
    stopped = []

    def stop(last):
        stopped.append(last)
        if len(stopped) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.take(path, mapping=mapping, on_progress=stop)
    assert stopped == [5, 7]
    done, report = office.take(path, mapping=mapping)
    assert (done.resumed_after, report) == (7, [(7, "sex (Пол)", "mapping-value-known")])
    assert office.child("128").identity.birth.born_from == date(2010, 2, 28)
    assert office.child("127") is None
    done, _ = office.take(path, mapping=replace(mapping, sha256="another"))
    assert (done.resumed_after, done.made) == (0, {})


def test_everything_that_may_be_wrong_in_a_file_keeps_only_its_own_line_out(office):
    stays = dict.fromkeys(register_rules.STAY_COLUMNS, "")
    spoilt = [
        {"given_name": "Ұлж\u200bан"}, {"given_name": "Ұл\u202eжан"}, {"given_name": "Ұлжaн"},
        {"family_name": "Ә" * 10_000}, {"birth_date": "2015-02-31"}, {"birth_date": "2999-01-01"},
        {"birth_date": "28.02.10"}, {"given_name": "Ұл\x00жан"}, {"given_name": 'Ұл"жан'}, {"given_name": "Ұл\nжан"},
    ]  # fmt: skip
    good = [CHILD | stays | {"child_key": f"G-{number}"} for number in range(len(spoilt) + 1)]
    bad = [CHILD | stays | {"child_key": f"B-{number}"} | change for number, change in enumerate(spoilt)]
    lines = [line for pair in zip(good, bad, strict=False) for line in pair] + good[-1:]
    done, report = office.take(office.csv(*lines))
    assert done.made == {"children": len(good)}
    assert {rule for _, _, rule in report} == {
        "invisible-character", "unprintable-character", "name-mixed-scripts", "cell-length", "birth-date-form",
        "birth-in-future", "name-characters", "csv-form", "number-of-cells",
    }  # fmt: skip
    assert all(office.child(line["child_key"]) for line in good)
