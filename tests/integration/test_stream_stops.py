"""What stops the stream, what two of a kind do at once, and how it goes on, on every broker."""

import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import metrics
from shared.broker import BrokerUnavailable, Outcome
from shared.broker.in_process import InProcessBroker
from shared.stream import watermark
from tests.integration import staged
from tests.integration.staged import INBOX, SOON, Deployment, eventually


class Exhausted:
    """An engine of which all connections are in use."""

    def __init__(self, engine):
        self.url = engine.url
        self.asked = threading.Event()

    def begin(self):
        self.asked.set()
        raise PoolTimeout


class StopSuite(staged.Stage):
    """Nothing acknowledged on an error, nothing applied by two."""

    def test_a_process_that_goes_on_where_another_stopped_says_so(self, kz):
        kz.sql("reporting", "UPDATE stream SET state = 'stopped', reason = 'refused'")
        kz.write("registry", 5)
        kz.publish()
        kz.consumer.turn(SOON)
        assert kz.state() == ("running", None)

    def test_a_pool_without_a_free_connection_ends_neither_relay_nor_consumer(self, kz):
        kz.consumer.close()
        stop = threading.Event()
        parts = kz.relays["registry"], kz.consumer
        engines = [part._engine for part in parts]
        for part in parts:
            part._engine = Exhausted(part._engine)
        serving = [threading.Thread(target=part.serve, args=(stop,), daemon=True) for part in parts]
        for each in serving:
            each.start()
        assert all(part._engine.asked.wait(SOON) for part in parts)
        for part, engine in zip(parts, engines, strict=True):
            part._engine = engine
        kz.write("registry", 5)
        try:
            eventually(kz.complete)
        finally:
            stop.set()
        for each in serving:
            each.join(30)

    def test_another_deployments_message_is_never_applied_and_does_not_stay(self, kz):
        kz.broker.publishing = lambda messages: [
            *(replace(m, headers={**m.headers, "source": "urn:kinward:uz:registry"}) for m in messages if m.exchange),
            *messages,
        ]
        kz.write("registry", 5)
        kz.settle()
        for _ in range(5):
            kz.consumer.turn(0.1)  # what was sent last, ticks among it
        kz.consumer.close()
        reading = kz.broker.connect("test")
        left = reading.receive(INBOX, 0.3)
        assert left is None or left.headers["source"] != "urn:kinward:uz:registry" or left.headers["last"] == 5
        reading.close()

    @pytest.mark.parametrize(
        "change",
        [
            lambda m: replace(m, body=b"nonsense"),
            lambda m: replace(m, body=b"[]"),
            lambda m: replace(m, body=m.body.replace(b'"specversion":"1.0"', b'"specversion":"9.0"')),
        ],
    )
    def test_a_body_that_cannot_be_read_is_asked_for_once_more_and_then_stops_its_source_alone(self, kz, change):
        def spoil(messages):
            return [change(m) if "registry" in m.headers.get("source", "") and m.body != b"[]" else m for m in messages]

        kz.broker.publishing = spoil
        kz.write("registry", 5)
        kz.write("placements", 3)
        kz.turns(lambda: kz.stopped() == {"registry": "undecodable"})
        assert kz.seen() == {"registry": [], "placements": [1, 2, 3]}
        raw = "SELECT kind, sequence, last, convert_from(body, 'UTF8') FROM parked_event"
        (kept,) = kz.sql("reporting", raw)
        assert (kept[0], kept[1], kept[2]) == ("undecodable", 1, 5)
        kz.broker.publishing = lambda messages: messages
        kz.write("placements", 3)
        kz.turns(lambda: len(kz.seen()["placements"]) == 6)
        assert kz.seen()["registry"] == []

    def test_a_body_that_cannot_be_read_once_is_asked_for_and_applied(self, kz):
        spoilt = []

        def spoil(messages):
            if spoilt or not any(m.body != b"[]" and m.headers for m in messages):
                return messages
            spoilt.append(True)
            return [replace(m, body=b"nonsense") for m in messages]

        kz.settle()
        kz.broker.publishing = spoil
        kz.write("registry", 5)
        kz.settle()
        assert spoilt
        assert kz.stopped() == {}

    def test_a_message_whose_headers_tell_no_place_is_dropped_and_comes_again(self, kz):
        dropped = metrics.UNDECODABLE.labels("reporting", "unknown")._value
        before = dropped.get()
        kz.settle()
        kz.broker.publishing = lambda messages: [replace(m, headers={}) if m.exchange else m for m in messages]
        kz.write("registry", 5)
        kz.publish()
        kz.consumer.turn(SOON)
        kz.broker.publishing = lambda messages: messages
        kz.write("registry", 1)
        kz.settle()
        assert dropped.get() > before

    def test_a_late_message_of_another_history_is_asked_about_and_stops_nothing(self, kz):
        kz.write("registry", 5)
        kz.settle()
        kz.broker.publishing = lambda messages: [
            replace(m, headers={**m.headers, "previousid": str(uuid4())}) if m.exchange == "registry.events" else m
            for m in messages
        ]
        kz.write("registry", 5)
        kz.settle()
        assert kz.stopped() == {}

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

    def test_the_watermark_is_read_under_the_lock(self, kz):
        engine = kz.engines["reporting"]
        with engine.connect() as first, engine.connect() as second:
            watermark.lock(first, "reporting")
            assert second.execute(text("SELECT 1 FROM stream FOR UPDATE SKIP LOCKED")).all() == []

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


class TestInProcess(staged.InProcess, StopSuite):
    pass


class TestRabbitMQ(staged.RabbitMQ, StopSuite):
    pass
