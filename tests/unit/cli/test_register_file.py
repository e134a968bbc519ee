"""Reading a register file: every rule refuses its example, a bad line spoils itself only, batches can be resumed."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from services.cli import register_errors, register_file, register_remedies
from services.cli.register_rules import COLUMNS, RegisterLine

TODAY = date(2024, 3, 1)
GOOD = {
    "child_key": "K-1",
    "family_name": "Мұсабекова",
    "given_name": "Ұлжан",
    "patronymic": "Әділқызы",
    "script": "Cyrl",
    "sex": "F",
    "birth_date": "2010-02-28",
    "birth_precision": "day",
    "area": "NEW",
    "care_form": "HOME",
    "provider_key": "P-1",
    "provider_name": '№ 1 "балалар" үйі',
    "from": "2020-05-01",
    "entry_reason": "ORPHAN",
    "to": "2021-05-01",
    "exit_destination": "REUNIFICATION",
    "centre_key": "C-1",
    "worker_key": "W-1",
    "carer_relation": "",
}


class Codes:
    """A pack of one code a list; the area NEW exists since 2020, OLD until then."""

    LISTS = {
        "sex": {"F": {}, "M": {}, "U": {}},
        "script": {"Cyrl": {}, "Latn": {}},
        "care_form": {"HOME": {"bucket": "RESIDENTIAL"}, "GUARDIANSHIP": {"bucket": "BY_CARER"}},
        "entry_reason": {"ORPHAN": {}},
        "exit_destination": {"REUNIFICATION": {}},
        "carer_relation": {"GRANDPARENT": {}},
        "name_kind": {"birth": {}},
        "birth_basis": {"documented": {}},
        "civil_registration": {"REGISTERED": {}},
        "parental_status": {"DEAD": {}},
        "found_by": {"UNKNOWN": {}},
        "state": {"KAZ": {}, "UZB": {}},
        "language": {"kk": {}, "ru": {}},
        "identifier_kind": {"IIN": {"pattern": "[0-9]{12}", "check_digit": "iin"}, "CASE_FILE": {}},
    }

    def has(self, list_name: str, code: str) -> bool:
        return code in self.LISTS[list_name]

    def has_area(self, code: str, on: date | None = None) -> bool:
        return code == ("NEW" if on is None or on >= date(2020, 1, 1) else "OLD")

    def codes(self, list_name: str):
        return self.LISTS[list_name]


def text_of(*lines: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    out = io.StringIO()
    further = dict.fromkeys(column for line in lines for column in line if column not in columns)
    writer = csv.DictWriter(out, (*columns, *further))
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def read(path: Path, content: str | bytes) -> list[tuple[int, register_file.CheckedLine]]:
    path = path / "register.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(register_file.read(path, Codes(), TODAY))


def faults(checked: list[tuple[int, register_file.CheckedLine]]) -> list[tuple[int, str, str]]:
    return [
        (error.line, error.column, error.rule)
        for _, item in checked
        if not isinstance(item, RegisterLine)
        for error in item
    ]


EXAMPLES: list[tuple[str, str, dict[str, str]]] = [
    ("unprintable-character", "given_name", {"given_name": "Ұл\u202eжан"}),
    ("unprintable-character", "given_name", {"given_name": "Ұл\x00жан"}),
    ("unprintable-character", "provider_name", {"provider_name": "two\rlines"}),
    ("invisible-character", "given_name", {"given_name": "Ұл\u200bжан"}),
    ("invisible-character", "given_name", {"given_name": "Ұл\u200dжан"}),
    ("name-mixed-scripts", "given_name", {"given_name": "Ұлжaн"}),
    ("name-script", "family_name", {"family_name": "Musabekova"}),
    ("cell-length", "family_name", {"family_name": "ә" * 201}),
    ("cell-length", "child_key", {"child_key": "k" * 101}),
    ("child-key-required", "child_key", {"child_key": " "}),
    ("script-required", "script", {"script": ""}),
    ("script-known", "script", {"script": "Runr"}),
    ("sex-known", "sex", {"sex": "female"}),
    ("sex-known", "sex", {"sex": ""}),
    ("birth-precision-known", "birth_precision", {"birth_precision": ""}),
    ("birth-date-form", "birth_date", {"birth_date": "28.02.2010"}),
    ("birth-date-form", "birth_date", {"birth_date": "2010-02-29"}),
    ("birth-date-form", "birth_date", {"birth_date": "2010-02", "birth_precision": "year"}),
    ("birth-date-form", "birth_date", {"birth_date": "2010-13", "birth_precision": "month"}),
    ("birth-date-form", "birth_date", {"birth_date": "٢٠١٠", "birth_precision": "year"}),
    ("birth-in-future", "birth_date", {"birth_date": "2024-03-02"}),
    ("birth-before-1900", "birth_date", {"birth_date": "1899-12-31"}),
    ("area-known", "area", {"area": ""}),
    ("area-known", "area", {"from": "2019-12-31"}),
    ("care-form-known", "care_form", {"care_form": "ORPHANAGE"}),
    ("place-or-carer-required", "provider_key", {"care_form": "GUARDIANSHIP", "provider_key": "", "provider_name": ""}),
    ("provider-required", "provider_key", {"provider_key": "", "provider_name": "", "carer_relation": "GRANDPARENT"}),
    ("provider-name-needs-key", "provider_name", {"provider_key": ""}),
    ("from-date-form", "from", {"from": ""}),
    ("from-date-form", "from", {"from": "20200501"}),
    ("from-in-future", "from", {"from": "2024-03-02", "to": "", "exit_destination": ""}),
    ("from-before-birth", "from", {"birth_date": "2020-05-02"}),
    ("entry-reason-known", "entry_reason", {"entry_reason": "BORED"}),
    ("to-date-form", "to", {"to": "soon"}),
    ("to-in-future", "to", {"to": "2024-03-02"}),
    ("ends-before-it-begins", "to", {"to": "2020-04-30"}),
    ("exit-destination-with-to", "exit_destination", {"exit_destination": ""}),
    ("exit-destination-with-to", "to", {"to": ""}),
    ("exit-destination-known", "exit_destination", {"exit_destination": "MOON"}),
    ("centre-with-worker", "worker_key", {"worker_key": ""}),
    ("centre-with-worker", "centre_key", {"centre_key": ""}),
    ("carer-relation-known", "carer_relation", {"carer_relation": "DRAGON"}),
    ("name-digits", "given_name", {"given_name": "Ұлжан2"}),
    ("name-zero-width", "given_name", {"given_name": "مح\u200dمد"}),
    ("name-digits", "father_name", {"father_name": "Әділ 2"}),
    ("code-known", "name_kind", {"name_kind": "nick"}),
    ("code-known", "birth_basis", {"birth_basis": "heard"}),
    ("code-known", "civil_registration", {"civil_registration": "yes"}),
    ("code-known", "parental_status_mother", {"parental_status_mother": "?"}),
    ("code-known", "found_by", {"found_by": "?"}),
    ("area-ever-known", "birth_area", {"birth_area": "MOON"}),
    ("area-ever-known", "found_area", {"found_area": "MOON"}),
    ("script-2-required", "script_2", {"family_name_2": "Musabekova"}),
    ("script-2-required", "script_2", {"family_name_2": "Мұсабекова", "script_2": "Cyrl"}),
    ("name-script", "family_name_2", {"family_name_2": "Мұсабекова", "script_2": "Latn"}),
    ("civil-number-with-status", "civil_registration", {"civil_number": "12"}),
    ("identifier-kind-known", "identifier_kind", {"identifier_value": "12"}),
    ("identifier-kind-known", "identifier_kind", {"identifier_kind": "REGISTER_KEY", "identifier_value": "12"}),
    ("identifier-format", "identifier_value", {"identifier_kind": "IIN", "identifier_value": "12"}),
    ("identifier-check", "identifier_value", {"identifier_kind": "IIN", "identifier_value": "100228500000"}),
    ("nationality-known", "nationality", {"nationality": "KAZ MARS"}),
    ("nationality-known", "nationality", {"nationality": "KAZ STATELESS"}),
    ("nationality-known", "nationality", {"nationality": "KAZ KAZ"}),
    ("languages-known", "languages", {"languages": "kk kk"}),
    ("languages-known", "languages", {"languages": "klingon"}),
    ("disability-known", "disability", {"disability": "1"}),
    ("found-on-form", "found_on", {"found_area": "NEW"}),
    ("found-on-form", "found_on", {"found_on": "31.12.2010", "found_area": "NEW"}),
    ("found-area-required", "found_area", {"found_on": "2010-03"}),
]
NAMES_SEEN_HERE = {"name-mixed-scripts", "name-script", "name-digits", "name-zero-width"}
UNREACHABLE = {"identifier-empty", "identifier-characters", "identifier-length"}  # seen before by what every cell holds
BETWEEN_LINES = {"same-child-same-identity", "duplicate-line"}


@pytest.mark.parametrize(("rule", "column", "change"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_each_rule_refuses_its_example_and_nothing_else_hides_it(tmp_path, rule, column, change):
    checked = read(tmp_path, text_of(GOOD | change))
    assert (2, column, rule) in faults(checked)


def test_every_rule_has_an_example():
    assert {rule for rule, _, _ in EXAMPLES} | BETWEEN_LINES == {
        *register_remedies.OF_A_LINE,
        *NAMES_SEEN_HERE,
        *register_remedies.OF_FURTHER_COLUMNS,
    } - UNREACHABLE


def test_a_good_line_is_typed_and_its_quotation_marks_and_blanks_are_read(tmp_path):
    [(number, line)] = read(tmp_path, text_of(GOOD | {"given_name": " Ұлжан\u00a0"}))
    assert number == 2
    assert line == RegisterLine(
        line=2, child_key="K-1", family_name="Мұсабекова", given_name="Ұлжан", patronymic="Әділқызы", script="Cyrl",
        sex="F", born_from=date(2010, 2, 28), born_to=date(2010, 2, 28), birth_precision="day", area="NEW",
        care_form="HOME", provider_key="P-1", provider_name='№ 1 "балалар" үйі', from_day=date(2020, 5, 1),
        entry_reason="ORPHAN", to_day=date(2021, 5, 1), exit_destination="REUNIFICATION", centre_key="C-1",
        worker_key="W-1", carer_relation=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "precision", "born"),
    [
        ("2012", "year", (date(2012, 1, 1), date(2012, 12, 31))),
        ("2012-02", "month", (date(2012, 2, 1), date(2012, 2, 29))),
        ("2024", "year", (date(2024, 1, 1), date(2024, 12, 31))),
    ],
)
def test_an_estimated_birth_is_a_range_of_days(tmp_path, text, precision, born):
    stay = {"from": "2024-02-01", "to": "", "exit_destination": ""}
    [(_, line)] = read(tmp_path, text_of(GOOD | stay | {"birth_date": text, "birth_precision": precision}))
    assert (line.born_from, line.born_to) == born


def test_a_child_found_without_a_name_needs_no_script(tmp_path):
    nameless = {"family_name": "", "given_name": "", "patronymic": "", "script": ""}
    [(_, line)] = read(tmp_path, text_of(GOOD | nameless))
    assert (line.family_name, line.given_name, line.script) == (None, None, None)


def test_arriving_and_leaving_on_one_day_is_possible(tmp_path):
    [(_, line)] = read(tmp_path, text_of(GOOD | {"to": GOOD["from"]}))
    assert line.from_day == line.to_day


def test_a_guardian_without_a_key_is_told_by_the_relation(tmp_path):
    carer = {"care_form": "GUARDIANSHIP", "provider_key": "", "provider_name": "", "carer_relation": "GRANDPARENT"}
    [(_, line)] = read(tmp_path, text_of(GOOD | carer))
    assert (line.provider_key, line.carer_relation) == (None, "GRANDPARENT")


def test_everything_wrong_in_a_line_is_said_at_once(tmp_path):
    checked = read(tmp_path, text_of(GOOD | {"sex": "?", "area": "?", "from": "?"}))
    assert {column for _, column, _ in faults(checked)} == {"sex", "area", "from"}


def test_bad_lines_of_every_kind_leave_the_lines_around_them_readable(tmp_path):
    head, good = text_of(GOOD).encode().splitlines(keepends=True)
    other = good.replace(b"2020-05-01", b"2020-06-01")
    content = b"".join((
        b"\xef\xbb\xbf", head, good,
        "Мұсабекова\r\n".encode("cp1251", errors="replace"),
        b'K-2,"open quote' + good,
        b"K-3,one,two\r\n",
        b"\r\n",
        b"K-4," + b"x" * 200_000 + b"\r\n",
        other,
    ))  # fmt: skip
    checked = read(tmp_path, content)
    assert faults(checked) == [
        (3, "", "not-utf-8"),
        (4, "", "csv-form"),
        (5, "", "number-of-cells"),
        (7, "", "line-length"),
    ]
    assert [number for number, item in checked if isinstance(item, RegisterLine)] == [2, 8]


def test_a_last_line_without_line_end_is_read(tmp_path):
    assert faults(read(tmp_path, text_of(GOOD).rstrip("\r\n"))) == []


def test_columns_may_stand_in_another_order(tmp_path):
    [(_, line)] = read(tmp_path, text_of(GOOD, columns=COLUMNS[::-1]))
    assert line.child_key == "K-1"


def test_missing_unknown_and_doubled_columns_are_named(tmp_path):
    header = ",".join(("child_key", "child_key", "surname", *COLUMNS[2:]))
    with pytest.raises(register_errors.HeaderRefused) as refused:
        read(tmp_path, header + "\r\n")
    assert (refused.value.missing, refused.value.unknown) == (("family_name",), ("surname",))
    assert refused.value.duplicate == ("child_key",)
    assert "missing: family_name; unknown: surname; named twice: child_key" in refused.value.message


@pytest.mark.parametrize("content", [b"", ";".join(COLUMNS).encode(), ",".join(COLUMNS).encode("utf-16"), b'"child'])
def test_what_is_no_register_at_all_is_refused_with_a_remedy(tmp_path, content):
    with pytest.raises(register_errors.HeaderRefused) as refused:
        read(tmp_path, content)
    assert "child_key" in refused.value.remedy


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("family_name", "Оспанова"),
        ("given_name", ""),
        ("patronymic", "Серікқызы"),
        ("sex", "M"),
        ("birth_date", "2010-02-27"),
    ],
)
def test_a_second_child_under_the_same_key_is_refused_by_the_column_that_differs(tmp_path, column, value):
    later = GOOD | {"from": "2021-05-01", "to": "2022-01-01"}
    checked = read(tmp_path, text_of(GOOD, later, later | {"from": "2022-01-02", column: value, "to": "2023-01-01"}))
    assert faults(checked) == [(4, column, "same-child-same-identity")]


def test_a_line_that_contradicts_the_first_does_not_take_its_place(tmp_path):
    stays = [GOOD | {"from": f"2020-05-{day:02}"} for day in (1, 2, 3)]
    stays[1]["sex"] = "M"
    assert faults(read(tmp_path, text_of(*stays))) == [(3, "sex", "same-child-same-identity")]


def test_the_identity_of_a_refused_line_binds_nobody(tmp_path):
    wrong = GOOD | {"sex": "M", "area": "?"}
    assert faults(read(tmp_path, text_of(wrong, GOOD))) == [(2, "area", "area-known")]


def test_composed_and_decomposed_letters_are_the_same_name(tmp_path):
    later = GOOD | {"family_name": "Оспанои\u0306", "from": "2021-05-01"}
    checked = read(tmp_path, text_of(GOOD | {"family_name": "Оспаной"}, later | {"to": "2022-01-01"}))
    assert faults(checked) == []


def test_the_same_stay_twice_is_refused_the_second_time(tmp_path):
    other_provider = GOOD | {"provider_key": "P-2"}
    checked = read(tmp_path, text_of(GOOD, other_provider, GOOD | {"to": "2023-01-01"}))
    assert faults(checked) == [(4, "child_key", "duplicate-line")]


def seven_lines(path: Path) -> Path:
    stays = [GOOD | {"from": f"2020-05-{day:02}"} for day in range(1, 8)]
    stays[4]["sex"] = "?"
    path = path / "register.csv"
    path.write_text(text_of(*stays), encoding="utf-8")
    return path


def test_batches_are_cut_by_lines_good_and_bad_and_know_their_marks(tmp_path):
    found = list(register_file.batches(seven_lines(tmp_path), Codes(), TODAY, size=3))
    assert [(batch.first_line, batch.last_line, len(batch.lines)) for batch in found] == [
        (2, 4, 3),
        (5, 7, 2),
        (8, 8, 1),
    ]
    assert [error.line for batch in found for error in batch.errors] == [6]


def test_a_resumed_file_gives_the_same_batches_without_the_lines_already_in(tmp_path):
    found = list(register_file.batches(seven_lines(tmp_path), Codes(), TODAY, after_line=7, size=3))
    assert [(batch.last_line, len(batch.lines)) for batch in found] == [(4, 0), (7, 0), (8, 1)]
    assert [error.line for batch in found for error in batch.errors] == [6]


def test_a_resumed_file_still_compares_with_the_lines_already_in(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text(text_of(GOOD, GOOD), encoding="utf-8")
    [batch] = register_file.batches(path, Codes(), TODAY, after_line=2)
    assert (batch.lines, [error.rule for error in batch.errors]) == ((), ["duplicate-line"])


def test_the_file_is_known_by_its_bytes_and_its_number_of_lines(tmp_path):
    path = seven_lines(tmp_path)
    before = register_file.file_sha256(path)
    assert (len(before), register_file.count_lines(path)) == (64, 8)
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert register_file.file_sha256(path) != before
