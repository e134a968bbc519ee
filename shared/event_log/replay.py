"""Events sent again to a consumer that asked: which, and how many at a time.

Belongs here: requests and the window still to be sent for each. Not here: sending (relay), deciding to ask (stream).
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import Invalid

WINDOW = 20_000
"""Events that one request brings; who needs more asks again, so a consumer that died costs no more than this."""

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


@dataclass(slots=True)
class Window:
    """What is still to be sent for one request: events above `after`, up to `until`."""

    after: int
    until: int


class Windows:
    """The open windows of one epoch, at most one for each consumer."""

    def __init__(self) -> None:
        self._open: dict[str, Window] = {}

    def ask(self, request: Request, epoch: UUID) -> bool:
        """Open a window, in place of an older one of the same consumer; False for a request about another epoch."""
        if request.epoch not in (None, epoch):
            return False
        self._open[request.consumer] = Window(request.after, request.after + WINDOW)
        return True

    def open(self) -> list[tuple[str, Window]]:
        """Consumers and their windows, oldest request first."""
        return list(self._open.items())

    def close(self, consumer: str) -> None:
        """Forget a window that was sent, or that nobody waits for."""
        self._open.pop(consumer, None)

    def clear(self) -> None:
        """Forget all; consumers ask again."""
        self._open.clear()
