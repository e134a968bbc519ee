"""Kinward's way of an event as its operator runs it: `kinward serve ... --only worker`, a process a service.

From committed rows in the event logs of registry and placements, through their relays, RabbitMQ and reporting's
consumer, into committed rows of the figures. Not here: what happens (happenings), the peer (nameko_path).
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import psycopg2
from kombu import Connection as AmqpConnection
from sqlalchemy import Engine

from benchmarks import processes
from benchmarks.happenings import Happenings, single
from benchmarks.servers import Servers, dsn
from shared import db, event_log
from shared.config import SERVICES
from shared.countries import Pack
from shared.envelope import source_urn
from tests.e2e import running

SOURCES = ("registry", "placements")
CHUNK = 500
PATIENCE = 600.0

Waiting = Mapping[str, deque[tuple[float, str]]]
"""By source: when each event was committed, and the row to look for."""


class Kinward:
    """A deployment whose workers run and wait."""

    def __init__(
        self, servers: Servers, deployment: running.Deployment, engines: dict[str, Engine], pack: Pack
    ) -> None:
        self.deployment = deployment
        self.work: dict[str, float] = {}
        self._servers = servers
        self.pack = pack
        self._engines = engines
        self._figures = psycopg2.connect(dsn(deployment.database("reporting")))
        self._figures.autocommit = True
        self._children = self._stays = self._ended = 0

    def bulk(self, count: int) -> float:
        """Events a second: `count` are written and committed at once, then watched until the last is applied.

        `work` then says how many microseconds of CPU each part has spent on an event.
        """
        with ExitStack() as stack:
            connections = [stack.enter_context(self._engines[source].connect()) for source in SOURCES]
            heads = {}
            for source, connection in zip(SOURCES, connections, strict=True):
                entries = list(Happenings(count, self.pack).of(source))
                for start in range(0, len(entries), CHUNK):
                    heads[source] = event_log.append(connection, entries[start : start + CHUNK])
            before = self._work()
            started = time.perf_counter()
            for connection in connections:
                connection.commit()
            self.await_applied(heads)
            taken = time.perf_counter() - started
        self.work = {part: (spent - before.get(part, 0)) / count * 1e6 for part, spent in self._work().items()}
        self._children += count // 4
        self._stays += count // 4
        self.check()
        return count / taken

    def await_applied(self, heads: dict[str, int]) -> None:
        """Return once reporting's figures hold all up to these places. Raises SystemExit if they never do."""
        wanted = {source_urn(self.deployment.id, source): head for source, head in heads.items()}
        query = "select source, sequence from watermark where consumer = 'reporting'"

        def applied() -> bool:
            have = dict(self._rows(query))
            return all(have.get(source, 0) >= head for source, head in wanted.items())

        _until(applied, 0.005)

    def check(self) -> None:
        """The figures hold every child and every stay that was told of. Raises SystemExit."""
        schema = self._schema()
        children = self._rows(f"select count(*) from {schema}.child where area is not null")
        stays = self._rows(f"select count(*), count(*) filter (where child is not null) from {schema}.episode")
        if children != [(self._children,)] or stays != [(self._stays, self._stays)]:
            raise SystemExit(f"figures hold {children} and {stays}, not {self._children} and {self._stays}")

    def live(self, per_second: int, seconds: float) -> list[float]:
        """Milliseconds from before COMMIT to the first read that finds the row, of single events at a steady rate."""
        waiting: dict[str, deque[tuple[float, str]]] = {source: deque() for source in SOURCES}
        written = threading.Event()
        writer = threading.Thread(target=self._write, args=(per_second, seconds, waiting, written))
        writer.start()
        latencies = self._watch(waiting, written)
        writer.join()
        events = int(per_second * seconds)
        self._children += (events + 1) // 2
        self._stays += events // 2
        self.check()
        return latencies

    def _write(self, per_second: int, seconds: float, waiting: Waiting, written: threading.Event) -> None:
        """One transaction an event, at its appointed time whatever the one before took."""
        with ExitStack() as stack:
            connections = {source: stack.enter_context(self._engines[source].connect()) for source in SOURCES}
            begin = time.perf_counter()
            for number in range(int(per_second * seconds)):
                source = SOURCES[number % 2]
                entry, row = single(source, number, self.pack)
                time.sleep(max(begin + number / per_second - time.perf_counter(), 0))
                event_log.append(connections[source], [entry])
                waiting[source].append((time.perf_counter(), str(row)))
                connections[source].commit()
        written.set()

    def _watch(self, waiting: Waiting, written: threading.Event) -> list[float]:
        """Look for each source's eldest row that was not seen yet: rows of one source appear in their order."""
        schema = self._schema()
        queries = {
            "registry": f"select exists (select from {schema}.child where id = %(row)s)",
            "placements": f"select exists (select from {schema}.episode where placement = %(row)s)",
        }
        latencies = []
        deadline = time.monotonic() + PATIENCE
        while (any(waiting.values()) or not written.is_set()) and time.monotonic() < deadline:
            seen = 0
            for source, rows in waiting.items():
                while rows and self._rows(queries[source], row=rows[0][1]) == [(True,)]:
                    latencies.append((time.perf_counter() - rows.popleft()[0]) * 1000)
                    seen += 1
            if not seen:
                time.sleep(0.002)
        if any(waiting.values()):
            raise SystemExit("events never became figures")
        return latencies

    def rebuild(self) -> float:
        """Events a second, of building the figures anew from the whole logs while the live ones stand."""
        told = json.loads(self.deployment.kinward("rebuild", "reporting", "--json"))
        taken = datetime.fromisoformat(told["done_at"]) - datetime.fromisoformat(told["started_at"])
        self.check()
        return float(told["events"] / taken.total_seconds())

    def _work(self) -> dict[str, float]:
        """CPU seconds of each part so far."""
        serving = {each.pid: each.log.stem.split("-")[1] for each in self.deployment.served}
        databases = {
            self.deployment.database(service).rpartition("/")[2].partition("?")[0]: service for service in SERVICES
        }
        found: dict[str, float] = {}
        for pid, spent in processes.work([*serving, self._servers.node, self._servers.postmaster]).items():
            title = processes.title(pid).split()
            if pid in serving:
                part = "consumer" if serving[pid] == "reporting" else "relays"
            elif title[:1] == ["postgres:"] or "postgres" in " ".join(title[:1]):
                service = databases.get(title[2] if len(title) > 2 else "")
                part = {None: "PostgreSQL itself", "reporting": "PostgreSQL for the consumer"}.get(
                    service, "PostgreSQL for the relays"
                )
            else:
                part = "RabbitMQ"
            found[part] = found.get(part, 0) + spent
        return found

    def _schema(self) -> str:
        return str(self._rows("select schema_name from live_figures")[0][0])

    def _rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self._figures.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def close(self) -> None:
        """Give the connections back."""
        self._figures.close()
        for engine in self._engines.values():
            engine.dispose()


@contextmanager
def running_kinward(servers: Servers, pack: Pack) -> Iterator[Kinward]:
    """A fresh deployment on these servers, ready."""
    databases = {f"{service.upper()}_DATABASE_URL": servers.postgresql.new_database() for service in SERVICES}
    uri = servers.rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, pack.id, AMQP_URI=uri, **databases) as deployment:
        deployment.kinward("migrate")
        deployment.kinward("keys", "init")
        for service in SERVICES:
            deployment.start(service, "--only", "worker", port=running.free_port())
        for serving in deployment.served:
            running.await_ready(serving)
        _unbind_other_consumers(uri)
        engines = {source: db.make_engine(deployment.database(source)) for source in SOURCES}
        made = Kinward(servers, deployment, engines, pack)
        try:
            yield made
        finally:
            made.close()


def _unbind_other_consumers(uri: str) -> None:
    """The other services listen too; what their handlers cost is not the way that is measured."""
    with AmqpConnection(uri) as connection:
        for consumer, sources in {
            "registry": ["placements"],
            "placements": ["registry"],
            "social_work": SOURCES,
        }.items():
            _until(lambda consumer=consumer: _is_consumed(connection, f"{consumer}.inbox"), 0.1)
            for source in sources:
                connection.default_channel.queue_unbind(f"{consumer}.inbox", f"{source}.events")


def _is_consumed(connection: Any, queue: str) -> bool:
    """Whether somebody listens, who has bound the queue before."""
    channel = connection.channel()
    try:
        return bool(channel.queue_declare(queue, passive=True).consumer_count)
    except connection.channel_errors:
        return False


def _until(holds: Callable[[], bool], turn: float) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain")
        time.sleep(turn)
