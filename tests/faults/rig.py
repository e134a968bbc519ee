"""One deployment on servers that may be killed: a worker process for each service, and the means to break it.

    with rig.standing("kz", seed) as made: made.start("reporting", failpoints="consumer.applied=exit@3")

Workers are the shipped command, `kinward serve <service> --only worker`, unless a test names a mutation. Not here: what
is written (writing), what must hold afterwards (invariants), the faults themselves (the tests).
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.cli import composition
from shared import config, countries
from shared.config import SERVICES
from shared.embedded.account import server_account
from shared.envelope import source_urn
from shared.errors import Unavailable
from shared.runtime.deployment import Deployment
from shared.testing.scratch import scratch_folder
from tests.e2e import running
from tests.e2e.running import Serving, until
from tests.faults import servers
from tests.faults.servers import Database, NativeNode, Queues

CONSUMERS = {name: sources for name, sources in composition.CONSUMES.items() if sources}
RECOVERY = 90.0
"""Seconds in which everything must have drained after a fault has healed; on a busy machine that is much."""


@dataclass
class Servers:
    """The servers of a test run; deployments come and go on them."""

    node: NativeNode
    records: Database
    """Holds registry alone, so that it can be restored without the others."""
    rest: Database
    numbers: Iterator[int]

    def of(self, service: str) -> Database:
        """The cluster that a service's database is in."""
        return self.records if service == "registry" else self.rest


@dataclass
class Rig:
    """A deployment under test."""

    servers: Servers
    deployed: running.Deployment
    made: Deployment
    queues: Queues
    names: Mapping[str, str]
    seed: int
    workers: dict[str, Serving] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    consumers: tuple[str, ...] = tuple(CONSUMERS)
    """Those that run and are looked at."""
    mutations: dict[str, str] = field(default_factory=dict)
    """What is broken in whose worker, by service."""
    patience: float = RECOVERY

    @property
    def sources(self) -> tuple[str, ...]:
        """The services whose events those consumers hear."""
        heard = {source for consumer in self.consumers for source in CONSUMERS[consumer]}
        return tuple(service for service in SERVICES if service in heard)

    @property
    def services(self) -> tuple[str, ...]:
        """All that run."""
        return tuple(service for service in SERVICES if service in {*self.sources, *self.consumers})

    @property
    def id(self) -> str:
        """The deployment's id."""
        return self.deployed.id

    @property
    def log(self) -> Path:
        """Where failpoints note themselves."""
        return self.deployed.folder / "failpoints.log"

    def rows(self, service: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in a service's database."""
        return self.deployed.rows(service, query, **values)

    def value(self, service: str, query: str, **values: Any) -> Any:
        """The one value that a query finds, or None."""
        return self.deployed.value(service, query, **values)

    def source(self, service: str) -> str:
        """The service as events name it."""
        return source_urn(self.id, service)

    def start(
        self, service: str, *, failpoints: str = "", mutation: str = "", replica: str = "", wait: bool = True
    ) -> Serving:
        """Start a worker; `replica` names a second one of the same service."""
        environment = {}
        if failpoints:
            environment = {
                "KINWARD_TESTING": "1",
                "KINWARD_FAILPOINTS": failpoints,
                "KINWARD_FAILPOINTS_LOG": str(self.log),
            }
        changed = mutation or self.mutations.get(service, "")
        module = ("tests.faults.mutant", changed) if changed else ("services",)
        name = service + replica
        port = self.ports.setdefault(name, running.free_port())
        begun = self.deployed.start(service, "--only", "worker", port=port, module=module, environment=environment)
        self.workers[name] = begun
        if wait:
            running.await_ready(begun)
        return begun

    def start_all(self) -> None:
        """Start every worker that does not run, at the same time."""
        missing = [name for name in self.services if name not in self.workers or not self.workers[name].alive()]
        for service in missing:
            self.start(service, wait=False)
        for service in missing:
            running.await_ready(self.workers[service])

    def kill(self, name: str) -> None:
        """End a worker at once."""
        self.workers.pop(name).kill()

    def stop(self, name: str) -> None:
        """Tell a worker to end, and wait until it has."""
        assert self.workers.pop(name).stop() == 0

    def freeze(self, name: str) -> None:
        """Let a worker stand still, as a machine without time for it would."""
        os.kill(self.workers[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on."""
        os.kill(self.workers[name].pid, signal.SIGCONT)

    def ended(self, name: str, status: int) -> None:
        """Wait until a worker ends by itself, with that exit status."""
        worker = self.workers[name]
        until(lambda: not worker.alive(), f"{name} ends")
        assert worker.process.returncode == status, worker.words()
        worker.note.unlink(missing_ok=True)
        del self.workers[name]

    def hits(self, name: str) -> int:
        """How often a failpoint has acted so far."""
        lines = self.log.read_text(encoding="ascii").splitlines() if self.log.exists() else []
        return sum(line.split()[0] == name for line in lines)

    def heads(self) -> dict[str, int]:
        """How many events each service has told so far, over all epochs."""
        return {service: self._told(service) for service in SERVICES}

    def told(self) -> int:
        """How many events there are in all logs."""
        return sum(self.heads().values())

    def _told(self, service: str) -> int:
        with self.made.engine(service).connect() as connection:
            return int(connection.execute(text("select count(*) from event_log")).scalar_one())

    def level(self) -> bool:
        """Whether everything told is published, and applied by every consumer; False where a database is away."""
        try:
            return all(self._level(consumer, CONSUMERS[consumer]) for consumer in self.consumers)
        except (DBAPIError, Unavailable):
            return False

    def _level(self, consumer: str, sources: tuple[str, ...]) -> bool:
        query = "select source, epoch, sequence from watermark where consumer = :consumer"
        marks = {source: (epoch, at) for source, epoch, at in self.rows(consumer, query, consumer=consumer)}
        for source in sources:
            ((epoch, sequence, published),) = self.rows(source, "select epoch, sequence, published from event_head")
            if published != sequence:
                return False
            if sequence and marks.get(self.source(source)) != (epoch, sequence):
                return False
        return True

    def published(self, source: str) -> bool:
        """Whether all that a source has told is with the broker."""
        return bool(self.value(source, "select sequence = published from event_head"))

    def nearly(self, consumer: str, source: str, events: int) -> bool:
        """Whether a consumer is no further behind than that."""
        return self.deployed.head(source) - self.deployed.applied(consumer, source) <= events

    def heard_all(self, consumer: str, sources: Sequence[str]) -> None:
        """Wait until a consumer is level with these sources, of which nobody can say anything again now."""
        until(lambda: self._level(consumer, tuple(sources)), f"{consumer} has all of {sources}", self.patience)

    def recovered(self) -> float:
        """Wait until everything is level; seconds that took."""
        begun = time.monotonic()
        while not self.level():
            if time.monotonic() > begun + self.patience:
                raise AssertionError(f"not level after {self.patience:.0f} s: {self._standing()}")
            time.sleep(running.TURN)
        return time.monotonic() - begun

    def _standing(self) -> dict[str, object]:
        """What a person would look at first."""
        marks = {
            consumer: self.rows(consumer, "select source, sequence, head, state, reason, requested_at from watermark")
            for consumer in self.consumers
        }
        heads = {service: self.rows(service, "select sequence, published from event_head") for service in self.sources}
        alive = {name: worker.alive() for name, worker in self.workers.items()}
        words = {name: worker.words()[-1500:] for name, worker in self.workers.items()}
        return {"heads": heads, "marks": marks, "alive": alive, "queues": self.queues.left(), "words": words}

    def drained(self, patience: float = 30.0) -> dict[str, tuple[int, int]]:
        """What stays in queues; head ticks pass through all the time, so it is asked for a while."""
        deadline = time.monotonic() + patience
        while (left := self.queues.left()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return {name: count for name, count in left.items() if name != "eavesdropper"}

    def metric(self, name: str, sample: str) -> float:
        """The sum of a metric's samples that bear a label's value, as a worker tells it on /metrics."""
        text = running.ask(f"{self.workers[name].address}/metrics").body.decode()
        return sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith(sample) and not line.startswith("#")
        )

    def words(self) -> Iterator[tuple[Path, bytes]]:
        """The logs of all processes that ran."""
        for path in sorted(self.deployed.folder.glob("*.log")):
            yield path, path.read_bytes()


@contextmanager
def provided() -> Iterator[Servers]:
    """The servers, for as many deployments as come."""
    with servers.node() as node, servers.database("records") as records, servers.database("rest") as rest:
        yield Servers(node, records, rest, iter(range(1, 1000)))


@contextmanager
def standing(
    on: Servers, seed: int, id_: str = "kz", settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Rig]:
    """A migrated deployment with no worker yet, in databases and a vhost of its own; ended with all that runs in it."""
    number = next(on.numbers)
    names = {service: f"{service}_{number}" for service in SERVICES}
    for service, name in names.items():
        on.of(service).cluster.create_database(name)
    uri = on.node.management.new_vhost()
    urls = {f"{service.upper()}_DATABASE_URL": on.of(service).url(name) for service, name in names.items()}
    with scratch_folder("faults", server_account()) as home, ExitStack() as stack:
        deployed = stack.enter_context(running.deployment(home, id_, AMQP_URI=uri, **urls, **settings))
        deployed.kinward("migrate")
        deployed.kinward("keys", "init")
        made = _opened(deployed)
        stack.callback(made.dispose)
        yield Rig(on, deployed, made, Queues(on.node, uri), names, seed)
    on.node.management.drop_vhost(uri)
    for service, name in names.items():
        on.of(service).cluster.drop_database(name)


def _opened(deployed: running.Deployment) -> Deployment:
    settings = config.load(deployed.id, deployed.environment)
    pack = countries.load(settings.pack, settings.countries)
    kinds = {service: composition.kind_of(service) for service in SERVICES}
    return Deployment(settings, pack, kinds, settings.databases)
