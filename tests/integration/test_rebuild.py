"""A rebuild: the read tables built anew beside the live ones are the same, row for row, and take their place."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.reporting import projections
from services.reporting.rebuilding import Rebuilder
from services.reporting.store import rebuilds
from shared.stream.rebuild import Shadow
from tests.integration import staged
from tests.integration.rebuilt import POISON, Chance, Given, registered, started


class Killed(BaseException):
    """What ends a process: nothing that it had not committed is left."""


class Rebuilds(Given):
    """What holds on any broker."""

    @pytest.fixture
    def small_steps(self, monkeypatch):
        """A handful of events a transaction, so that there is a middle."""
        monkeypatch.setattr("shared.event_log.packing.MOST_EVENTS", 5)
        monkeypatch.setattr("shared.stream.consumer.MOST_EVENTS", 10)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_what_was_built_anew_is_what_was_live_row_for_row(self, kz, seed):
        kz.write(Chance(seed).events(120))
        kz.settle()
        kz.request()
        kz.rebuild()
        assert kz.live() == "figures_b"
        assert kz.tables("figures_b") == kz.tables("figures_a") and any(kz.tables("figures_b").values())
        assert kz.positions() == kz.heads()
        assert kz.requests() == [("operator", "done", 120, None)]
        assert kz.leftovers() == 0 and not kz.bound()
        kz.write(Chance(3).events(20))
        kz.settle()
        kz.request()
        kz.rebuild()
        assert kz.live() == "figures_a"
        assert kz.tables("figures_a") == kz.tables("figures_b")

    def test_killed_in_the_middle_it_goes_on_where_it_was(self, kz, small_steps):
        kz.write(Chance(6).events(60))
        kz.settle()
        kz.request()
        kz.write(Chance(7).events(60))

        def kill():
            if sum(sequence for _, sequence in kz.positions("reporting-shadow").values()) >= 60:
                raise Killed

        kz.meanwhile = kill
        with pytest.raises(Killed):
            kz.rebuild()
        assert kz.requests()[0][1] == "running" and kz.live() == "figures_a"
        assert kz.requests()[0][2] > 0
        begun = kz.sql("reporting", "SELECT started_at FROM rebuild")
        kz.meanwhile = lambda: None
        kz.rebuild()
        kz.settle()
        assert kz.sql("reporting", "SELECT started_at FROM rebuild") == begun
        assert kz.requests() == [("operator", "done", 120, None)]
        assert kz.tables("figures_b") == kz.recomputed()

    def test_under_live_traffic_no_event_is_lost_or_waited_for_long(self, kz):
        order = Chance(10)
        kz.write(order.events(100))
        stop = threading.Event()

        def live_traffic():
            written = 0
            while not stop.is_set():
                kz.write(order.events(5))
                written += 5
            return written

        with kz.alive(), ThreadPoolExecutor(1) as pool:
            traffic = pool.submit(live_traffic)
            for _ in range(2):
                kz.request()
                staged.eventually(lambda: (kz.rebuild(), kz.requests()[-1][1] == "done")[1])
            stop.set()
            assert traffic.result() > 0
            staged.eventually(lambda: kz.positions() == kz.heads())
        assert [state for _, state, _, _ in kz.requests()] == ["done", "done"]
        assert kz.live() == "figures_a"
        assert kz.tables("figures_a") == kz.recomputed()

    def test_a_source_that_was_put_back_is_built_anew_from_its_present_history(self, kz):
        order = Chance(12)
        kz.write(order.events(90))
        kz.settle()
        kz.restore("placements", 5)
        kz.write(order.events(30))
        kz.settle()
        assert kz.because() == ("forked",)
        kz.rebuild()
        kz.settle()
        assert kz.requests()[0][:2] == ("forked", "done")
        assert kz.because() == () and kz.positions() == kz.heads()
        assert kz.tables("figures_b") == kz.recomputed()
        orphans = kz.sql(
            "reporting", "SELECT DISTINCT source, resolved_by, min(sequence) FROM orphan_event GROUP BY 1, 2"
        )
        assert [tuple(row) for row in orphans] == [("urn:kinward:kz:placements", "rebuild", 6)]
        kz.rebuild()
        assert len(kz.requests()) == 1

    def test_where_the_shadow_cannot_go_on_the_rebuild_fails_and_the_live_tables_stay(self, kz):
        order = Chance(14)
        kz.write(order.events(20))
        kz.settle()
        kz.write([registered(child, POISON) for child in order.parked])
        kz.settle()
        before = kz.tables("figures_a")
        assert kz.because() == ("too-many-parked", "parked")
        kz.request()
        kz.rebuild()
        assert [(state, error) for _, state, _, error in kz.requests()] == [("failed", "too-many-parked")]
        assert kz.live() == "figures_a" and kz.tables("figures_a") == before
        assert kz.leftovers() == 0 and not kz.bound()


class TestInProcess(Rebuilds, staged.InProcess):
    """On the broker inside the process, with what does not depend on the broker."""

    def test_a_dropped_event_is_left_out_and_a_parked_one_is_parked_again(self, kz):
        order = Chance(4)
        one, two = order.parked[:2]
        kz.write([*order.events(30), registered(one, POISON), started(one, two), *order.events(30)])
        kz.settle()
        kz.drop(next(sequence for _, _, sequence, kind in kz.parked() if kind == "failed"))
        assert kz.parked() == []
        kz.write([registered(two, POISON), started(two, one), *order.events(10)])
        kz.settle()
        before = kz.tables("figures_a")
        kz.request()
        kz.rebuild()
        assert {consumer for consumer, *_ in kz.parked()} == {"reporting"}
        failed = [sequence for _, _, sequence, kind in kz.parked() if kind == "failed"]
        assert len(failed) == 1
        kz.drop(failed[0])
        assert kz.parked() == []
        dropped = kz.tables("figures_b")
        kz.request()
        kz.rebuild()
        assert kz.live() == "figures_a" and kz.parked() == []
        assert kz.tables("figures_a") == dropped != before

    @pytest.mark.parametrize("moment", ["on the way", "at the end"])
    def test_an_event_that_is_dropped_while_the_shadow_has_it_parked_is_not_parked_after_it(
        self, kz, small_steps, monkeypatch, moment
    ):
        order = Chance(5)
        one, two = order.parked[:2]
        kz.write([*order.events(10), registered(one, POISON), started(one, two), *order.events(10)])
        kz.settle()
        kz.request()
        dropped = threading.Event()

        def drop():
            parked = [sequence for who, _, sequence, kind in kz.parked() if who == "reporting" and kind == "failed"]
            if not dropped.is_set() and any(who == "reporting-shadow" for who, *_ in kz.parked()):
                dropped.set()
                kz.drop(parked[0])

        def clear_and_drop(shadow, clear=Shadow.clear):
            clear(shadow)
            drop()

        if moment == "on the way":
            kz.meanwhile = drop
        else:
            monkeypatch.setattr(Shadow, "clear", clear_and_drop)
        kz.rebuild()
        assert dropped.is_set()
        assert kz.parked() == []
        assert kz.tables("figures_a") == kz.tables("figures_b")

    def test_killed_right_before_the_change_of_places_nothing_has_changed(self, kz, monkeypatch):
        kz.write(Chance(8).events(40))
        kz.settle()
        kz.request()

        def kill(name):
            if name == "rebuild.before_flip":
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr("services.reporting.rebuilding.failpoints.hit", kill)
            with pytest.raises(Killed):
                kz.rebuild()
        assert kz.live() == "figures_a" and kz.requests()[0][1] == "running"
        kz.write(Chance(9).events(10))
        kz.settle()
        kz.rebuild()
        assert kz.live() == "figures_b"
        assert kz.tables("figures_b") == kz.tables("figures_a")

    def test_of_two_processes_one_does_it(self, kz):
        kz.write(Chance(11).events(40))
        kz.settle()
        kz.request()
        with kz.alive(), ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(Rebuilder(kz, "reporting").look, kz.stop) for _ in range(2)]:
                each.result()
        assert kz.requests() == [("operator", "done", 40, None)]
        assert kz.tables("figures_b") == kz.tables("figures_a")

    def test_a_source_that_is_put_back_during_a_rebuild_begins_it_anew(self, kz, small_steps):
        order = Chance(13)
        kz.write(order.events(90))
        kz.settle()
        kz.request()
        restored = threading.Event()

        def restore():
            reached = kz.positions("reporting-shadow").get("urn:kinward:kz:placements", (None, 0))
            if reached[1] > 10 and not restored.is_set():
                restored.set()
                kz.restore("placements", 5)
                kz.write(order.events(20))
                kz.settle()

        kz.meanwhile = restore
        kz.rebuild()
        kz.settle()
        kz.rebuild()  # does nothing, unless what the shadow had not heard yet is what the live consumer has come upon
        kz.settle()
        assert restored.is_set() and kz.because() == ()
        assert kz.requests()[0][:2] == ("operator", "done")
        assert kz.tables(kz.live()) == kz.recomputed()

    def test_types_that_count_newly_are_built_in_once(self, kz, monkeypatch):
        kz.rebuild()
        assert kz.requests() == []
        kz.write(Chance(20).events(30))
        kz.settle()
        kz.rebuild()
        assert kz.requests() == []
        monkeypatch.setitem(
            projections.SAYS, "registry.siblings-linked.v1", projections.SAYS["registry.child-withdrawn.v1"]
        )
        process = Rebuilder(kz, "reporting")
        for _ in range(2):
            process.look(kz.stop)
        assert [(reason, state) for reason, state, _, _ in kz.requests()] == [("new-types", "done")]
        before = kz.tables("figures_a")
        assert kz.tables("figures_b") == kz.recomputed() != before

    def test_tables_of_unknown_making_are_built_anew_and_those_of_a_later_release_left_alone(self, kz):
        kz.write(Chance(21).events(10))
        kz.settle()
        kz.sql("reporting", "UPDATE live_figures SET built_with = '999-00000000'")
        kz.rebuild()
        assert kz.requests() == []
        kz.sql("reporting", "UPDATE live_figures SET built_with = 'unknown'")
        kz.rebuild()
        assert kz.requests() == [("new-types", "done", 10, None)]

    def test_what_has_failed_is_asked_for_again_at_the_next_start_only(self, kz, monkeypatch):
        kz.write(Chance(22).events(10))
        kz.settle()
        kz.sql("reporting", "UPDATE live_figures SET built_with = 'unknown'")

        def fail(name):
            if name == "rebuild.before_flip":
                raise KeyError(name)

        process = Rebuilder(kz, "reporting")
        with monkeypatch.context() as patched:
            patched.setattr("services.reporting.rebuilding.failpoints.hit", fail)
            for _ in range(3):
                process.look(kz.stop)
        assert kz.requests() == [("new-types", "failed", 10, "key-error")]
        assert kz.because() == ("rebuild-failed",)
        process.look(kz.stop)
        assert len(kz.requests()) == 1
        kz.rebuild()
        assert kz.requests()[1:] == [("new-types", "done", 10, None)] and kz.because() == ()

    def test_who_is_late_writes_nothing_into_tables_that_have_become_live(self, kz):
        kz.write(Chance(23).events(10))
        kz.settle()
        asked = kz.request()
        kz.rebuild()
        with kz.engines["reporting"].begin() as connection:
            assert rebuilds.count(connection, asked.id, 5) is None
        assert kz.requests() == [("operator", "done", 10, None)]

    def test_records_are_not_touched(self, kz):
        kz.write([registered(child) for child in Chance(24).children])
        kz.settle()
        kz.sql("reporting", "INSERT INTO period_note VALUES ('2011', 'Said.', 'tester', now()) ON CONFLICT DO NOTHING")
        records = ("period_note", "period_return", "bundle", "chain", "hub", "delivery", "effective_cell", "event_log")
        before = [kz.sql("reporting", f"SELECT * FROM {table}") for table in records]
        kz.request()
        kz.rebuild()
        assert [kz.sql("reporting", f"SELECT * FROM {table}") for table in records] == before

    def test_who_asked_is_in_the_audit_log(self, kz):
        asked = kz.request()
        rows = kz.sql("reporting", "SELECT action, outcome FROM audit WHERE subject = :id", id=asked.id)
        assert [tuple(row) for row in rows] == [("RequestRebuild", "done")]


class TestRabbitMQ(Rebuilds, staged.RabbitMQ):
    """On RabbitMQ."""
