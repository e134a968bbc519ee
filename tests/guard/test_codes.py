"""A code of the country pack that the program writes by itself is one that `kinward pack check` demands."""

import ast
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import pack_commands
from services.cli.app import tree
from shared import countries
from tests.guard import project

COUNTRIES = project.ROOT / "countries"
BASE = countries.load("_base", COUNTRIES)
WRITING = ("services/registry", "services/placements", "services/social_work", "services/cli/import_steps.py")
DEMANDED = [
    (service, list_name, code)
    for service, wanted in pack_commands.relied_on().items()
    for list_name, codes in wanted.items()
    for code in sorted(codes)
]


def test_codes_that_the_program_writes_by_itself_are_demanded_of_every_pack() -> None:
    known = {code for codes in BASE.lists.values() for code in codes if re.fullmatch("[A-Z][A-Z_]{3,}", code)}
    # buckets and classes are columns of a list, which lists.toml demands
    demanded = {code for _, _, code in DEMANDED}
    found = {
        (str(path), node.value)
        for path in project.python_files()
        if str(path).startswith(WRITING)
        for node in ast.walk(project.tree(path))
        if isinstance(node, ast.Constant) and node.value in known - demanded
    }
    assert found == set()


@pytest.mark.parametrize("pack", ["_base", "kg", "kz", "pk", "pk-pb", "unicef", "uz"])
def test_the_shipped_packs_have_them(pack: str) -> None:
    assert countries.check(pack, COUNTRIES, pack_commands.relied_on()) == []


@pytest.mark.parametrize("list_name", sorted({list_name for _, list_name, _ in DEMANDED}))
def test_a_pack_without_them_is_told_each(tmp_path: Path, list_name: str) -> None:
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    file = root / "_base" / "codes" / f"{list_name}.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    without = {code for _, name, code in DEMANDED if name == list_name}
    file.write_text("".join(line for line in lines if line.partition(",")[0] not in without), encoding="utf-8")
    found = countries.check("kz", root, pack_commands.relied_on())
    told = [(one.file, one.key, one.message) for one in found if one.rule == "code-relied-on"]
    for service, name, code in DEMANDED:
        if name == list_name:
            assert (f"kz/codes/{list_name}.csv", code, message(service, list_name, code)) in told
    hub = countries.check("unicef", root, pack_commands.relied_on())
    assert "code-relied-on" not in {one.rule for one in hub}  # it runs none of these services


def message(service: str, list_name: str, code: str) -> str:
    return f"{service} relies on the code {code} of the list {list_name}, which is missing"


def test_the_command_demands_them_too(tmp_path: Path) -> None:
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    file = root / "_base" / "codes" / "case_close_reason.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("LEFT_CARE,", "GONE,"), encoding="utf-8")
    result = CliRunner().invoke(tree("pack"), ["pack", "check", "kz", "--countries", str(root)])
    assert result.exit_code == 1
    assert "LEFT_CARE" in result.output
