"""The web's nameko face: `web = Web(api.BLUEPRINTS)` mounts a service's API into the one server of the process.

The first to start listens, the others mount. Not here: what is served (app, root). Stock nameko's HTTP entrypoints are
not used: they share the workers' pool with events and answer with exception text.
"""

import logging
from collections.abc import Sequence
from typing import Any, Protocol

import eventlet
from eventlet import wsgi
from nameko.extensions import DependencyProvider, SharedExtension
from nameko.web.server import WebServer

from shared.http.blueprint import Blueprint

LOG = logging.getLogger("kinward.web")
IDLE_SECONDS = 65.0


class Runtime(Protocol):
    """What the process offers its services under the key "kinward" of nameko's configuration."""

    address: tuple[str, int]
    application: Any

    def claim_port(self, listener: Any) -> bool:
        """True for the first that asks; it is told when the process drains: `last_answers`, then `refuse`."""

    def mount(self, service: str, blueprints: Sequence[Blueprint]) -> None:
        """Answer /<service> from now on."""


class Server(WebServer):  # type: ignore[misc]
    """nameko's web server with the process's WSGI application; listens once a process."""

    def start(self) -> None:
        """Listen, if no other service of the process does."""
        runtime: Runtime = self.container.config["kinward"]
        if not runtime.claim_port(self):
            return
        # reuse_port would let two processes share the port in silence, each answering half of the requests.
        self._sock = eventlet.listen(runtime.address, reuse_port=False)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)
        LOG.info("listening", extra={"port": self._sock.getsockname()[1]})

    def get_wsgi_app(self) -> Any:
        """The process's application."""
        return self.container.config["kinward"].application

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **_: Any) -> Any:
        """eventlet's server; our access log is written by the application."""
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, log=LOG, log_output=False, debug=False, socket_timeout=IDLE_SECONDS
        )

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve one connection; one that breaks must not take the container with it (nameko kills it otherwise)."""
        try:
            super().process_request(sock, address)
        except OSError as error:
            LOG.debug("connection lost", extra={"error": type(error).__name__})

    def last_answers(self) -> None:
        """Each answer from now on ends its connection, and says so."""
        self._serv.keepalive = False

    def refuse(self) -> None:
        """Take no more connections; those that are open are finished."""
        if self._sock is not None:
            self._is_accepting = False
            self._gt.kill()
            self._sock.close()
            self._sock = None

    def stop(self) -> None:
        """Stop listening; requests under way were waited for by the process."""
        self.refuse()
        SharedExtension.stop(self)

    def kill(self) -> None:
        """Stop at once."""
        self.stop()


class Web(DependencyProvider):  # type: ignore[misc]
    """Serves the API of the service it is declared in."""

    server = Server()

    def __init__(self, blueprints: Sequence[Blueprint]) -> None:
        self._blueprints = blueprints

    def setup(self) -> None:
        """Mount the API before anything listens."""
        runtime: Runtime = self.container.config["kinward"]
        runtime.mount(self.container.service_name, self._blueprints)
