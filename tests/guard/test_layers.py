"""Who may import whom (ARCHITECTURE 2): import-linter's contracts hold, cover every service, and can fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.guard.project import ROOT, SERVICES

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads(PYPROJECT)["tool"]["importlinter"]["contracts"]


def lint(configuration: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(configuration)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_contracts_hold():
    result = lint(ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout[-3000:]


UPSIDE_DOWN = {'"(handlers) | (store)"': '"(api) | (store)"', '    "(api)",\n': '    "(handlers)",\n'}
NO_PLACE = {'"(events) | (law)"': '"(events)"'}
NO_SQL = {'forbidden_modules = ["services"]': 'forbidden_modules = ["sqlalchemy"]'}


@pytest.mark.parametrize("changes", [UPSIDE_DOWN, NO_PLACE, NO_SQL])
def test_the_contracts_can_break(tmp_path, changes):
    changed = PYPROJECT
    for kept, broken in changes.items():
        assert kept in changed
        changed = changed.replace(kept, broken)
    configuration = tmp_path / "pyproject.toml"
    configuration.write_text(changed, encoding="utf-8")
    result = lint(configuration)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout, result.stdout


def named(kind, key):
    return {name for contract in CONTRACTS if contract["type"] == kind for name in contract[key]}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_in_the_contracts(service):
    assert f"services.{service}" in named("independence", "modules") & named("layers", "containers")
    assert {f"services.*.{part}" for part in ("domain", "commands", "handlers")} <= named("forbidden", "source_modules")


def test_there_is_no_service_that_the_guards_do_not_know():
    rooms = {path.parent.name for path in (ROOT / "services").glob("*/service.py")}
    assert rooms == set(SERVICES)
