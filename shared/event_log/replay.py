"""Events sent again to a consumer that asked: which, and how many at a time.

Belongs here: requests and the window still to be sent for each; pure. Not here: reading and sending (answering),
deciding to ask (stream).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import Invalid

WINDOW = 20_000
"""Events that one request brings, of however many epochs; who needs more asks again, so that a consumer that died costs
no more than this."""

_CONSUMER = re.compile(r"[a-z0-9_-]+")


@dataclass(slots=True)
class Request:
    """What `consumer` has, and so what it still needs: all after the event `id` at (`epoch`, `after`)."""

    consumer: str
    epoch: UUID | None
    after: int
    id: UUID | None

    def encode(self) -> bytes:
        """The request as a message body."""
        return json.dumps(
            {
                "consumer": self.consumer,
                "epoch": None if self.epoch is None else str(self.epoch),
                "after": self.after,
                "id": None if self.id is None else str(self.id),
            }
        ).encode()


def decode_request(body: bytes) -> Request:
    """Read a request; raises Invalid."""
    try:
        asked: dict[str, Any] = json.loads(body)
        consumer, epoch, after, id = asked["consumer"], asked["epoch"], asked["after"], asked["id"]
        if not _CONSUMER.fullmatch(consumer) or not isinstance(after, int) or after < 0:
            raise Invalid("not a catch-up request", rule="catch-up-request")
        return Request(consumer, None if epoch is None else UUID(epoch), after, None if id is None else UUID(id))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("not a catch-up request", rule="catch-up-request") from None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive events of one epoch: those above `after`, up to `until`."""

    epoch: UUID
    after: int
    until: int

    @property
    def count(self) -> int:
        """How many events it holds."""
        return self.until - self.after


@dataclass(slots=True)
class Window:
    """What is still to be sent for one request: events above (`epoch`, `after`), at most `left`."""

    epoch: UUID
    after: int
    left: int

    def take(self, ends: Sequence[tuple[UUID, int]], most: int) -> list[Stretch]:
        """What is to be sent next, at most `most` events in all; moves the window behind it.

        `ends` are the epochs of the log with their last places, oldest first; of the current one it is the published
        head, where a window ends: the next live message follows without a gap.
        """
        taken: list[Stretch] = []
        epochs = [epoch for epoch, _ in ends]
        for epoch, end in ends[epochs.index(self.epoch) :]:
            if epoch != self.epoch:
                self.epoch, self.after = epoch, 0
            until = min(end, self.after + min(most, self.left))
            if until > self.after:
                stretch = Stretch(epoch, self.after, until)
                taken.append(stretch)
                most, self.left, self.after = most - stretch.count, self.left - stretch.count, until
            if self.after < end:
                break
        return taken

    def through(self, ends: Sequence[tuple[UUID, int]]) -> bool:
        """Tell whether all of it was taken: its size, or up to the published head."""
        epoch, end = ends[-1]
        return self.left <= 0 or (self.epoch == epoch and self.after >= end)


class Windows:
    """The open windows, at most one for each consumer."""

    def __init__(self) -> None:
        self._open: dict[str, Window] = {}

    def ask(self, consumer: str, epoch: UUID, after: int) -> None:
        """Open a window behind that place, in place of an older one of the same consumer."""
        self._open[consumer] = Window(epoch, after, WINDOW)

    def open(self) -> list[tuple[str, Window]]:
        """Consumers and their windows, oldest request first."""
        return list(self._open.items())

    def close(self, consumer: str) -> None:
        """Forget a window that was sent, or that nobody waits for."""
        self._open.pop(consumer, None)

    def clear(self) -> None:
        """Forget all; consumers ask again."""
        self._open.clear()
