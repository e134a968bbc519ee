"""Packages of a toy's migrations, made by a test: a post office grows. Not here: what they say (each test)."""

import importlib
import itertools
from pathlib import Path

import pytest

_numbers = itertools.count()


def package_of(folder: Path, monkeypatch: pytest.MonkeyPatch, steps: list[str]) -> str:
    """A package below `folder` that can be imported until the test ends, of these migrations in their order."""
    monkeypatch.syspath_prepend(str(folder))
    package = folder / f"toy_migrations_{next(_numbers)}"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    for number, step in enumerate(steps, start=1):
        (package / f"{number:04d}_step.py").write_text(step, encoding="utf-8")
    importlib.invalidate_caches()
    return package.name
