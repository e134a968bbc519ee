"""`kinward pack check` refuses what the rules would misread, stop at, or never ask for."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import pack_law_check
from services.cli.app import tree

COUNTRIES = Path(__file__).parents[3] / "countries"
PACKS = sorted(path.parent.name for path in COUNTRIES.glob("*/pack.toml"))


@pytest.fixture
def root(tmp_path):
    return Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))


def found(root, pack, text, file="parameters.toml"):
    path = root / pack / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{text}\n", encoding="utf-8")
    return {(each.file, each.rule) for each in pack_law_check.findings(pack, root)}


@pytest.mark.parametrize("pack", PACKS)
def test_the_shipped_packs_can_be_used_by_the_rules(pack):
    assert pack_law_check.findings(pack, COUNTRIES) == []


def entry(name, value, unit):
    return f'[[{name}]]\nvalue = {value}\nunit = "{unit}"\nbasis = "source"\nsource = "An Act"'


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (entry("breach_due", 7, "days"), set()),
        (entry("breach_due", 1, "calendar months"), {"unit"}),
        (entry("breach_due", '"7"', "days"), {"value-kind"}),
        (entry("breach_due", "true", "days"), {"value-kind"}),
        (entry("minimum_age_residential", '"seven"', "years"), {"value-kind"}),
        (entry("guardian_appointment_days", 30, "days"), set()),  # a fact of the country's own that no rule reads
        (entry("guardian_apointment", 30, "days"), {"known-parameter"}),
        (entry("under_three_residental_stay", 3, "calendar months"), {"known-parameter"}),
        (entry("leap_birthday", '"02-28"', "month-day in common years"), set()),
    ],
)
def test_a_number_that_rules_cannot_read_is_found(root, text, rules):
    assert {rule for _, rule in found(root, "kg", text)} == rules


def test_what_is_wrong_in_a_country_is_told_for_its_province(root):
    found(root, "pk", entry("breach_due", 2, "hours"))
    assert {each.file for each in pack_law_check.findings("pk-pb", root)} == {"pk/parameters.toml"}


def test_an_order_of_precedence_names_rules_that_there_are(root):
    line = '[[line]]\nid = "size"\nrank = 7\nrules = ["house-size", "house-colour"]\nbasis = "project default"'
    assert found(root, "kg", line, "tables/precedence.toml") == {("kg/tables/precedence.toml", "known-rule")}


def test_a_pack_that_cannot_be_read_has_its_findings_elsewhere(root):
    (root / "kg/parameters.toml").write_text("[[breach_due]]\nunit = 1\n", encoding="utf-8")
    assert pack_law_check.findings("nowhere", root) == []
    assert isinstance(pack_law_check.findings("kg", root), list)


def test_the_command_refuses_it(root):
    found(root, "kg", entry("breach_due", 2, "hours"))
    result = CliRunner().invoke(tree("pack"), ["pack", "check", "kg", "--countries", str(root)])
    assert result.exit_code == 1
    assert "rules read breach_due in days" in " ".join(result.output.split())
