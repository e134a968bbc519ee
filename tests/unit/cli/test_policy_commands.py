"""`kinward policy show`: the policy of a pack as one table."""

import json

from typer.testing import CliRunner

from services.cli.app import tree
from services.cli.documents import COUNTRIES
from shared import countries


def run(*arguments):
    return CliRunner().invoke(tree(), ["policy", "show", *arguments])


def test_every_role_of_the_pack_is_in_the_table_with_what_it_grants():
    rows = {row["role"]: row for row in json.loads(run("--pack", "kz", "--json").stdout)}
    roles = countries.load("kz", COUNTRIES).roles
    assert set(rows) == set(roles)
    assert rows["provider_manager"]["fields"] == ["care", "health", "identity"]
    assert all(set(rows[role]["permissions"]) == set(roles[role]["permissions"]) for role in roles)


def test_one_role_is_shown_alone_and_in_words():
    shown = run("--role", "inspector")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("inspector (Inspector): scope area, records sample")
    assert "placements.provider.register" in shown.stdout
    assert "registrar" not in shown.stdout


def test_a_role_that_is_not_there_and_a_policy_that_is_amiss_are_configuration_errors(tmp_path):
    assert run("--role", "king").exit_code == 78
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "pack.toml").write_text('id = "x"\nname = "X"\niso3 = "XXX"\nzone = "UTC"\nkind = "country"\n')
    (tmp_path / "x" / "roles.toml").write_text('[king]\nlabel = "King"\nscope = "world"\npermissions = []\n')
    assert run("--pack", "x", "--countries", str(tmp_path)).exit_code == 78
