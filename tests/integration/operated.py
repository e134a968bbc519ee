"""The deployment kz as its operator has it, by hand: four databases, relays and consumers in turns, and its commands.

Registry speaks, placements, social_work and reporting listen, all by their own code. Not here: what tests check.
"""

import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from typer.testing import CliRunner

from services.cli import composition
from services.cli.app import tree
from shared import event_log
from shared.broker import BrokerUnavailable
from shared.config import SERVICES
from shared.event_log.relay import Relay
from shared.stream.consumer import Consumer
from tests.integration import deployed

REGISTERED = "registry.child-registered.v1"
AMENDED = "registry.child-amended.v1"
EMPTY = """
    SET LOCAL session_replication_role = replica;  -- the log's trigger would refuse
    DELETE FROM event_log;
    DELETE FROM event_epoch;
    UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0;
    INSERT INTO event_epoch (epoch, ordinal, reason) SELECT epoch, 1, 'created' FROM event_head;
    TRUNCATE watermark, applied_run, stream_attempt, parked_event, dropped_event, orphan_event, stream, audit
"""
RUNNER = CliRunner()
PATIENCE = 180.0
"""Seconds until a wait is given up: on a busy machine ten thousand events take their time, and nothing measures it."""


def migrated(server):
    """For a fixture: the URLs of a fresh database for each service, at its newest revision."""
    found = {name: deployed.fresh(server, name) for name in SERVICES}
    yield found
    for url in found.values():
        server.drop_database(url)


def eventually(predicate):
    deadline = time.monotonic() + PATIENCE
    while not predicate():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.02)


def repeatedly(turn, *arguments, until=lambda: False):
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "did not happen"
        turn(*arguments)


@contextmanager
def threads(*serving):
    """Each runs in a thread of its own, until the end of the block."""
    stop = threading.Event()
    running = [threading.Thread(target=serve, args=(stop,), daemon=True) for serve in serving]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in running:
            thread.join(60)
            assert not thread.is_alive()


class Operated:
    """The deployment, on databases that are migrated and emptied, and on a broker."""

    def __init__(self, home: Path, urls: dict[str, str], broker) -> None:
        self.broker = broker
        self.env = {"KINWARD_HOME": str(home), "KINWARD_DEPLOYMENT": "kz", "KINWARD_DEMO": "1"} | {
            f"KINWARD_{name.upper()}_DATABASE_URL": url for name, url in urls.items()
        }
        self._stack = ExitStack()
        with RUNNER.isolation(env=self.env):
            self.opened = self._stack.enter_context(composition.opened("kz"))
        for name in SERVICES:
            self.sql(name, EMPTY)
        self.relays = {name: self.relay(name) for name in SERVICES}
        self.consumers = {name: self.consumer(name) for name in SERVICES if self.opened.consumes(name)}

    def relay(self, service, broker=None):
        return Relay(self.opened.engine(service), broker or self.broker, "kz", service)

    def consumer(self, service, broker=None):
        sources, applier = self.opened.consumes(service), self.opened.applier(service)
        engine = self.opened.engine(service)
        return Consumer(engine, broker or self.broker, "kz", service, sources=sources, applier=applier)

    def run(self, *arguments):
        """A command."""
        return RUNNER.invoke(tree(arguments[0]), list(arguments), env=self.env)

    def good(self, *arguments):
        """A command that ends well; what it printed."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def sql(self, service, statement, **values):
        with self.opened.engine(service).begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else None

    def register(self, *children, type_=REGISTERED, seconds_ago=0):
        """Registry tells of children; the last sequence."""
        day = {"born_from": "2011-01-01", "born_to": "2011-01-01", "birth_basis": "documented"}
        entries = [
            event_log.NewEvent(
                id=uuid4(),
                type=type_,
                subject=child,
                time=datetime.now(UTC) - timedelta(seconds=seconds_ago),
                data={"child": str(child), "sex": "F", "area": "KZ-75", "disability": None, **day},
                subject_version=1,
                correlation_id=uuid4(),
                causation_id=None,
            )
            for child in children
        ]
        with self.opened.engine("registry").begin() as connection:
            return event_log.append(connection, entries)

    def settle(self, *services, turns=60):
        """Let everybody take turns until nothing is missing any more, or nothing more happens."""
        consumers = [self.consumers[name] for name in services or self.consumers]
        quiet = 0
        for _ in range(turns):
            moved = sum(part.turn() for part in self.relays.values())
            moved += sum(part.turn(0.02) for part in consumers)
            quiet = 0 if moved else quiet + 1
            if quiet > 4:
                return

    def serving(self, *services):
        """Relays and consumers of these services, or of all, each in a thread, until the end of the block.

        Inboxes are there before anything is published.
        """
        for name in services or SERVICES:
            if name in self.consumers:
                self.consumers[name].turn(0)
        parts = [
            part
            for name in services or SERVICES
            for part in (self.relays[name], self.consumers.get(name))
            if part is not None
        ]
        return threads(*(part.serve for part in parts))

    def restart(self, service):
        """The process of a consumer has ended; a new one begins."""
        self.consumers[service].close()
        self.consumers[service] = self.consumer(service)

    def behind(self, service):
        """Events of registry that a consumer has not applied, by the databases alone."""
        (head,) = self.sql("registry", "SELECT sequence FROM event_head")
        (mark,) = self.sql(service, "SELECT sequence FROM watermark WHERE right(source, 8) = 'registry'")
        return head.sequence - mark.sequence

    def close(self):
        for part in (*self.relays.values(), *self.consumers.values()):
            try:
                part.close()
            except BrokerUnavailable:
                continue
        self._stack.close()
