"""Servers that may be killed and come back with what they had: a RabbitMQ node, PostgreSQL clusters, their backups.

Not here: what runs against them (rig), what is done to them when (the tests).
"""

import json
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import amqp
from kombu import Connection

from shared.broker import Delivery
from shared.embedded import postmaster
from shared.embedded.account import Account
from shared.embedded.cluster import ROLE, Cluster
from shared.embedded.server import SETTINGS
from shared.testing import postgresql
from shared.testing.rabbitmq import NativeNode, have_native
from shared.testing.scratch import scratch_folder

# The broker counts every quarter second, so that "the queue is empty" is known soon; heartbeats so short that a process
# can be silent for longer than two of them within a test.
NODE = "collect_statistics_interval = 250\nheartbeat = 4\n"
ERLANG = "-rabbit quorum_tick_interval 250"
# Killed, not unplugged: what was handed to the kernel stays, so nothing need wait for the disk.
DATABASE = {**SETTINGS, "fsync": "off", "max_connections": "80", "shared_buffers": "32MB"}


class Database:
    """A PostgreSQL cluster of its own, in a folder that scratch clears."""

    def __init__(self, folder: Path) -> None:
        account = Account.named("postgres") if os.geteuid() == 0 else None
        self.programs = postgresql.DEBIAN_PROGRAMS
        self.account = account
        self.cluster = Cluster(
            folder / "postgresql", self.programs, account, ["--locale=C.UTF-8", "--no-sync"], DATABASE
        )
        self.backup = folder / "postgresql" / "backup"

    def create(self) -> None:
        """A fresh data directory, and the server on it."""
        self.cluster.create()
        self.start()

    def start(self) -> None:
        """Start it; recovers what a kill left."""
        self.cluster.start()

    def stop(self) -> None:
        """Stop it in order."""
        self.cluster.stop()

    def kill(self) -> None:
        """Kill the postmaster as a machine out of memory would; its children follow when they notice."""
        found = postmaster.running(self.cluster.data)
        assert found is not None, "the database runs"
        os.kill(found.pid, signal.SIGKILL)
        while postmaster.running(self.cluster.data) is not None:
            time.sleep(0.02)

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return self.cluster.url(name)

    def dump(self, name: str) -> None:
        """Keep one database as pg_dump writes it."""
        self._must("pg_dump", "--format=custom", f"--file={self.backup}.dump", *self._where(), name)

    def restore_dump(self, name: str) -> None:
        """Put the dump in place of the database, in this same cluster."""
        self.cluster.drop_database(name)
        self.cluster.create_database(name)
        self._must("pg_restore", f"--dbname={name}", "--no-owner", *self._where(), f"{self.backup}.dump")

    def restore_dump_elsewhere(self, name: str) -> None:
        """Put the dump into a new cluster that takes the place of this one."""
        self.stop()
        shutil.rmtree(self.cluster.data)
        self.create()
        roles = "create role kinward_eraser nologin; create role kinward_app nologin"  # not in a dump
        self._must("psql", f"--command={roles}", *self._where(), "postgres")
        self.cluster.create_database(name)
        self._must("pg_restore", f"--dbname={name}", "--no-owner", *self._where(), f"{self.backup}.dump")

    def copy(self) -> None:
        """Keep the files of the whole cluster, while it runs."""
        self._must("pg_basebackup", f"--pgdata={self.backup}", "--checkpoint=fast", "--no-sync", *self._where())

    def restore_copy(self, *, by_recovery: bool) -> None:
        """Put the files back; `by_recovery` as PostgreSQL's manual says (25.3.4), which begins a new timeline."""
        self.stop()
        shutil.rmtree(self.cluster.data)
        self.backup.rename(self.cluster.data)
        if by_recovery:
            settings = self.cluster.data / "postgresql.auto.conf"
            with settings.open("a", encoding="ascii") as file:
                file.write("restore_command = '/bin/false'\n")
            signal_file = self.cluster.data / "recovery.signal"
            signal_file.touch()
            if self.account is not None:
                os.chown(signal_file, self.account.uid, self.account.gid)
        self.start()

    def _where(self) -> list[str]:
        return [f"--host={self.cluster.folder}", f"--username={ROLE}"]

    def _must(self, program: str, *arguments: str) -> None:
        status, output = self.cluster._run(program, *arguments)  # as the server's account, which owns the folder
        assert status == 0, (program, output)


@dataclass
class Queues:
    """The broker seen from outside: its queues and connections, and messages that nobody of ours has sent."""

    node: NativeNode
    uri: str

    @property
    def vhost(self) -> str:
        """The deployment's vhost."""
        return self.uri.rpartition("/")[2]

    def left(self) -> dict[str, tuple[int, int]]:
        """Queues that hold something: (ready, handed out and not acknowledged)."""
        found = self._api("GET", f"/api/queues/{self.vhost}")
        counts = {
            each["name"]: (each.get("messages_ready", 0), each.get("messages_unacknowledged", 0)) for each in found
        }
        return {name: count for name, count in counts.items() if any(count)}

    def connections(self, service: str) -> list[str]:
        """Names of the open connections of a service's processes."""
        found = self._api("GET", "/api/connections")
        return [
            each["name"]
            for each in found
            if each.get("vhost") == self.vhost
            and each.get("client_properties", {}).get("connection_name") == f"kinward {service}"
        ]

    def cut(self, service: str, *only: str) -> int:
        """Close connections of a service from the broker's side, all or those named; how many there were."""
        names = [name for name in self.connections(service) if not only or name in only]
        for name in names:
            with suppress(urllib.error.HTTPError):  # it was quicker
                self._api("DELETE", f"/api/connections/{quote(name, safe='')}")
        return len(names)

    def limit(self, queue: str, size: int | None) -> None:
        """Make a queue hold at most that many bytes; None lifts it."""
        path = f"/api/policies/{self.vhost}/small"
        if size is None:
            self._api("DELETE", path)
            return
        definition = {"max-length-bytes": size}
        self._api("PUT", path, {"pattern": f"^{queue}$", "definition": definition, "apply-to": "queues"})

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """A channel of our own."""
        with Connection(self.uri) as connection:
            yield connection.default_channel

    def delete(self, queue: str) -> None:
        """Delete a queue with what it holds."""
        with self.channel() as channel:
            channel.queue_delete(queue)

    def exists(self, queue: str) -> bool:
        """Whether there is such a queue."""
        try:
            with self.channel() as channel:
                channel.queue_declare(queue, passive=True)
        except amqp.exceptions.NotFound:
            return False
        return True

    def look(self, queue: str) -> list[Delivery]:
        """What waits in a queue that nobody consumes; it is given back."""
        return self._taken(queue, keep=True)

    def drain(self, queue: str) -> list[Delivery]:
        """Take everything out of a queue that nobody consumes."""
        return self._taken(queue, keep=False)

    def _taken(self, queue: str, *, keep: bool) -> list[Delivery]:
        """By consuming: a queue with a single active consumer refuses to be asked for one message."""
        found: list[Delivery] = []
        with Connection(self.uri) as connection:
            channel = connection.default_channel
            count = channel.queue_declare(queue, passive=True).message_count
            channel.basic_consume(queue, callback=lambda message: found.append(_delivery(queue, message)))
            with suppress(TimeoutError):
                while len(found) < count:
                    connection.drain_events(timeout=5)
            if not keep:
                for each in found:
                    channel.basic_ack(each.tag)
                channel.queue_declare(queue, passive=True)  # answered behind them
        return found

    def send(self, queue: str, messages: list[tuple[bytes, Mapping[str, Any]]]) -> None:
        """Put bodies with headers straight into a queue, in their order."""
        with self.channel() as channel:
            for body, headers in messages:
                message = amqp.Message(body, application_headers=dict(headers), delivery_mode=2)
                channel.basic_publish(message, exchange="", routing_key=queue)
            channel.queue_declare(queue, passive=True)  # answered after them, so they have arrived

    def eavesdrop(self, services: tuple[str, ...]) -> str:
        """A queue of our own that gets all that these services publish; its name."""
        with self.channel() as channel:
            channel.queue_declare("eavesdropper", durable=True, auto_delete=False)
            for service in services:
                channel.exchange_declare(f"{service}.events", "fanout", durable=True, auto_delete=False)
                channel.queue_bind("eavesdropper", f"{service}.events")
        return "eavesdropper"

    def bound(self, queue: str, service: str, *, wanted: bool) -> None:
        """Bind a queue to what a service publishes, or unbind it."""
        with self.channel() as channel:
            (channel.queue_bind if wanted else channel.queue_unbind)(queue, f"{service}.events")

    def _api(self, method: str, path: str, body: object = None) -> Any:
        management = self.node.management
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, management.api, management.user, management.password, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{management.api}{path}", data=data, method=method)
        asked.add_header("Content-Type", "application/json")
        with opener.open(asked, timeout=20) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


def _delivery(queue: str, message: Any) -> Delivery:
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    info = message.delivery_info
    headers = message.properties.get("application_headers", {})
    return Delivery(queue, info["delivery_tag"], body, headers, bool(info["redelivered"]))


@contextmanager
def node() -> Iterator[NativeNode]:
    """A RabbitMQ node that tests may kill. Raises ServerMissing."""
    have_native()
    with scratch_folder("faults-rabbitmq") as folder:
        made = NativeNode(folder, NODE, ERLANG)
        try:
            made.start()
            yield made
        finally:
            made.kill()


@contextmanager
def database(name: str) -> Iterator[Database]:
    """A PostgreSQL 15 that tests may kill and restore."""
    postgresql.have_debian()
    account = Account.named("postgres") if os.geteuid() == 0 else None
    with scratch_folder(f"faults-{name}", account) as folder:
        made = Database(folder)
        made.create()
        try:
            yield made
        finally:
            made.stop()
