"""Changes to the shipped classes that break one thing on purpose, in a worker that tests.faults.mutant runs.

A mutation that a test does not see shows a hole in the test. Not here: which test must see which.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from shared import failpoints
from shared.envelope import Event


def every_relay_is_elected() -> None:
    """The advisory lock is taken away: whoever stands is elected."""
    from shared.event_log.election import Election
    from shared.event_log.log import CHANNEL

    def stand(self: Election) -> bool:
        if not self.won:
            with self._connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self.won = True
        return True

    Election.stand = stand  # type: ignore[method-assign]


def dies_of(event_id: str) -> None:
    """Whoever handles this event ends the process."""

    def mortal(apply: Callable[..., Any]) -> Callable[..., Any]:
        def applying(self: Any, events: Sequence[Event]) -> Any:
            done = apply(self, events)
            if any(str(event.id) == event_id for event in events):
                os._exit(failpoints.STATUS)
            return done

        return applying

    _around_apply(mortal)


def _around_apply(change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    from shared.stream import applier

    for work in (applier._HandlerWork, applier._ProjectionWork):
        work.apply = change(work.apply)  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[..., None]] = {each.__name__: each for each in (every_relay_is_elected, dies_of)}


def apply(name: str) -> None:
    """Make the mutation; what follows a colon is its argument."""
    which, _, argument = name.partition(":")
    MUTATIONS[which](*([argument] if argument else []))
