"""How events are applied: one by one through a service's handlers, or many at once by a projection.

An applier opens the transaction in which the consumer also moves its watermark. Not here: which events to apply.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from shared import logs, metrics, telemetry
from shared.envelope import Event
from shared.happening import Waits, ids_in, touched_fields

LOG = logging.getLogger("kinward.stream")


class Work(Protocol):
    """One open transaction."""

    @property
    def connection(self) -> Connection:
        """The connection whose transaction it is."""

    @property
    def projected(self) -> tuple[int, int] | None:
        """When events went into read tables, in nanoseconds since 1970; None where none did."""

    def apply(self, events: Sequence[Event]) -> tuple[int, Waits | None]:
        """Apply events in order; returns how many, and what the next one waits for (None: nothing, all are applied)."""

    def flush(self) -> None:
        """Write what was applied so far, so that what the database refuses is refused here."""


class Applier(Protocol):
    """Opens transactions."""

    def transaction(self) -> AbstractContextManager[Work]:
        """A transaction that commits when its block ends well and else rolls back."""

    def touches(self, event: Event) -> frozenset[UUID]:
        """The ids that an event touches besides its subject."""


class EventUnitOfWork(Protocol):
    """What the stream needs of a unit of work (shared.unit_of_work.SqlUnitOfWork)."""

    session: Session

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load what events about these subjects will need, in a handful of queries."""

    def caused_by(self, event: Event) -> None:
        """What follows is done because of this event."""

    def commit(self) -> None:
        """Write everything, in one commit."""

    def rollback(self) -> None:
        """Forget everything."""

    def close(self) -> None:
        """Give the connection back."""


class HandlerApplier:
    """Runs each event through the handler of its type, a whole batch in one unit of work."""

    def __init__(
        self,
        service: str,
        make_uow: Callable[[], EventUnitOfWork],
        handlers: Mapping[str, Callable[[Any, Event], object]],
    ) -> None:
        self._service = service
        self._make_uow = make_uow
        self._handlers = handlers

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """See Applier."""
        uow = self._make_uow()
        try:
            yield _HandlerWork(self._service, uow, self._handlers)
            uow.commit()
        except BaseException:
            uow.rollback()
            raise
        finally:
            uow.close()

    def touches(self, event: Event) -> frozenset[UUID]:
        """See Applier: the fields that its handler was marked with (shared.happening.touching)."""
        return frozenset(ids_in(event.data, touched_fields(self._handlers.get(event.type))))


class _HandlerWork:
    projected: tuple[int, int] | None = None

    def __init__(
        self, service: str, uow: EventUnitOfWork, handlers: Mapping[str, Callable[[Any, Event], object]]
    ) -> None:
        self._service = service
        self._uow = uow
        self._handlers = handlers

    @property
    def connection(self) -> Connection:
        return self._uow.session.connection()

    def apply(self, events: Sequence[Event]) -> tuple[int, Waits | None]:
        """Handle those that have a handler and were not erased; the others only move the watermark."""
        known = {event.subject for event in events if self._concerns(event)}
        if known:
            self._uow.expect(known)
        for count, event in enumerate(events):
            if self._concerns(event):
                with logs.bound(correlation=str(event.correlation_id), event=str(event.id)):
                    answer = self._handle(event)
                if isinstance(answer, Waits):
                    return count, answer
        return len(events), None

    def flush(self) -> None:
        """See Work."""
        self._uow.session.flush()

    def _concerns(self, event: Event) -> bool:
        return event.data is not None and event.type in self._handlers

    def _handle(self, event: Event) -> object:
        started, outcome = time.perf_counter(), "failed"
        self._uow.caused_by(event)
        try:
            answer = self._handlers[event.type](self._uow, event)
            outcome = "waits" if isinstance(answer, Waits) else "done"
            return answer
        finally:
            timer = metrics.HANDLERS.labels(self._service, event.type, outcome)
            timer.observe(time.perf_counter() - started)
            if outcome == "failed":
                LOG.warning("event not handled", extra={"consumer": self._service, "type": event.type})


class ProjectionApplier:
    """Gives whole runs of events to one function that writes read tables set-wise."""

    def __init__(
        self,
        engine: Engine,
        project: Callable[[Connection, Sequence[Event]], None],
        touches: Callable[[Event], Iterable[UUID]] = lambda event: (),
    ) -> None:
        self._engine = engine
        self._project = project
        self._touches = touches

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """See Applier."""
        with self._engine.begin() as connection:
            yield _ProjectionWork(connection, self._project)

    def touches(self, event: Event) -> frozenset[UUID]:
        """See Applier."""
        return frozenset(self._touches(event))


class _ProjectionWork:
    def __init__(self, connection: Connection, project: Callable[[Connection, Sequence[Event]], None]) -> None:
        self.connection = connection
        self._project = project
        self.projected: tuple[int, int] | None = None

    def apply(self, events: Sequence[Event]) -> tuple[int, Waits | None]:
        """Project those that were not erased."""
        known = [event for event in events if event.data is not None]
        if known:
            begun = telemetry.now()
            self._project(self.connection, known)
            self.projected = begun, telemetry.now()
        return len(events), None

    def flush(self) -> None:
        """See Work: whatever was applied is written already."""
