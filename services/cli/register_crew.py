"""Several processes take the lines of a batch into one service, each the children whose keys fall to it.

Every line of a child falls to the same process, so that a child's lines keep their order and nobody waits for another.
Each process has connections of its own and commits its own part; that a batch may be taken any number of times makes an
interruption between the parts as harmless as any other. Not here: what is taken (import_steps), the order of the
services (register_import).
"""

import gc
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self
from uuid import UUID
from zlib import crc32

from services.cli.register_errors import LineError
from services.cli.register_rules import RegisterLine
from shared.runtime.deployment import Deployment

FEWEST = 200
"""Fewer lines are quicker taken by one process."""
PATIENCE = 10.0
"""Seconds that a process has to end by itself once it has nothing more to do."""


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
        self._hands: list[tuple[Connection, BaseProcess]] = []

    def __enter__(self) -> Self:
        if self._size > 1:
            forked = multiprocessing.get_context("fork")
            for _ in range(self._size):
                ours, theirs = forked.Pipe()
                held = [connection for connection, _ in self._hands] + [ours]
                hand = forked.Process(target=self._work, args=(theirs, held), daemon=True)
                hand.start()
                theirs.close()
                self._hands.append((ours, hand))
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
        with suppress(OSError):  # one that is gone is seen when it does not answer
            for (connection, _), part in zip(self._hands, parts, strict=True):
                connection.send(part)
        done = [self._answer(connection) for connection, _ in self._hands]
        if any(part is None for part in done):
            # Whatever stopped one stops this process at the same lines, in its own words; what is done stays done.
            self._dismiss()
            return self._take(lines)
        return _joined([part for part in done if part is not None])

    def _answer(self, connection: Connection) -> Part | None:
        try:
            found: Part | None = connection.recv()
        except (EOFError, OSError):
            return None
        return found

    def _dismiss(self) -> None:
        for connection, _ in self._hands:
            with suppress(OSError):
                connection.send(None)
            connection.close()
        for _, hand in self._hands:
            hand.join(PATIENCE)
            if hand.is_alive():
                hand.kill()
                hand.join()
        self._hands = []

    def _work(self, connection: Connection, held: Sequence[Connection]) -> None:
        """One process: lines in, what came of them out, until nobody asks any more."""
        for other in held:
            other.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted is the one who gives the work
        gc.freeze()
        self._deployment.forked()
        with suppress(EOFError, OSError):
            while (lines := connection.recv()) is not None:
                try:
                    part = self._take(lines)
                except BaseException:
                    connection.send(None)
                    raise
                connection.send(part)


def _joined(parts: Sequence[Part]) -> Part:
    made: Counter[str] = Counter()
    for part in parts:
        made += part.made
    children = {key: id_ for part in parts for key, id_ in part.children.items()}
    return Part([error for part in parts for error in part.errors], children, made)
