"""Where the guards look: the project's files and services, parsed once a run. Not here: what they check."""

import ast
import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from shared.config import SERVICES

__all__ = ["ROOT", "SERVICES", "code", "module", "parts", "python_files", "snake", "text", "tree", "written_pages"]

ROOT = Path(__file__).parents[2]
OUTSIDE = {".venv", ".git", "build", "dist", "demo-out", "node_modules"}


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the project, relative to its root."""
    rooms = ("services", "shared", "release", "tests", "benchmarks", "countries", "docs")
    found = (path for room in rooms for path in (ROOT / room).rglob("*.py") if not OUTSIDE & set(path.parts))
    return tuple(sorted(path.relative_to(ROOT) for path in found))


@cache
def text(path: Path) -> str:
    """The text of a file given relative to the root."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file given relative to the root."""
    return ast.parse(text(path))


def code() -> Iterator[Path]:
    """The files that run in production."""
    return (path for path in python_files() if path.parts[0] in {"services", "shared"})


def written_pages() -> list[Path]:
    """The Markdown pages of the project, relative to its root."""
    found = (path for path in ROOT.rglob("*.md") if not OUTSIDE & set(path.relative_to(ROOT).parts))
    return sorted(path.relative_to(ROOT) for path in found)


def module(service: str, name: str) -> Any:
    """A module of a service; its nameko face brings eventlet, whose reminder at every import helps nobody."""
    with warnings.catch_warnings():
        if name == "service":
            warnings.simplefilter("ignore")
        return importlib.import_module(f"services.{service}.{name}")


def parts(service: str, name: str) -> list[Any]:
    """A room of a service and, where it is a package, the modules in it."""
    room = module(service, name)
    inner = pkgutil.iter_modules(room.__path__) if hasattr(room, "__path__") else ()
    return [room, *(module(service, f"{name}.{each.name}") for each in inner)]


def snake(name: str) -> str:
    """CamelCase as snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
