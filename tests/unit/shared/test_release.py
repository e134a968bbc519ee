"""The program says which release and commit it is: from what was written into it, else from git, else not at all."""

import subprocess
import sys
import tomllib

import pytest

from services.reporting.release import code_version
from shared import release
from tests.guard.project import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The program as it lies without git beside it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "commit.txt").write_text("$Format:%H$\n", encoding="utf-8")
    monkeypatch.setattr(release, "HERE", folder)
    return folder


def test_the_release_is_the_one_of_the_project_and_of_figures():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert release.VERSION == project["version"] == code_version()
    assert release.line().startswith(f"kinward {project['version']} (")


def test_a_commit_that_was_written_in_is_told(elsewhere):
    (elsewhere / "commit.txt").write_text(f"{COMMIT}\n", encoding="utf-8")
    assert release.line() == f"kinward {release.VERSION} ({COMMIT})"


def test_a_commit_that_nothing_tells_is_said_to_be_unknown(elsewhere):
    assert release.commit() is None
    assert release.line().endswith("(commit not known)")
    (elsewhere.parent / ".git").mkdir()
    assert release.commit() is None


def test_the_command_says_it_without_loading_a_service():
    said = "import sys; sys.argv = ['kinward', '--version']\nfrom services.cli import app\ntry:\n    app.run()\n"
    said += "finally:\n    assert not [name for name in sys.modules if name.startswith('services.registry')]\n"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, release.line()), done.stderr
