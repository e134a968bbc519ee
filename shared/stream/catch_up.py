"""When to ask a source to send again what is missing: pure timing, on a clock of seconds that the caller reads.

One request is open at a time; it brings a window of events. Asked again after 10 s without progress, doubling to 5 min.
"""

from shared.backoff import Backoff
from shared.event_log.replay import WINDOW


class CatchUp:
    """The request of one consumer to one source."""

    def __init__(self) -> None:
        self._due: float | None = None
        self._until: int | None = None
        self._patience = Backoff(10, 300)

    def begin(self, now: float) -> None:
        """At start and after each reconnect: whatever was open may be lost, ask at once."""
        self._due, self._until = now, None
        self._patience.reset()

    def ahead(self, now: float, sequence: int) -> None:
        """Something beyond the next event exists; ask, unless a request is open whose window is not through."""
        if self._until is None or sequence >= self._until:
            self.begin(now)

    def doubtful(self, now: float, sequence: int) -> None:
        """Something came that only the source can explain, or of an epoch after ours; ask, as where it is ahead."""
        self.ahead(now, sequence)

    def arrived(self, now: float, sequence: int, head: int) -> None:
        """The watermark has moved to `sequence`; once at the head nothing more is wanted.

        A request that is due and was not sent yet stays: what came may be older than the reason for it.
        """
        self._patience.reset()
        if self._until is None:
            return
        if sequence >= head:
            self._due = self._until = None
        else:
            self._due = now + self._patience.wait()

    def end(self) -> None:
        """Nothing is wanted of a source that has stopped."""
        self._due = self._until = None
        self._patience.reset()

    def due(self, now: float) -> bool:
        """Tell whether to ask now."""
        return self._due is not None and now >= self._due

    def asked(self, now: float, sequence: int) -> None:
        """A request was sent for what follows `sequence`."""
        self._until = sequence + WINDOW
        self._due = now + self._patience.wait()

    def unheard(self) -> None:
        """The request found nobody: not open, though it stays due later; a head tick shows that somebody is there."""
        self._until = None
