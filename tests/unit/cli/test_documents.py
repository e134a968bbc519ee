"""`kinward docs write|check` on a folder of its own."""

import pytest
from typer.testing import CliRunner

from services.cli.app import tree
from services.cli.documents import generate, kind, table
from shared.event_schema import AreaCode, Code, Flag, Id, ListOf, OneOf, YearMonth


def run(command, folder):
    return CliRunner().invoke(tree(), ["docs", command, "--folder", str(folder)])


def test_what_is_written_is_fresh_and_what_no_longer_belongs_there_is_gone(tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "registry.child-forgotten.v1.json").write_text("{}", encoding="utf-8")
    (tmp_path / "packs.md").write_text("written by people", encoding="utf-8")
    assert run("write", tmp_path).exit_code == 0
    assert run("check", tmp_path).exit_code == 0
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == {*generate(), "packs.md"}


def test_a_document_that_was_changed_by_hand_is_named(tmp_path):
    run("write", tmp_path)
    (tmp_path / "roles.md").write_text("everybody may do everything", encoding="utf-8")
    result = run("check", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "stale: roles.md\n")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Id(), "id"),
        (Flag(), "yes or no"),
        (AreaCode(), "area"),
        (Code("sex"), "code of sex"),
        (OneOf("b", "a"), "one of a, b"),
        (YearMonth(), "month as YYYY-MM"),
        (ListOf(Id()), "list of id"),
    ],
)
def test_each_kind_of_field_has_its_words(field, words):
    assert kind(field) == words


def test_a_bar_in_a_cell_does_not_end_it():
    assert table(("a",), [("x|y",)]) == "| a |\n| --- |\n| x\\|y |\n"
