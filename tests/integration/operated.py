"""The deployment kz as its operator has it, by hand: four databases, relays and consumers in turns, and its commands.

Registry speaks, placements, social_work and reporting listen, all by their own code. Not here: what tests check.
"""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from typer.testing import CliRunner

from services.cli import composition
from services.cli.app import tree
from shared import event_log, metrics
from shared.broker import BrokerUnavailable
from shared.config import SERVICES
from shared.event_log.relay import Relay
from shared.stream.consumer import Consumer
from tests import alarms

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

    def relay(self, service):
        return Relay(self.opened.engine(service), self.broker, "kz", service)

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

    def register(self, *children, type_=REGISTERED):
        """Registry tells of children; the last sequence."""
        day = {"born_from": "2011-01-01", "born_to": "2011-01-01", "birth_basis": "documented"}
        entries = [
            event_log.NewEvent(
                id=uuid4(),
                type=type_,
                subject=child,
                time=datetime.now(UTC),
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

    def alarms(self, promtool, folder, change, *, minutes=5):
        """The alerts that ring `minutes` after a change: what is scraped before and after it, judged by promtool."""
        before = alarms.scrape(metrics.exposition())
        change()
        return alarms.ringing(promtool, folder, [before, alarms.scrape(metrics.exposition())], minutes=minutes)

    def look(self):
        """What the consumers do every few seconds: show in the metrics how their databases stand."""
        for name, consumer in self.consumers.items():
            with self.opened.engine(name).begin() as connection:
                consumer._gauges.show(connection)

    def close(self):
        for part in (*self.relays.values(), *self.consumers.values()):
            try:
                part.close()
            except BrokerUnavailable:
                continue
        self._stack.close()
