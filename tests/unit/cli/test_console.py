"""What the command line prints is what it was given, whatever brackets a path, a register or a name has in it."""

import io

import pytest
from rich.console import Console

from services.cli import console
from shared.errors import Invalid

BRACKETS = "/backups/[old]/a[/b].csv"


def test_an_error_about_a_path_with_brackets_is_told_and_not_taken_for_markup(capsys):
    console.complain(Invalid(f"{BRACKETS} cannot be read", field=BRACKETS, rule="a[/rule]", remedy=BRACKETS))
    said = capsys.readouterr().err
    assert f"({BRACKETS}): {BRACKETS} cannot be read" in said
    assert "rule:   a[/rule]" in said
    assert f"remedy: {BRACKETS}" in said


def test_what_is_told_and_the_label_of_a_progress_are_printed_as_they_are(capsys, monkeypatch):
    console.out.print(f"{BRACKETS}: done", soft_wrap=True)
    assert capsys.readouterr().out == f"{BRACKETS}: done\n"
    seen = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=seen, width=200, markup=True))
    with console.progress(f"Importing {BRACKETS}", 2) as show:
        show(2)
    assert BRACKETS in seen.getvalue()


def test_a_command_that_is_refused_ends_with_its_code_and_its_words(capsys):
    @console.guarded
    def command():
        raise Invalid(BRACKETS, field="--out")

    with pytest.raises(SystemExit) as ended:
        command()
    assert ended.value.code == console.EXIT_REFUSED
    assert BRACKETS in capsys.readouterr().err
