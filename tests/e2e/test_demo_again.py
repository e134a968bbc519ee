"""The demo started beside another one, and after one that was killed. One deployment on the stage is enough."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.demo.stage import PROJECT, Stage
from shared import embedded
from shared.errors import Conflict
from tests.e2e import running
from tests.e2e.running import until

HUB = [("unicef", "UNICEF hub", None)]
KILLED = """
import sys
from pathlib import Path
from services.cli.demo.stage import Stage
with Stage(Path(sys.argv[1]), [("unicef", "UNICEF hub", None)]) as stage:
    stage.answer("token", "--deployment", "unicef", "--role", "analyst")
    list(stage.serve())
    print("serving", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home():
    """A folder for a stage."""
    with running.home() as folder:
        yield folder / "stage"


def on_free_ports(stage):
    """The stage, away from the demo's own ports."""
    stage.played = [replace(each, port=running.free_port()) for each in stage.played]
    return stage


def test_a_demo_leaves_the_folder_of_a_running_one_alone(home):
    with on_free_ports(Stage(home, HUB)):
        (home / "unicef" / "its own").touch()
        with pytest.raises(Conflict, match="is running"), Stage(home, HUB):
            pass
        assert (home / "unicef" / "its own").exists()


def test_a_demo_leaves_a_folder_with_something_else_alone(home):
    home.mkdir()
    (home / "letters.txt").touch()
    with pytest.raises(Conflict, match="something else"), Stage(home, HUB):
        pass
    assert (home / "letters.txt").exists()


def test_a_demo_ends_what_a_killed_one_left_serving(home):
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout.readline() == "serving\n"
    left = int((home / "unicef" / ".serve.lock").read_text(encoding="ascii"))
    note = home.parent / f"{left}.process"  # what kills it where this test fails
    note.write_text(str(left), encoding="ascii")
    killed.kill()
    killed.communicate()
    assert embedded.running(home / "unicef")
    with on_free_ports(Stage(home, HUB)):
        until(lambda: gone(left), "the process left serving has ended")
        note.unlink()
        assert not embedded.running(home / "unicef")
        assert [each.name for each in (home / "unicef").iterdir()] == ["deployment.env"]


def gone(pid):
    """Whether no process has the id; one that only waits to be collected is gone too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
