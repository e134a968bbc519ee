"""What the `kinward` command patches before every other import, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
import sys
from services import __main__
from services.cli import app
app.run = lambda: None
sys.argv[1:] = sys.argv[1].split()
__main__.main()
if "eventlet" in sys.modules:
    from eventlet import patcher
    print(*(each for each in ("socket", "thread", "time", "psycopg") if patcher.is_monkey_patched(each)))
"""


@pytest.mark.parametrize(
    ("words", "patched"),
    [
        ("serve all", "socket thread time"),
        ("serve registry --only worker", "socket thread time"),
        ("serve registry --only web", "socket thread time psycopg"),
        ("migrate", ""),
    ],
)
def test_serving_is_green_and_the_database_too_where_only_the_api_is_served(words, patched):
    # Were time not green, a process that drains would answer nobody meanwhile.
    done = subprocess.run(
        [sys.executable, "-c", ASK, words], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == patched
