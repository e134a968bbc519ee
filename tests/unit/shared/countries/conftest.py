"""A copy of the shipped packs that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[4] / "countries"


@pytest.fixture
def shipped() -> Path:
    """The packs as they are shipped; tests only read them."""
    return SHIPPED


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped packs."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "countries"))


@pytest.fixture
def change(root: Path) -> Callable[[str, str, str], None]:
    """Replace a text, which must be there, in one file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture
def append(root: Path) -> Callable[[str, str], None]:
    """Add lines to one file of the copy, which is made if it is not there."""

    def add(file: str, text: str) -> None:
        path = root / file
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")

    return add
