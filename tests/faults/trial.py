"""One fault, made some times: each with a seed of its own, everything checked after each.

Not here: the faults, the invariants.
"""

import time
from collections.abc import Callable
from random import Random

from tests.faults import invariants
from tests.faults.invariants import NOTHING, Expected
from tests.faults.record import Line, Record
from tests.faults.rig import Rig
from tests.faults.writing import Writer

Fault = Callable[[Rig, Writer, Random], Expected | None]
"""Makes a fault and heals it; what it leaves behind on purpose. Recovery is measured from its return."""


class Trial:
    """Makes faults on one deployment."""

    def __init__(self, rig: Rig, writer: Writer, record: Record, attempts: int) -> None:
        self.rig, self.writer = rig, writer
        self.sound = True
        self._record, self._attempts = record, attempts

    def __call__(self, name: str, fault: Fault, attempts: int | None = None) -> None:
        """Make the fault, and fail with all that does not hold afterwards."""
        self.sound = False
        before, slowest, broken = self.rig.told(), 0.0, {}
        tries = attempts or self._attempts
        for attempt in range(tries):
            expected = fault(self.rig, self.writer, Random(f"{self._record.seed} {name} {attempt}")) or NOTHING
            begun = time.monotonic()
            if not expected.stopped:
                self.rig.recovered()
            slowest = max(slowest, time.monotonic() - begun)
            broken = invariants.check(self.rig, expected)
            if broken:
                break
        counts = [len(broken.get(invariant, ())) for invariant in ("no event lost", "none applied twice")]
        self._record.lines.append(Line(name, attempt + 1, self.rig.told() - before, *counts, slowest))
        assert not broken, broken
        self.sound = True
