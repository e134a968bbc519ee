"""Building the read tables anew, beside the live ones: the thread that does it, in one of the service's processes.

Belongs here: asking for a rebuild where one is needed, doing what is asked, moving the pointer. Not here: the second
consumer and its change of places (shared.stream.rebuild), the requests and the schemas (store.rebuilds).

Everything that a rebuild has reached is in the database: one that ended in the middle, with its process, goes on where
it was. Whoever holds the advisory lock does it; the lock only saves work, the rows' locks make it right.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from uuid import UUID

from sqlalchemy import Connection, select, text

from services.reporting import commands, domain, handlers, projections
from services.reporting.store import UnitOfWork, live, rebuilds
from services.reporting.store.tables import live_figures
from shared import clock, db, failpoints, metrics
from shared.backoff import Backoff
from shared.envelope import Event
from shared.errors import Unavailable
from shared.ids import new_id
from shared.stream import failures, rebuild, watermark
from shared.stream.applier import ProjectionApplier
from shared.stream.rebuild import Shadow
from shared.technical_tables import watermark as marks

if TYPE_CHECKING:
    from shared.stream.provider import Runtime

POLL = 2.0
"""Seconds between two looks for a request."""

WAIT = 0.2
"""Seconds to wait for a message, so that a rebuild that is level notices it soon."""

LAST = 3.0
"""Seconds that the live consumer may be kept waiting for the shadow to come level: a transaction may idle for 10."""

LOG = logging.getLogger("kinward.rebuild")


class RebuildOver(Unavailable):
    """Somebody else has ended the rebuild: nothing may be written to its schema any more."""

    code = "rebuild-over"
    title = "The rebuild is over"


def serve(runtime: "Runtime", service: str, stop: threading.Event) -> None:
    """Rebuild whenever that is asked for or needed, until `stop` is set. A hub listens to nobody and has nothing to."""
    if runtime.consumes(service):
        Rebuilder(runtime, service).serve(stop)


class Rebuilder:
    """Does the rebuilds of one process."""

    def __init__(self, runtime: "Runtime", service: str) -> None:
        self._runtime = runtime
        self._service = service
        self._engine = runtime.engine(service)
        self._asked: set[domain.RebuildReason] = set()
        self._tidy = False

    def serve(self, stop: threading.Event) -> None:
        """Look again and again; survives the loss of database and broker, and bugs."""
        backoff = Backoff(POLL, 60)
        while not stop.is_set():
            try:
                self.look(stop)
                backoff.reset()
                stop.wait(POLL)
            except Exception as error:  # noqa: BLE001  the edge: the service lives on
                self._note(error)
                stop.wait(backoff.wait())

    def look(self, stop: threading.Event) -> None:
        """Ask for a rebuild where one is needed; do the one that is open, if nobody else does, to its end."""
        under_way = self._needed()
        if not under_way and self._tidy:
            return
        with self._alone() as alone:
            if not alone:
                return
            self._tidy = False
            if not under_way or self._rebuild(stop):
                rebuild.remove_queue(self._runtime.broker(self._service), self._service)
                self._tidy = True

    def _needed(self) -> bool:
        """Whether a rebuild is open; one that is needed is asked for first."""
        with self._transaction() as uow:
            if uow.rebuilds.is_open():
                return True
            reason = self._reason(uow)
            if reason is None:
                return False
            self._asked.add(reason)
            uow.execute(handlers.request_rebuild, _command(uow, reason))
            LOG.warning("rebuild asked for", extra={"service": self._service, "reason": reason})
            return True

    def _reason(self, uow: UnitOfWork) -> domain.RebuildReason | None:
        """Why the live tables must be built anew, if they must. What has failed is asked for by a person, or at start.

        A release older than the one that built them does not ask: while both run, they would ask in turn.
        """
        connection = uow.session.connection()
        if self._forked(connection):
            reason = domain.RebuildReason.FORKED
        elif self._outdated(connection):
            reason = domain.RebuildReason.NEW_TYPES
        else:
            return None
        last = uow.rebuilds.latest() if reason in self._asked else None
        return None if last is not None and last.state is domain.RebuildState.FAILED else reason

    def _forked(self, connection: Connection) -> bool:
        forked = marks.c.consumer == self._service, marks.c.reason == "forked"
        return connection.execute(select(marks.c.source).where(*forked).limit(1)).first() is not None

    @staticmethod
    def _outdated(connection: Connection) -> bool:
        theirs = connection.execute(select(live_figures.c.built_with)).scalar_one()
        return projections.must_rebuild(theirs)

    def _rebuild(self, stop: threading.Event) -> bool:
        """Do the open one; False where it is not ended, because `stop` is set."""
        running = self._begun()
        if running is None:
            return True
        shadow = self._shadow(running)
        metrics.REBUILD_STATE.labels(self._service).set(1)
        try:
            return self._pursue(shadow, stop)
        finally:
            shadow.close()
            metrics.REBUILD_STATE.labels(self._service).set(0)

    def _begun(self) -> UUID | None:
        """The open rebuild, begun unless it was; None where it has ended meanwhile."""
        with self._transaction() as uow:
            found = uow.rebuilds.open()
            if found is not None and found.state is domain.RebuildState.REQUESTED:
                self._begin(uow, found)
            return found.id if found is not None else None

    def _begin(self, uow: UnitOfWork, found: domain.Rebuild) -> None:
        rebuild.forget(uow.session.connection(), self._service)
        found.begin(uow.rebuilds.empty_other(), clock.now())
        LOG.info("rebuild begins", extra={"service": self._service, "reason": found.reason})

    def _shadow(self, running: UUID) -> Shadow:
        """The consumer that projects into the schema of the rebuild."""

        def project(connection: Connection, events: Sequence[Event]) -> None:
            schema = rebuilds.count(connection, running, len(events))
            if schema is None:
                raise RebuildOver("The rebuild has ended.")
            live.enter_schema(connection, schema)
            projections.write(connection, events)

        return Shadow(
            self._engine,
            self._runtime.broker(self._service),
            self._runtime.deployment,
            self._service,
            sources=self._runtime.consumes(self._service),
            applier=ProjectionApplier(self._engine, project, projections.touches),
        )

    def _pursue(self, shadow: Shadow, stop: threading.Event) -> bool:
        """Let the shadow run until it has taken the live consumer's place, or cannot; False where told to stop."""
        backoff = Backoff(0.5, 60)
        while not stop.is_set():
            try:
                shadow.turn(WAIT)
                time.sleep(0)  # where threads are green, a long backlog would let nothing else have its turn
                if self._ended(shadow) or (shadow.level and self._flip(shadow)):
                    return True
                backoff.reset()
            except Exception as error:  # noqa: BLE001  the edge: a bug ends the rebuild, not the service
                shadow.close()
                if not failures.passes(error):
                    self._fail(failures.reason(error))
                    return True
                self._note(error)
                if not self._still_open():
                    return True
                stop.wait(backoff.wait())
        return False

    def _ended(self, shadow: Shadow) -> bool:
        """Whether a source that stopped the shadow ends the rebuild. One that forked meanwhile begins it anew."""
        with self._engine.begin() as connection:
            reasons = set(shadow.stopped(connection).values())
        if not reasons:
            return False
        if reasons != {"forked"}:
            self._fail(min(reasons - {"forked"}))
            return True
        with self._transaction() as uow:
            found = uow.rebuilds.open()
            if found is not None:
                self._begin(uow, found)
        shadow.close()
        return found is None

    def _flip(self, shadow: Shadow) -> bool:
        """Keep the live consumer waiting, let the shadow apply the rest, and change places; False if it takes too long.

        The locks' order: live stream, shadow's stream, pointer, request. The shadow's own turns lock the last alone.
        """
        shadow.clear()
        with self._transaction() as uow:
            connection = uow.session.connection()
            watermark.lock(connection, self._service)
            if not shadow.is_clear(connection) or not shadow.has_asked_since(connection):
                return False
            deadline = time.monotonic() + LAST
            while not shadow.is_far_enough(connection):
                if time.monotonic() > deadline:
                    uow.rollback()
                    return False
                shadow.turn(WAIT)
            shadow.lock(connection)
            found = uow.rebuilds.open()
            if found is None or shadow.stopped(connection):
                uow.rollback()
                return found is None
            failpoints.hit("rebuild.before_flip")
            shadow.take_place(connection)
            uow.rebuilds.make_live(str(found.schema_name), projections.built_with())
            found.finish(clock.now())
            LOG.info("rebuild done", extra={"service": self._service, "events": found.events})
        return True

    def _fail(self, reason: str) -> None:
        LOG.error("rebuild failed", extra={"service": self._service, "reason": reason})
        with self._transaction() as uow:
            found = uow.rebuilds.open()
            if found is not None:
                found.fail(reason, clock.now())
                rebuild.forget(uow.session.connection(), self._service)

    def _still_open(self) -> bool:
        with self._transaction() as uow:
            return uow.rebuilds.is_open()

    def _note(self, error: Exception) -> None:
        LOG.warning("rebuild interrupted", extra={"service": self._service, "reason": failures.reason(error)})

    @contextmanager
    def _transaction(self) -> Iterator[UnitOfWork]:
        """One unit of work, committed where its block ends well."""
        uow = cast(UnitOfWork, self._runtime.make_uow(self._service))
        try:
            yield uow
            uow.commit()
        finally:
            uow.close()

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process rebuilds, as long as the block runs."""
        engine = db.make_unpooled_engine(self._engine.url.render_as_string(hide_password=False))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            number = {"n": db.lock_number(f"rebuild {self._service}")}
            yield bool(connection.execute(text("select pg_try_advisory_lock(:n)"), number).scalar_one())


def _command(uow: UnitOfWork, reason: domain.RebuildReason) -> commands.RequestRebuild:
    at = clock.now()
    return commands.RequestRebuild(
        id=new_id(), reason=reason, actor="stream", at=at, today=clock.day_in(uow.pack.zone, at)
    )
