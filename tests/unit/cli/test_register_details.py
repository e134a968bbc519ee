"""The columns that a register may leave out, and lines that register a child only."""

from datetime import date

import pytest

from services.cli import register_details, register_errors, register_rules
from services.cli.register_details import Details
from tests.unit.cli.test_register_file import GOOD, faults, read, text_of

DETAILS = {
    "father_name": "Әділ", "family_name_2": "Musabekova", "given_name_2": "Uljan", "patronymic_2": "",
    "script_2": "Latn",
    "name_kind": "birth", "birth_basis": "documented", "birth_area": "OLD", "civil_registration": "REGISTERED",
    "civil_number": "AB 12", "identifier_kind": "CASE_FILE", "identifier_issuer": "Almaty", "identifier_value": "12/3",
    "nationality": "KAZ UZB", "languages": "kk ru", "disability": "no", "parental_status_mother": "DEAD",
    "parental_status_father": "", "found_on": "2010-03", "found_area": "NEW", "found_by": "", "found_place": "№ 3",
}  # fmt: skip


def test_what_a_register_may_leave_out_is_typed_where_it_is_there(tmp_path):
    birth = {"found_area": "NEW", "birth_area": "NEW"}
    [(_, line)] = read(tmp_path, text_of(GOOD | DETAILS | birth))
    assert line.details == Details(
        father_name="Әділ", name_kind="birth", second_name=("Latn", "Musabekova", "Uljan", ""),
        birth_basis="documented", birth_area="NEW", civil_registration=("REGISTERED", "AB 12"),
        identifier=("CASE_FILE", "Almaty", "12/3"), nationality=("states", ("KAZ", "UZB")), languages=("kk", "ru"),
        disability=False, parents=("DEAD", None),
        found=(date(2010, 3, 1), date(2010, 3, 31), "NEW", "UNKNOWN", "№ 3"),
    )  # fmt: skip
    assert set(DETAILS) == set(register_details.COLUMNS)


@pytest.mark.parametrize(
    ("cell", "status"),
    [("STATELESS", "stateless"), ("UNDER_DETERMINATION", "under_determination"), ("UNKNOWN", "unknown")],
)
def test_stateless_under_determination_and_unknown_are_three_things(tmp_path, cell, status):
    [(_, line)] = read(tmp_path, text_of(GOOD | {"nationality": cell}))
    assert line.details.nationality == (status, ())


def test_a_kind_of_number_without_a_number_says_nothing(tmp_path):
    [(_, line)] = read(tmp_path, text_of(GOOD | {"identifier_kind": "IIN", "identifier_issuer": "x"}))
    assert line.details == register_details.NONE


CHILD_ONLY = dict.fromkeys(register_rules.STAY_COLUMNS, "")


def test_a_line_without_a_stay_registers_the_child_only(tmp_path):
    [(_, line)] = read(tmp_path, text_of(GOOD | CHILD_ONLY))
    assert (line.has_stay, line.from_day, line.to_day) == (False, date(2010, 2, 28), None)
    assert faults(read(tmp_path, text_of(GOOD | CHILD_ONLY | {"area": "MOON"}))) == [(2, "area", "area-known")]
    assert faults(read(tmp_path, text_of(GOOD | CHILD_ONLY, GOOD | CHILD_ONLY))) == [(3, "child_key", "duplicate-line")]


def test_a_register_of_children_only_may_leave_out_the_columns_of_a_stay_together(tmp_path):
    child = {column: GOOD[column] for column in register_rules.CHILD_COLUMNS}
    [(_, line)] = read(tmp_path, text_of(child, columns=register_rules.CHILD_COLUMNS))
    assert not line.has_stay
    with pytest.raises(register_errors.HeaderRefused) as refused:
        read(tmp_path, text_of(child | {"from": ""}, columns=(*register_rules.CHILD_COLUMNS, "from")))
    assert "care_form" in refused.value.missing


def test_a_header_in_another_row_is_refused_by_name(tmp_path):
    with pytest.raises(register_errors.HeaderRefused):
        read(tmp_path, "Register of children,,\n" + text_of(GOOD))
