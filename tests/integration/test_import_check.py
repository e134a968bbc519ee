"""`import check`: what an import would do is said, and nothing is written."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from services.cli import composition, register_check, register_import, register_rules
from services.cli.app import tree
from shared.ids import new_id

LINE = dict(
    zip(
        register_rules.COLUMNS,
        (
            "K-1", "Мұсабекова", "Ұлжан", "", "Cyrl", "F", "2010-02-28", "day", "KZ-75", "DETSKY_DOM", "P-1", "№ 1",
            "2015-01-01", "", "", "", "C-1", "W-1", "",
        ),
        strict=True,
    )
)  # fmt: skip


def test_nothing_is_written_whatever_the_file_holds(office):
    office.take(office.csv(LINE))
    moved = {"to": "2020-05-01", "exit_destination": "REUNIFICATION"}
    path = office.csv(
        LINE | moved | {"disability": "yes", "identifier_kind": "CASE_FILE", "identifier_value": "1"},
        LINE | {"child_key": "K-2", "provider_key": "P-2", "centre_key": "C-2", "worker_key": "W-2"},
        LINE | {"child_key": "K-3", "sex": "X"},
    )
    before = office.everything()
    for _ in range(2):
        office.check(path)
    assert office.everything() == before
    assert before["registry", "sequences"]
    assert office.take(path)[0].made["children"] == 1  # the same import does write
    assert office.everything() != before


def test_children_and_stays_are_counted_as_the_import_would_make_them(office):
    office.take(office.csv(LINE, LINE | {"child_key": "K-2"}))
    child = dict.fromkeys(register_rules.STAY_COLUMNS, "")
    path = office.csv(
        LINE,
        LINE | {"child_key": "K-2", "disability": "no"},
        LINE | {"child_key": "K-3"},
        LINE | {"child_key": "K-3", "from": "2012-01-01", "to": "2013-01-01", "exit_destination": "REUNIFICATION"},
        LINE | child | {"child_key": "K-4"},
    )
    found = office.check(path)
    assert found.children == {"new": 2, "known": 2, "changed": 1}
    assert (found.stays, found.without_stay, found.lines, found.refused) == ({"new": 2, "known": 2}, 1, 5, 0)
    made = office.take(path)[0].made
    assert (made["children"], made["placements"], made["children completed"]) == (2, 2, 1)


def test_errors_come_by_rule_and_column_with_lines_and_the_report_is_the_imports(office):
    office.take(office.csv(LINE))
    path = office.csv(
        LINE | {"sex": "M"}, *(LINE | {"child_key": f"X-{number}", "care_form": "Detskiy dom"} for number in range(7))
    )
    found = office.check(path)
    assert found.errors == {("differs-from-recorded", "child_key"): 1, ("care-form-known", "care_form"): 7}
    assert found.examples["care-form-known", "care_form"] == [3, 4, 5, 6, 7]
    assert list(found.unknown.suggestions(office.deployment.pack)) == [("care_form", "Detskiy dom", 7, "DETSKY_DOM")]
    office.take(path)
    assert (office.folder / "check.csv").read_bytes() == (office.folder / "errors.csv").read_bytes()


def test_one_number_under_two_keys_is_told_across_batches_and_records(office, monkeypatch):
    number = {"identifier_kind": "CASE_FILE", "identifier_value": str(new_id())}
    path = office.csv(LINE | number, LINE | {"child_key": "K-2"} | number)
    assert office.check(path).same_number == 1
    monkeypatch.setattr(register_check.register_file.batches, "__defaults__", (0, 1, frozenset(), None))
    assert office.check(path).same_number == 1
    office.take(office.csv(LINE | number))
    assert office.check(office.csv(LINE | {"child_key": "K-3"} | number)).same_number == 1


def test_a_register_that_nobody_knows_is_refused_as_by_the_import(office):
    office.take(office.csv(LINE))
    with pytest.raises(register_import.UnknownRegister):
        office.check(office.csv(LINE), register=office.register + "x", new_register=False)


@pytest.fixture
def command(office, monkeypatch):
    """The command line over the office's deployment."""

    @contextmanager
    def opened(_):
        yield office.deployment

    monkeypatch.setattr(composition, "opened", opened)

    def run(*arguments):
        result = CliRunner().invoke(tree("import"), ["import", *map(str, arguments)], env={"COLUMNS": "200"})
        return result.exit_code, result.stdout

    return run


def test_values_of_a_file_are_told_only_to_who_asks_for_them(office, command):
    path = office.csv(LINE | {"care_form": "Detskiy dom", "family_name": "Мұса2бекова"}, LINE | {"child_key": "K-2"})
    options = ("--register", office.register, "--new-register")
    code, told = command("check", path, *options)
    assert (code, "1 lines would be taken, 1 refused. Nothing was written." in told) == (3, True)
    assert "care-form-known in care_form, such as line 2" in told
    for said in (told, command("check", path, *options, "--json")[1]):
        assert "Detskiy" not in said
        assert "бекова" not in said
    shown = command("check", path, *options, "--show-values")[1]
    assert '\'Detskiy dom\', 1 lines, perhaps "Detskiy dom" = "DETSKY_DOM"' in shown
    assert "бекова" not in shown


def test_import_takes_what_check_foretold(office, command):
    path = office.csv(LINE, LINE | {"child_key": "K-2"})
    options = (path, "--register", office.register, "--new-register", "--json")
    code, told = command("check", *options)
    assert (code, json.loads(told)["children"]) == (0, {"new": 2, "known": 0, "changed": 0})
    assert json.loads(command("register", *options)[1])["made"]["children"] == 2
    assert json.loads(command("check", *options)[1])["children"] == {"new": 0, "known": 2, "changed": 0}


def test_a_mapping_that_is_not_there_is_refused_before_a_line_is_read(office, command):
    code, _ = command("check", office.csv(LINE), "--mapping", "nowhere")
    assert code == 78
