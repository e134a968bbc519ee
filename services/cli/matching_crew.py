"""Several processes put the records of a run beside others, a chunk each; progress is noted in the order of the chunks.

A chunk's pairs are one commit of the process that found them, the run's progress another one after it: where both
processes end between the two, the chunk is looked at again and finds its pairs there. Not here: driving (driving), the
processes themselves (hands).
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

from services.cli import hands
from shared.errors import Unavailable
from shared.runtime.deployment import Deployment

Chunk = Sequence[UUID]
Look = Callable[[Chunk], int]
"""Look at these children; how many pairs were found."""
Hand = hands.Hand[Chunk, int]


class Crew:
    """`size` processes that look; use as a context manager."""

    def __init__(self, deployment: Deployment, look: Look, size: int) -> None:
        self._deployment, self._look, self._size = deployment, look, size
        self._hands: list[Hand] = []

    def __enter__(self) -> Self:
        self._hands = hands.forked(self._deployment, self._look, self._size)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        hands.dismiss(self._hands)

    def found(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, int]]:
        """Each chunk with what was found in it, in the order given. Raises Unavailable where a process ended."""
        given: deque[tuple[Hand, Chunk]] = deque()
        free = deque(self._hands)
        for chunk in chunks:
            hand = free.popleft()
            hand.give(chunk)
            given.append((hand, chunk))
            if not free:
                yield _answered(given, free)
        while given:
            yield _answered(given, free)


def _answered(given: deque[tuple[Hand, Chunk]], free: deque[Hand]) -> tuple[Chunk, int]:
    hand, chunk = given.popleft()
    found = hand.answer()
    if found is None:
        raise Unavailable("A process that looked through the register has ended.", remedy="Run it again.")
    free.append(hand)
    return chunk, found
