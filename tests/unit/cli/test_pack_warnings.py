"""`kinward pack check` warns of languages that the search for the same child cannot read; the pack still passes."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import pack_commands
from services.cli.app import tree

COUNTRIES = Path(__file__).parents[3] / "countries"


@pytest.mark.parametrize("pack", ["_base", "kg", "kz", "pk", "uz", "unicef"])
def test_the_shipped_packs_have_no_warning(pack):
    assert pack_commands.warnings(pack, COUNTRIES) == []


def test_punjabi_is_the_one_language_of_the_shipped_packs_that_has_no_rules_of_its_own():
    assert {each.split("  ")[2] for each in pack_commands.warnings("pk-pb", COUNTRIES)} == {"pa"}


def test_a_language_without_alphabet_and_rules_is_warned_of_and_refuses_nothing(tmp_path):
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    file = root / "kz" / "pack.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["kk", "ru"]', '["kk", "mn"]'), encoding="utf-8")
    result = CliRunner().invoke(tree("pack"), ["pack", "check", "kz", "--countries", str(root)])
    told = " ".join(result.stdout.split())
    assert result.exit_code == 0, result.output
    assert "warning: pack.toml languages mn [language] its alphabet is not known here" in told
    assert "warning: pack.toml languages mn [rules] no rule of its own" in told


def test_a_pack_that_cannot_be_loaded_has_its_findings_and_no_warning(tmp_path):
    assert pack_commands.warnings("nowhere", tmp_path) == []
