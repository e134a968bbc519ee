"""One turn after the other through a service's timed handlers, one transaction each, one process at a time.

The lock only saves work: a timed handler finds by itself what is due, and running it twice does nothing twice.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared import clock, db, metrics
from shared.unit_of_work import Context, SqlUnitOfWork

LOG = logging.getLogger("kinward.timers")
ACTOR = "timer"
FULL = 500
"""A handler that did so many things in one transaction may have more to do, and is asked again at once."""
ROUNDS = 40
SHARE, LONGEST = 0.25, 1.0
"""How long others get after a full load, of the time that it took; and the most, in seconds.

A process that serves everything answers nobody while a load is done: its database connections block.
"""

Timed = Callable[[Any, datetime, date], int]
"""(uow, at, today) -> how many things it did."""


class Timers:
    """Runs the timed handlers of one service."""

    def __init__(
        self,
        service: str,
        engine: Engine,
        open_uow: Callable[[Context], SqlUnitOfWork],
        timed: Mapping[str, Timed],
        *,
        zone: ZoneInfo,
        every: timedelta,
    ) -> None:
        self._service = service
        self._unpooled = db.make_unpooled_engine(engine.url.render_as_string(hide_password=False))
        self._open = open_uow
        self._timed = dict(timed)
        self._zone = zone
        self._every = every

    def serve(self, stop: threading.Event) -> None:
        """Turn after turn until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                self.turn()
            except SQLAlchemyError as error:
                LOG.warning("timers wait", extra={"service": self._service, "error": type(error).__name__})
            stop.wait(self._every.total_seconds())

    def turn(self) -> dict[str, int] | None:
        """Run every handler until nothing more is due; what each did, or None where another process is at it."""
        with self._unpooled.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
            lock = {"n": db.lock_number(f"timers {self._service}")}
            if not guard.scalar(text("select pg_try_advisory_lock(:n)"), lock):
                return None
            try:
                return {name: self.run(name) for name in self._timed}
            finally:
                guard.execute(text("select pg_advisory_unlock(:n)"), lock)

    def run(self, name: str) -> int:
        """Run one handler; a failure is counted and logged, and the others go on."""
        try:
            return self.attempt(name)
        except Exception as error:
            metrics.TIMER_FAILURES.labels(self._service, name).inc()
            told = {"service": self._service, "timer": name, "error": type(error).__name__}
            LOG.exception("timer failed", extra=told)
            return 0

    def attempt(self, name: str) -> int:
        """Run one handler until it finds less than a full load; how many things it did. Raises what it raises."""
        done, started = 0, time.perf_counter()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = self._once(self._timed[name])
            done += found
            time.sleep(min(SHARE * (time.perf_counter() - began), LONGEST))
            if found < FULL:
                break
        metrics.TIMER_RUN.labels(self._service, name).set_to_current_time()
        if done:
            seconds = round(time.perf_counter() - started, 3)
            told = {"service": self._service, "timer": name, "done": done, "seconds": seconds}
            LOG.info("timer ran", extra=told)
        return done

    def _once(self, handler: Timed) -> int:
        at = clock.now()
        uow = self._open(Context(actor=ACTOR, at=at, system=True))
        try:
            found = handler(uow, at, clock.day_in(self._zone, at))
            uow.commit()
        finally:
            uow.close()
        return found
