"""Old backups go, the newest and the one that was proven never do, and nobody else's files."""

import json
import os
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner

from services.cli.app import tree
from services.cli.backups import pruning

NEWEST = datetime(2026, 3, 31, 2, tzinfo=UTC)
NIGHTS = [NEWEST - timedelta(days=each) for each in range(60)]


def days(moments):
    return sorted(f"{each:%m-%d}" for each in moments)


def test_of_each_of_the_last_days_weeks_and_months_the_newest_stays():
    assert days(pruning.kept(NIGHTS, daily=3, weekly=0, monthly=0)) == ["03-29", "03-30", "03-31"]
    assert days(pruning.kept(NIGHTS, daily=1, weekly=3, monthly=0)) == ["03-22", "03-29", "03-31"]  # Sundays
    assert days(pruning.kept(NIGHTS, daily=1, weekly=0, monthly=3)) == ["01-31", "02-28", "03-31"]
    twice = [*NIGHTS, NEWEST + timedelta(hours=9)]
    assert pruning.kept(twice, daily=1, weekly=1, monthly=1) == {NEWEST + timedelta(hours=9)}
    assert pruning.kept([], daily=1, weekly=1, monthly=1) == set()


def test_the_newest_and_the_last_proven_stay_whatever_else_goes():
    assert days(pruning.kept(NIGHTS, daily=1, weekly=0, monthly=0, proven=NIGHTS[40])) == ["02-19", "03-31"]
    assert days(pruning.kept(NIGHTS, daily=1, weekly=0, monthly=0, proven=NEWEST + timedelta(1))) == ["03-31"]


def test_the_command_deletes_this_deployment_s_backups_and_no_other_file(tmp_path):
    names = [f"kz-{each:%Y%m%dT%H%M%SZ}.backup" for each in NIGHTS[:4]]
    others = ["kz-20260101T020000Z.keys", "kz-2-20260101T020000Z.backup", "uz-20260101T020000Z.backup", "kz-old.backup"]
    others.append("kz-20269931T990000Z.backup")  # no moment of any clock
    for name in [*names, *others]:
        (tmp_path / name).touch()
    (tmp_path / "kz").mkdir()
    (tmp_path / "kz" / "backup.json").write_text(json.dumps({"proven": names[3]}))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
    settings = kept | {"KINWARD_HOME": str(tmp_path), "KINWARD_DEPLOYMENT": "kz"}
    command = ["backup", "prune", "--out", str(tmp_path), "--keep-daily", "1", "--keep-weekly", "0"]
    for more, gone in ((["--dry-run"], set()), ([], {names[1], names[2]})):
        done = CliRunner().invoke(tree("backup"), command + more, env=settings)
        assert done.exit_code == 0, done.output
        there = {path.name for path in tmp_path.iterdir() if path.is_file()}
        assert there == {*names, *others} - gone
    nowhere = CliRunner().invoke(tree("backup"), ["backup", "prune", "--out", str(tmp_path / "gone")], env=settings)
    assert nowhere.exit_code == 1
    assert "no folder" in nowhere.output
