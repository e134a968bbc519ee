"""`deploy/compose/up` makes what is missing, keeps what is there, and has a second place for the list of the erased."""

import shutil
import stat
import subprocess

import pytest
import yaml

from tests.guard.test_deployment_files import ROOT, resolved


@pytest.fixture
def up(tmp_path):
    """Say it in a folder of its own, with an engine that does nothing; the folder is its `folder`."""
    shutil.copytree(ROOT / "deploy" / "compose", tmp_path / "deploy" / "compose")
    environment = {"PATH": "/usr/bin:/bin", "COMPOSE": "true", "HOST_NAME": "kinward.example"}

    def say(**more):
        command = [str(tmp_path / "deploy" / "compose" / "up")]
        return subprocess.run(
            command, env=environment | more, capture_output=True, text=True, check=False, cwd=tmp_path
        )

    say.folder = tmp_path
    return say


def everybodys(folder):
    return stat.S_IMODE(folder.stat().st_mode) == 0o1777


def test_a_folder_for_backups_that_was_named_once_has_the_list_of_the_erased_too_and_stays_named(up, tmp_path):
    named = tmp_path / "disk" / "kinward"
    first = up(BACKUP_FOLDER=str(named))
    assert first.returncode == 0, first.stderr
    assert everybodys(named)
    assert everybodys(named / "erased")
    assert "own disk" not in first.stdout
    assert not (tmp_path / "backups").exists()
    before = (tmp_path / ".env").read_text(encoding="utf-8")
    assert before.splitlines()[-1] == f"BACKUP_FOLDER={named}"
    shutil.rmtree(named)
    for more in ({}, {"BACKUP_FOLDER": str(named)}):
        again = up(**more)
        assert (again.returncode, "own disk" in again.stdout) == (0, False)
        assert everybodys(named / "erased")
    assert (tmp_path / ".env").read_text(encoding="utf-8") == before


def test_where_no_folder_is_named_it_says_that_all_of_it_lies_on_one_disk(up, tmp_path):
    for _ in range(2):
        said = up()
        assert said.returncode == 0, said.stderr
        assert "no BACKUP_FOLDER" in said.stdout
        assert "own disk" in said.stdout
    assert everybodys(tmp_path / "backups" / "erased")
    assert "BACKUP_FOLDER" not in (tmp_path / ".env").read_text(encoding="utf-8")


def test_a_name_that_the_engine_would_take_for_a_volume_is_refused(up, tmp_path):
    said = up(BACKUP_FOLDER="elsewhere")
    assert (said.returncode, "begins with / or ./" in said.stdout) == (1, True)
    assert not (tmp_path / "elsewhere").exists()


def test_who_erases_writes_the_list_to_the_folder_of_backups_and_settings_name_another_place():
    def said(**settings):
        services = yaml.safe_load(resolved(ROOT / "docker-compose.yml", settings))["services"]
        return {
            name: (each["environment"]["KINWARD_ERASED_COPIES"], places)
            for name, each in services.items()
            if (places := [one["source"] for one in each.get("volumes", ()) if one["target"] == "/erased"])
        }

    usual = said()
    assert usual.keys() == {"kinward", "tools"}
    assert set(map(str, usual.values())) == {str(("/erased", [f"{ROOT}/backups/erased"]))}
    named = said(BACKUP_FOLDER="/mnt/disk", KINWARD_ERASED_COPIES="/erased:/other")
    assert set(map(str, named.values())) == {str(("/erased:/other", ["/mnt/disk/erased"]))}
