"""Several processes take the lines of a batch into one service, each the children whose keys fall to it.

Every line of a child falls to the same process, so that a child's lines keep their order and nobody waits for another.
Each process has connections of its own and commits its own part; that a batch may be taken any number of times makes an
interruption between the parts as harmless as any other. Not here: what is taken (import_steps), the order of the
services (register_import), the processes themselves (hands).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID
from zlib import crc32

from services.cli import hands
from services.cli.register_errors import LineError
from services.cli.register_rules import RegisterLine
from shared.runtime.deployment import Deployment

FEWEST = 200
"""Fewer lines are quicker taken by one process."""


@dataclass(frozen=True)
class Part:
    """What came of the lines that one process took."""

    errors: list[LineError]
    children: dict[str, UUID]
    made: Counter[str]


Take = Callable[[list[RegisterLine]], Part]


class Crew:
    """`size` processes that take lines by `take`; use as a context manager, from before the first line to the last."""

    def __init__(self, deployment: Deployment, take: Take, size: int) -> None:
        self._deployment = deployment
        self._take = take
        self._size = size
        self._hands: list[hands.Hand[list[RegisterLine], Part]] = []

    def __enter__(self) -> Self:
        if self._size > 1:
            self._hands = hands.forked(self._deployment, self._take, self._size)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss()

    def take(self, lines: list[RegisterLine]) -> Part:
        """All lines, each taken or refused. Raises what the taking raises."""
        if not self._hands or len(lines) < FEWEST:
            return self._take(lines)
        parts: list[list[RegisterLine]] = [[] for _ in self._hands]
        for line in lines:
            parts[crc32(line.child_key.encode()) % len(parts)].append(line)
        for hand, part in zip(self._hands, parts, strict=True):
            hand.give(part)
        done = [hand.answer() for hand in self._hands]
        if any(part is None for part in done):
            # Whatever stopped one stops this process at the same lines, in its own words; what is done stays done.
            self._dismiss()
            return self._take(lines)
        return _joined([part for part in done if part is not None])

    def _dismiss(self) -> None:
        hands.dismiss(self._hands)
        self._hands = []


def _joined(parts: Sequence[Part]) -> Part:
    made: Counter[str] = Counter()
    for part in parts:
        made += part.made
    children = {key: id_ for part in parts for key, id_ in part.children.items()}
    return Part([error for part in parts for error in part.errors], children, made)
