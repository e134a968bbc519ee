"""The event log's nameko face: `log = EventLog()` makes a service relay what it writes, in a managed thread.

Not here: the relaying itself (relay). Stock nameko's EventDispatcher is not used: it publishes beside the transaction
instead of out of it, and does not notice when nobody listens.
"""

import threading
from typing import Protocol

from nameko.extensions import DependencyProvider
from sqlalchemy import Engine

from shared.broker import Broker
from shared.event_log.relay import Relay

STOP_WITHIN = 20.0
"""Seconds to let the messages in hand be confirmed; what is not will be sent again."""


class Runtime(Protocol):
    """What the process offers its services under the key "kinward" of nameko's configuration."""

    deployment: str

    def engine(self, service: str) -> Engine:
        """The engine of the service's database."""

    def broker(self, service: str) -> Broker:
        """Where the service's broker connections come from."""


class EventLog(DependencyProvider):  # type: ignore[misc]
    """Relays the event log of the service it is declared in."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._ended.set()

    def start(self) -> None:
        """Begin to relay."""
        self._ended.clear()
        self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """Let the turn in hand end and close the channel."""
        self._stop.set()
        self._ended.wait(STOP_WITHIN)

    def kill(self) -> None:
        """Stop without waiting."""
        self._stop.set()

    def _run(self) -> None:
        runtime: Runtime = self.container.config["kinward"]
        service: str = self.container.service_name
        try:
            Relay(runtime.engine(service), runtime.broker(service), runtime.deployment, service).serve(self._stop)
        finally:
            self._ended.set()
