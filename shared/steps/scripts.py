"""What the steps of a package say of themselves, read from their files without importing them.

    revision = "registry_0017"          the step's name
    down_revision = "registry_0016"     the one before
    phase = "expand"                    or "contract"; "founding" for the steps of the first release
    oldest = "0.2.0"                    of a contract step: the first release that does without what it takes away
    concurrently = True                 it runs outside a transaction, and may be run again when it was broken off

Not here: taking them (taking).
"""

import ast
import importlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError

NAMES = ("revision", "down_revision", "phase", "oldest", "concurrently")


class Phase(StrEnum):
    """When a step may be taken, and who can work on a database that had it."""

    FOUNDING = "founding"
    """With nothing running: a step from before the first release, or one that says nothing of itself."""
    EXPAND = "expand"
    """Before the rollout, while the older release serves: it adds and takes nothing away."""
    CONTRACT = "contract"
    """After the rollout, when no process is older than `oldest`: it takes away what only those needed."""


@dataclass(frozen=True)
class Step:
    """One migration."""

    revision: str
    previous: str | None
    phase: Phase
    oldest: str | None = None
    concurrently: bool = False

    def bears(self, version: str) -> bool:
        """Whether a release that does not know this step can work on a database that had it."""
        if self.phase is Phase.EXPAND:
            return True
        return self.phase is Phase.CONTRACT and self.oldest is not None and number(version) >= number(self.oldest)


def number(version: str) -> tuple[int, ...]:
    """A release's version, to compare: 0.10.0 is newer than 0.9.0."""
    return tuple(int(part) for part in version.split("."))


def folder(package: str) -> Path:
    """Where the steps of a package are."""
    return Path(str(importlib.import_module(package).__file__)).parent


@cache
def of_package(package: str) -> tuple[Step, ...]:
    """The steps of `package`, oldest first. A program's own files do not change while it runs."""
    return tuple(read(path) for path in sorted(folder(package).glob("[0-9]*_*.py")))


def read(path: Path) -> Step:
    """The step in a file. Raises ConfigurationError where it says something of itself that nobody understands."""
    said: dict[str, Any] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMES:
            said[node.targets[0].id] = ast.literal_eval(node.value)
    try:
        phase, oldest = Phase(said.get("phase", Phase.FOUNDING)), said.get("oldest")
        if (phase is Phase.CONTRACT) != bool(oldest and number(oldest)):
            raise ValueError("oldest")
        return Step(said["revision"], said["down_revision"], phase, oldest, bool(said.get("concurrently")))
    except (KeyError, ValueError):
        raise ConfigurationError(
            "a step names its revision, its phase (expand, contract), and if it contracts the oldest release",
            field=path.name,
            rule="phase-of-a-step",
        ) from None
