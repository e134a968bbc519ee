"""Which release of the program this is, and of which commit. Not here: versions of data, of events, of structures.

`make dist` and `git archive` write the commit into commit.txt; in a working tree git is asked.
"""

import re
import subprocess
from pathlib import Path

VERSION = "0.1.0"
"""The release, as pyproject.toml has it: a test holds the two together."""

HERE = Path(__file__).parent
_COMMIT = re.compile(r"[0-9a-f]{40}")


def commit() -> str | None:
    """The full name of the commit, None where nothing says it (files copied without git)."""
    written = (HERE / "commit.txt").read_text(encoding="utf-8").strip()
    if _COMMIT.fullmatch(written):
        return written
    if not (HERE.parent / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(HERE.parent), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    said = done.stdout.strip()
    return said if _COMMIT.fullmatch(said) else None


def line() -> str:
    """One line for people and support: release and commit."""
    return f"kinward {VERSION} ({commit() or 'commit not known'})"
