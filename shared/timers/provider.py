"""The timers' nameko face: `clocks = Clocks(handlers.TIMED, every=timedelta(minutes=5))` in a service's class.

Not here: the running itself (timers). Stock nameko's @timer is not used: every replica would run it, on the workers'
pool, and what it raises is lost.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from nameko.extensions import DependencyProvider
from sqlalchemy import Engine

from shared.timers.timers import Timed, Timers
from shared.unit_of_work import Context, SqlUnitOfWork

STOP_WITHIN = 20.0
"""Seconds to let the handler in hand finish."""


class Runtime(Protocol):
    """What the process offers its services under the key "kinward" of nameko's configuration."""

    zone: ZoneInfo

    def engine(self, service: str) -> Engine:
        """The engine of the service's database."""

    def unit_of_work(self, service: str, context: Context) -> SqlUnitOfWork:
        """A unit of work over it."""


class Clocks(DependencyProvider):  # type: ignore[misc]
    """Runs the timed handlers of the service it is declared in."""

    def __init__(self, timed: Mapping[str, Timed], every: timedelta) -> None:
        self._timed = timed
        self._every = every
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._ended.set()

    def start(self) -> None:
        """Begin."""
        self._ended.clear()
        self.container.spawn_managed_thread(self._run, identifier="timers")

    def stop(self) -> None:
        """Finish the handler in hand."""
        self._stop.set()
        self._ended.wait(STOP_WITHIN)

    def kill(self) -> None:
        """Stop without waiting."""
        self._stop.set()

    def _run(self) -> None:
        runtime: Runtime = self.container.config["kinward"]
        service: str = self.container.service_name
        timers = Timers(
            service,
            runtime.engine(service),
            lambda context: runtime.unit_of_work(service, context),
            self._timed,
            zone=runtime.zone,
            every=self._every,
        )
        try:
            timers.serve(self._stop)
        finally:
            self._ended.set()
