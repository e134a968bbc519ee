"""RabbitMQ's management HTTP API, as far as tests need it: a fresh vhost, and its removal (30 ms each).

Not here: AMQP itself, starting a node.
"""

import base64
import http.client
import itertools
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from shared.testing.missing import ServerMissing


@dataclass(frozen=True)
class SharedVhost:
    """A vhost given without a management API: every test gets this same one, with what the test before left."""

    uri: str
    folder = None
    isolated = False

    def new_vhost(self) -> str:
        """The URI as given."""
        return self.uri

    def drop_vhost(self, uri: str) -> None:
        """Nothing: the vhost is its owner's."""


@dataclass
class Management:
    """A broker's AMQP address and its management API. `user` needs the administrator tag.

    `folder` is where a node of our own keeps everything it writes, None where somebody else runs it.
    """

    host: str
    port: int
    api: str
    user: str
    password: str
    folder: Path | None = None
    isolated = True
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_vhost(self) -> str:
        """Create an empty vhost in which the user may do all; its AMQP URI."""
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        uri = f"amqp://{account}@{self.host}:{self.port}/test-{os.getpid()}-{next(self._numbers)}"
        self.renew_vhost(uri)
        return uri

    def renew_vhost(self, uri: str) -> None:
        """Create a vhost of new_vhost() again, empty, on a node that has lost it."""
        name = uri.rpartition("/")[2]
        self._call("PUT", f"/api/vhosts/{name}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._call("PUT", f"/api/permissions/{name}/{quote(self.user, safe='')}", everything)

    def drop_vhost(self, uri: str) -> None:
        """Remove a vhost that new_vhost() made, with all its queues and connections."""
        self._call("DELETE", f"/api/vhosts/{uri.rpartition('/')[2]}")

    def wait_ready(self, output: Callable[[], str], alive: Callable[[], bool] = lambda: True) -> None:
        """Return once the broker is ready (10 to 15 s are usual); ServerMissing with its output if it gives up."""
        deadline = time.monotonic() + 120
        while not self.ready():
            if not alive() or time.monotonic() > deadline:
                raise ServerMissing(f"RabbitMQ did not start: {output()[-1500:]}")
            time.sleep(0.1)

    def ready(self) -> bool:
        """Whether the broker takes AMQP connections and the API answers."""
        try:
            socket.create_connection((self.host, self.port), timeout=5).close()
            self._call("GET", "/api/overview")
        except (OSError, http.client.HTTPException, ServerMissing):
            return False
        return True

    def _call(self, method: str, path: str, body: object = None) -> None:
        address = urlsplit(self.api)
        assert address.hostname is not None
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        connection = kind(address.hostname, address.port, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise ServerMissing(f"RabbitMQ's management API answered {answer.status} to {method} {path}.")
        finally:
            connection.close()
