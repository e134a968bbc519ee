"""The repository with its history, for tests that ask git: this one, or one made of a tree that came without."""

import shutil
import subprocess
from pathlib import Path

from shared.testing import packages
from tests.guard.project import OUTSIDE, ROOT

AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@kinward.example")
MADE = OUTSIDE | {"__pycache__", ".hypothesis", ".ruff_cache", ".mypy_cache", ".import_linter_cache", "vendor"}


def git(root: Path, *words: str) -> str:
    """What git says; it is installed where it is missing and that can be done."""
    if shutil.which("git") is None and packages.can_install():
        packages.install("git")
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def repository(folder: Path) -> Path:
    """Where the history is; `folder` is taken for one of a single commit where the tree came without."""
    if (ROOT / ".git").exists():
        return ROOT
    copy = folder / "repository"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=lambda _, names: [name for name in names if name in MADE])
    (copy / "build").mkdir()
    (copy / "build" / "assets").symlink_to(ROOT / "build" / "assets")
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, *AUTHOR, "commit", "-q", "-m", "The tree")
    return copy
