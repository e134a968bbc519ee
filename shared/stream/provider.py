"""The stream's nameko face: `inbox = Stream(handlers={...})` makes a service consume events in a managed thread.

Not here: the consuming itself (consumer). Stock nameko's @event_handler is not used: it acknowledges
when a handler raises, which loses the event, and its prefetch with concurrency keeps no order.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from nameko.extensions import DependencyProvider
from sqlalchemy import Connection, Engine

from shared.broker import Broker
from shared.envelope import Event
from shared.stream.applier import Applier, EventUnitOfWork, HandlerApplier, ProjectionApplier
from shared.stream.consumer import Consumer

STOP_WITHIN = 20.0
"""Seconds to let the batch in hand finish; after that it is cut off, rolled back and comes again."""


class Runtime(Protocol):
    """What the process offers its services under the key "kinward" of nameko's configuration."""

    deployment: str

    def engine(self, service: str) -> Engine:
        """The engine of the service's database."""

    def broker(self, service: str) -> Broker:
        """Where the service's broker connections come from."""

    def consumes(self, service: str) -> list[str]:
        """The services that it consumes events of."""

    def make_uow(self, service: str) -> EventUnitOfWork:
        """A new unit of work for events: the actor is "stream"."""


class Stream(DependencyProvider):  # type: ignore[misc]
    """Consumes for the service it is declared in, by handlers per event type or by one projection of whole runs."""

    def __init__(
        self,
        handlers: Mapping[str, Callable[[Any, Any], object]] | None = None,
        project: Callable[[Connection, Sequence[Event]], None] | None = None,
        touches: Callable[[Event], Iterable[UUID]] = lambda event: (),
        beside: "Callable[[Runtime, str, threading.Event], None] | None" = None,
    ) -> None:
        """Take how events are applied; `beside` runs in a thread of its own for as long as the service consumes."""
        self._handlers = handlers or {}
        self._project = project
        self._touches = touches
        self._beside = beside
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._ended.set()

    def start(self) -> None:
        """Begin to consume."""
        self._ended.clear()
        self.container.spawn_managed_thread(self._run, identifier="stream")
        if self._beside is not None:
            runtime, service = self.container.config["kinward"], self.container.service_name
            self.container.spawn_managed_thread(
                partial(self._beside, runtime, service, self._stop), identifier="beside the stream"
            )

    def stop(self) -> None:
        """Finish the batch in hand and close the channel."""
        self._stop.set()
        self._ended.wait(STOP_WITHIN)

    def kill(self) -> None:
        """Stop without waiting."""
        self._stop.set()

    def _run(self) -> None:
        runtime: Runtime = self.container.config["kinward"]
        service: str = self.container.service_name
        consumer = Consumer(
            runtime.engine(service),
            runtime.broker(service),
            runtime.deployment,
            service,
            sources=runtime.consumes(service),
            applier=self._applier(runtime, service),
        )
        try:
            consumer.serve(self._stop)
        finally:
            self._ended.set()

    def _applier(self, runtime: Runtime, service: str) -> Applier:
        if self._project is not None:
            return ProjectionApplier(runtime.engine(service), self._project, self._touches)
        return HandlerApplier(service, partial(runtime.make_uow, service), self._handlers)
