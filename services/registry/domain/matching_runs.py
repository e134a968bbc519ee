"""A look through the register for records of one child: what is looked through, how far it has come, how it ends.

A run goes from child to child in the order of their ids, some thousands a transaction: what was found and how far it
came are kept together, so that a run that was cut off anywhere goes on where it was, finds nothing twice and misses
nothing. Not here: what makes a pair (matching_weights), which records are put beside each other (store).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict

__all__ = ["TRANSITIONS", "Looking", "Run", "RunInHand", "RunKind", "RunStatus", "Runs"]


class RunKind(StrEnum):
    """What is looked through: every record; those that are new or changed; or the terms of each are made anew."""

    REGISTER = "register"
    DUE = "due"
    INDEX = "index"


class RunStatus(StrEnum):
    """Where a run is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


TRANSITIONS: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.RUNNING: frozenset({RunStatus.DONE, RunStatus.STOPPED}),
    RunStatus.DONE: frozenset(),
    RunStatus.STOPPED: frozenset(),
}
"""A run that was cut off is running still and goes on; one that a person stopped is over: the next begins anew."""


class RunInHand(Conflict):
    """There is a run of this kind already, or this one is over."""

    code = "run-in-hand"
    title = "One run at a time"


@dataclass(eq=False)
class Run(Aggregate):
    """One look through the register. `children`: how many there were to look at; `after`: the last child looked at."""

    id: UUID
    kind: RunKind
    asked_by: str
    asked_at: datetime
    children: int
    looked: int = 0
    found: int = 0
    after: UUID | None = None
    status: RunStatus = RunStatus.RUNNING
    ended_at: datetime | None = None
    version: int = 1

    @property
    def begun(self) -> bool:
        """Whether any child was looked at."""
        return self.after is not None

    def advance(self, children: Sequence[UUID], found: int) -> None:
        """These children, in the order of their ids, were looked at, and so many pairs found. Raises RunInHand."""
        self._require(RunStatus.DONE)
        self.after = children[-1]
        self.looked += len(children)
        self.found += found
        self.version += 1

    def finish(self, at: datetime) -> None:
        """No child is left. Raises RunInHand."""
        self._end(RunStatus.DONE, at)

    def stop(self, at: datetime) -> None:
        """A person ends it before its end; what it found stays. Raises RunInHand."""
        self._end(RunStatus.STOPPED, at)

    def _end(self, status: RunStatus, at: datetime) -> None:
        self._require(status)
        self.status, self.ended_at = status, at
        self.version += 1

    def _require(self, status: RunStatus) -> None:
        if status not in TRANSITIONS[self.status]:
            raise RunInHand(f"The run is over: {self.status}.", field="status", rule="run-transitions")


class Runs(Protocol):
    """The runs there were."""

    def get(self, id_: UUID) -> Run:
        """The run, locked for change. Raises NotFound."""

    def add(self, run: Run) -> None:
        """Take in a new one."""

    def running(self, kind: RunKind) -> Run | None:
        """The one of this kind that is not over, locked for change; one that somebody else has in hand waits."""

    def is_running(self, kind: RunKind) -> bool:
        """Whether there is one of this kind, whoever has it in hand."""

    def free(self) -> Sequence[Run]:
        """Those that are not over and that nobody has in hand at the moment, locked for change."""


class Looking(Protocol):
    """The register as runs go through it."""

    def count(self, kind: RunKind) -> int:
        """How many children a run of this kind has before it."""

    def prepare(self) -> None:
        """Count, before the first child of a whole register, how many records share each term."""

    def following(self, kind: RunKind, after: UUID | None, most: int) -> list[UUID]:
        """The next children in the order of their ids."""

    def due(self, most: int) -> list[UUID]:
        """The children that have waited longest to be looked at."""

    def compare(self, children: Sequence[UUID], *, before: datetime, at: datetime, counted: bool = False) -> int:
        """Put children beside those that share terms with them and keep the pairs that may be one child; how many.

        `counted`: they are part of a whole register that was prepared for: each is put beside those after it alone.
        Pairs found before `before` are known and left out.
        """

    def settle(self, children: Sequence[UUID]) -> None:
        """These are due no more."""

    def behind(self) -> bool:
        """Whether there are terms that would be made otherwise now."""

    def index(self, children: Sequence[UUID]) -> None:
        """Make the terms of these anew."""

    def indexed(self) -> None:
        """The terms of all were made anew."""

    def measure(self, at: datetime) -> None:
        """Tell the metrics how much is due, open and stale."""
