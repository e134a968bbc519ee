"""Ids that were erased, in a file beside the databases: what a restored backup brings back is found and erased again.

One JSON object a line, appended and forced to the disk before the erasing transaction commits: a crash in between
leaves a line too many, never one too few. It holds ids, instants and codes. Not here: the erasing itself.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from shared.errors import ConfigurationError

FILE = "erased.jsonl"
INFO = "deny_list"
"""Under which key a session knows the list of its deployment."""


@dataclass(frozen=True)
class Erased:
    """One erased id: when, and on what ground (a code)."""

    id: UUID
    at: datetime
    ground: str


class DenyList:
    """The list of one deployment."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist before the first erasure."""
        self.path = path

    def append(self, lines: Iterable[Erased]) -> None:
        """Add lines; they are on the disk when this returns. Raises ConfigurationError where that is not possible."""
        text = "".join(
            json.dumps({"id": str(each.id), "at": each.at.isoformat(), "ground": each.ground}) + "\n" for each in lines
        )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(text.encode())
        except OSError as error:
            raise ConfigurationError(
                f"the list of erased ids cannot be written ({error.strerror}): nothing was erased",
                field=str(self.path), rule="deny-list", remedy="make the file writable for the service's account",
            ) from None  # fmt: skip

    def _write(self, lines: bytes) -> None:
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(descriptor, lines) != len(lines):
                raise OSError(0, "written in part")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def read(self) -> tuple[Erased, ...]:
        """Every line, the oldest first; an id may stand in several. Raises ConfigurationError where one is damaged."""
        if not self.path.exists():
            return ()
        with self.path.open(encoding="utf-8") as file:
            return tuple(self._line(number, text) for number, text in enumerate(file, start=1) if text.strip())

    def _line(self, number: int, text: str) -> Erased:
        try:
            found: Mapping[str, str] = json.loads(text)
            return Erased(UUID(found["id"]), datetime.fromisoformat(found["at"]), found["ground"])
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(
                f"line {number} of the list of erased ids cannot be read", field=str(self.path), rule="deny-list",
                remedy="take the line from another copy of the file; do not delete it",
            ) from None  # fmt: skip
