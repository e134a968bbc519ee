"""Poison, what stands behind it, what waits for another source, what kills the process; and what people do then."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared import db, event_log, metrics
from shared.errors import Conflict, NotFound, Refused
from shared.happening import Waits, touching
from shared.stream import batch, consumer, parking, steering
from shared.stream.applier import HandlerApplier, ProjectionApplier
from tests.integration import staged
from tests.integration.staged import SOON, entry

REGISTRY, PLACEMENTS = "urn:kinward:kz:registry", "urn:kinward:kz:placements"


class Uow:
    """What handlers of these tests write with: one row in `seen` for each event."""

    def __init__(self, engine):
        self.session = db.new_session(engine)
        self.commit, self.rollback, self.close = self.session.commit, self.session.rollback, self.session.close

    def expect(self, subjects):
        self.expected = subjects

    def caused_by(self, event):
        self.event = event

    def see(self, event):
        values = {"id": str(event.id), "source": event.source, "sequence": event.sequence}
        self.session.execute(text("INSERT INTO seen (id, source, sequence) VALUES (:id, :source, :sequence)"), values)


class Parking(staged.InProcess, staged.Stage):
    """A deployment whose handlers are changed by tests."""

    @pytest.fixture(autouse=True)
    def prepared(self, kz):
        self.prepare(kz)

    def prepare(self, kz):
        kz.wrong = set()
        kz.consumer.close()
        engine = kz.engines["reporting"]

        @touching("other")
        def handle(uow, event):
            if event.sequence in kz.wrong:
                uow.see(event)  # what was done before the refusal must be undone
                raise Refused("no", rule="some-rule")
            waits = kz.waits(uow, event)
            if waits is not None:
                return waits
            return uow.see(event)

        kz.waits = lambda uow, event: None
        handlers = {"registry.thing-made.v1": handle, "placements.thing-made.v1": handle}
        kz.applier = HandlerApplier("reporting", lambda: Uow(engine), handlers)
        kz.consumer = staged.Consumer(engine, kz.broker, "kz", "reporting", sources=kz.SOURCES, applier=kz.applier)
        kz.consumer.turn(0)

    def parked(self, kz):
        rows = kz.sql("reporting", "SELECT source, sequence, kind FROM parked_event ORDER BY place")
        return [(source.rsplit(":", 1)[-1], sequence, kind) for source, sequence, kind in rows]

    def write(self, kz, service, *subjects, **data):
        with kz.engines[service].begin() as connection:
            return event_log.append(
                connection, [changed(entry(service), subject=subject, data=data) for subject in subjects]
            )

    def through(self, kz):
        heads = {name: len(places) for name, places in kz.written().items()}
        marks = dict(kz.sql("reporting", "SELECT source, sequence FROM watermark"))
        return all(marks[f"urn:kinward:kz:{name}"] == head for name, head in heads.items())

    def flow(self, kz):
        kz.turns(lambda: self.through(kz))

    def journal(self, kz):
        rows = kz.sql("reporting", "SELECT source, first, last, ids FROM applied_run ORDER BY place")
        return Counter(id_ for row in rows for id_ in row.ids)


def changed(new, *, subject, data):
    return event_log.NewEvent(
        id=uuid4(),
        type=new.type,
        subject=subject,
        time=new.time,
        data={"child": str(subject), **data},
        subject_version=1,
        correlation_id=uuid4(),
        causation_id=None,
    )


class TestParking(Parking):
    def test_a_poison_in_the_middle_of_five_hundred_is_parked_alone_and_the_rest_flows(self, kz):
        kz.wrong = {251}
        kz.write("registry", 500)
        self.flow(kz)
        assert self.parked(kz) == [("registry", 251, "failed")]
        assert kz.seen()["registry"] == [n for n in range(1, 501) if n != 251]
        assert set(self.journal(kz).values()) == {1}
        assert len(self.journal(kz)) == 500

    def test_several_poisons_in_one_batch_are_each_parked(self, kz):
        kz.wrong = {1, 2, 77, 500}
        kz.write("registry", 500)
        self.flow(kz)
        assert [place for _, place, _ in self.parked(kz)] == [1, 2, 77, 500]
        assert len(kz.seen()["registry"]) == 496

    def test_what_touches_a_parked_child_waits_behind_it_whatever_source_it_is_from(self, kz):
        first, second, third = uuid4(), uuid4(), uuid4()
        kz.wrong = {1}
        self.write(kz, "registry", first, second)
        self.flow(kz)
        kz.wrong = set()
        self.write(kz, "placements", first, second)
        self.flow(kz)
        self.write(kz, "registry", second, other=str(first))  # as a merge of both
        self.flow(kz)
        self.write(kz, "registry", second, third)
        self.flow(kz)
        assert self.parked(kz) == [
            ("registry", 1, "failed"),
            ("placements", 1, "blocked"),
            ("registry", 3, "blocked"),
            ("registry", 4, "blocked"),  # the second child, by the merge
        ]
        assert kz.seen() == {"registry": [2, 5], "placements": [2]}

    def test_a_retry_handles_in_the_order_of_arrival_and_stops_at_what_still_fails(self, kz):
        child = uuid4()
        kz.wrong = {1}
        self.write(kz, "registry", child, child, child)
        self.flow(kz)
        assert steering.retry(kz.applier, "reporting").refused == {(REGISTRY, kz.epoch("registry"), 1): "refused"}
        assert [row.attempts for row in self.rows(kz)] == [2, 0, 0]
        kz.wrong = {2}
        done = steering.retry(kz.applier, "reporting")
        assert (done.handled, len(done.refused), done.held_back) == (1, 1, 1)
        kz.wrong = set()
        assert steering.retry(kz.applier, "reporting").handled == 2
        assert kz.seen()["registry"] == [1, 2, 3]
        assert self.parked(kz) == []

    def rows(self, kz):
        with kz.engines["reporting"].begin() as connection:
            return steering.parked(connection, "reporting")

    def test_one_that_stands_behind_another_is_not_retried_alone(self, kz):
        child = uuid4()
        kz.wrong = {1}
        self.write(kz, "registry", child, child)
        self.flow(kz)
        kz.wrong = set()
        epoch = kz.epoch("registry")
        assert steering.retry(kz.applier, "reporting", (REGISTRY, epoch, 2)).held_back == 1
        assert steering.retry(kz.applier, "reporting", (REGISTRY, epoch, 1)).handled == 1
        assert steering.retry(kz.applier, "reporting", (REGISTRY, epoch, 2)).handled == 1
        with pytest.raises(NotFound):
            steering.retry(kz.applier, "reporting", (REGISTRY, epoch, 3))

    def test_a_dropped_event_is_gone_for_good_and_frees_those_behind_it(self, kz):
        child = uuid4()
        kz.wrong = {1}
        self.write(kz, "registry", child, child)
        self.flow(kz)
        key = (REGISTRY, kz.epoch("registry"), 1)
        with kz.engines["reporting"].begin() as connection:
            dropped = steering.drop(connection, "reporting", key, by="ann", reason="entered twice")
        assert (dropped.sequence, dropped.subject) == (1, child)
        assert steering.retry(kz.applier, "reporting").handled == 1
        assert kz.seen()["registry"] == [2]
        with pytest.raises(NotFound), kz.engines["reporting"].begin() as connection:
            steering.drop(connection, "reporting", key, by="ann", reason="again")
        kz.sql("reporting", "UPDATE watermark SET sequence = 0, event_id = NULL, epoch = NULL")
        kz.sql("reporting", "TRUNCATE applied_run; DELETE FROM seen")
        kz.consumer.close()
        self.flow(kz)
        assert kz.seen()["registry"] == [2]

    def test_too_many_newly_failed_stop_their_source_alone_until_it_is_resumed(self, kz, monkeypatch):
        monkeypatch.setattr(parking, "MOST_FAILED", 3)
        kz.wrong = {4, 5, 6, 7, 8, 9, 10}
        kz.write("registry", 10)
        kz.write("placements", 2)
        kz.turns(lambda: kz.stopped() == {"registry": "too-many-parked"})
        assert len(self.parked(kz)) == 4
        kz.write("placements", 1)
        kz.turns(lambda: len(kz.seen()["placements"]) == 3)
        kz.wrong = set()
        with kz.engines["reporting"].begin() as connection:
            assert steering.resume(connection, "reporting", REGISTRY) == "too-many-parked"
        with pytest.raises(Conflict), kz.engines["reporting"].begin() as connection:
            steering.resume(connection, "reporting", REGISTRY)
        kz.relays["registry"]._ticked = 0.0
        self.flow(kz)
        assert steering.retry(kz.applier, "reporting").handled == 4
        assert sorted(kz.seen()["registry"]) == list(range(1, 11))

    def test_an_undecodable_message_is_not_dropped_but_its_source_resumed(self, kz):
        kz.broker.publishing = lambda messages: [spoilt(m) for m in messages]
        kz.write("registry", 5)
        kz.turns(lambda: kz.stopped() == {"registry": "undecodable"})
        kz.broker.publishing = lambda messages: messages
        with pytest.raises(Conflict), kz.engines["reporting"].begin() as connection:
            steering.drop(connection, "reporting", (REGISTRY, kz.epoch("registry"), 1), by="ann", reason="no")
        with kz.engines["reporting"].begin() as connection:
            steering.resume(connection, "reporting", REGISTRY)
        kz.relays["registry"]._ticked = 0.0
        self.flow(kz)
        assert kz.seen()["registry"] == [1, 2, 3, 4, 5]
        assert kz.sql("reporting", "SELECT * FROM parked_event") == []


def spoilt(message):
    return replace(message, body=b"nonsense") if message.body != b"[]" and message.headers else message


class TestWaiting(Parking):
    """A placement whose child is not known yet waits for the child's event."""

    def prepare(self, kz):
        super().prepare(kz)

        def waits(uow, event):
            child = event.data["child"]
            known = "SELECT 1 FROM seen WHERE source = :source AND id IN (SELECT id FROM child WHERE child = :child)"
            if event.source == REGISTRY:
                uow.session.execute(
                    text("INSERT INTO child VALUES (:id, :child)"), {"id": str(event.id), "child": child}
                )
                return None
            if uow.session.execute(text(known), {"source": REGISTRY, "child": child}).first():
                return None
            return Waits(UUID(child))

        kz.sql("reporting", "CREATE TABLE IF NOT EXISTS child (id text, child text)")
        kz.waits = waits

    def test_it_is_handled_when_the_child_comes_and_what_follows_it_keeps_its_order(self, kz):
        child, other = uuid4(), uuid4()
        self.write(kz, "placements", child, child, other)
        self.flow(kz)
        self.write(kz, "registry", other)
        self.flow(kz)
        assert self.parked(kz) == [("placements", 1, "waiting"), ("placements", 2, "waiting")]
        assert kz.seen() == {"registry": [1], "placements": [3]}
        self.write(kz, "registry", child)
        self.flow(kz)
        assert self.parked(kz) == []
        assert kz.seen() == {"registry": [1, 2], "placements": [3, 1, 2]}

    def test_in_one_batch_the_order_of_sources_does_not_matter(self, kz):
        child = uuid4()
        self.write(kz, "placements", child)
        kz.relays["placements"].turn()
        self.write(kz, "registry", child)
        self.flow(kz)
        assert kz.seen() == {"registry": [1], "placements": [1]}
        assert self.parked(kz) == []

    def test_one_that_fails_when_its_turn_comes_is_parked_and_the_child_is_not(self, kz):
        child = uuid4()
        self.write(kz, "placements", uuid4(), uuid4(), child)
        self.flow(kz)
        kz.wrong = {3}
        self.write(kz, "registry", child)
        self.flow(kz)
        assert ("placements", 3, "failed") in self.parked(kz)
        assert kz.seen()["registry"] == [1]

    def test_the_oldest_that_waits_is_told(self, kz):
        self.write(kz, "placements", uuid4())
        self.flow(kz)
        kz.sql("reporting", "UPDATE parked_event SET parked_at = now() - interval '2 hours'")
        kz.consumer._looked = 0.0
        kz.consumer._look()
        assert metrics.WAITING_AGE.labels("reporting")._value.get() >= 7200


class TestInPlace(Parking):
    def test_what_passes_by_itself_is_tried_again_with_the_messages_in_hand(self, kz):
        left = [3]

        def waits(uow, event):
            if left[0]:
                left[0] -= 1
                raise OperationalError("no", None, ConnectionError("gone"))

        kz.waits = waits
        kz.write("registry", 5)
        kz.publish()
        kz.consumer.turn(SOON)
        assert kz.seen()["registry"] == [1, 2, 3, 4, 5]
        assert self.parked(kz) == []

    def test_after_a_while_the_messages_are_given_back(self, kz, monkeypatch):
        monkeypatch.setattr(consumer, "PATIENCE", 0.0)

        def waits(uow, event):
            raise OperationalError("no", None, ConnectionError("gone"))

        kz.waits = waits
        kz.write("registry", 5)
        kz.publish()
        with pytest.raises(OperationalError):
            kz.consumer.turn(SOON)
        kz.consumer.close()
        kz.waits = lambda uow, event: None
        self.flow(kz)
        assert kz.seen()["registry"] == [1, 2, 3, 4, 5]


class TestIsolation(Parking):
    """An event that ends the process: a batch of processes end in it, then it is set aside."""

    def test_it_is_found_and_parked_after_it_ended_the_process_three_times_alone(self, kz, databases):
        kz.write("registry", 9)
        kz.consumer.close()
        statuses = []
        for _ in range(8):
            ran = subprocess.run(
                [sys.executable, str(Path(__file__).parent / "killed_process.py"), *databases.values()],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONPATH": "."},
                check=False,
                timeout=60,
            )
            statuses.append(ran.returncode)
            if ran.returncode == 0:
                break
        assert statuses == [70] * 5 + [0]
        assert kz.seen()["registry"] == [1, 2, 3, 4, 6, 7, 8, 9]
        (left,) = kz.sql("reporting", "SELECT sequence, kind, reason FROM parked_event")
        assert tuple(left) == (5, "failed", batch.ENDED_THE_PROCESS)

    def test_what_passes_by_itself_is_no_attempt(self, kz, monkeypatch):
        """Tried again in place five times, alone and freshly started, it is not taken for one that ends processes."""
        monkeypatch.setattr(parking, "MOST_FAILED", 3)
        left = [5]

        def waits(uow, event):
            if event.sequence == 1 and left[0]:
                left[0] -= 1
                raise OperationalError("no", None, ConnectionError("gone"))

        kz.waits = waits
        kz.sql(
            "reporting",
            f"INSERT INTO stream_attempt VALUES ('reporting', '{REGISTRY}', 0, 2, false)",
        )
        kz.write("registry", 3)
        kz.publish()
        kz.consumer.turn(SOON)
        assert kz.seen()["registry"] == [1, 2, 3]
        assert self.parked(kz) == []


class TestOrphans(Parking):
    """A source that forgot what was applied here."""

    def prepare(self, kz):
        super().prepare(kz)
        kz.write("registry", 10)
        kz.write("placements", 2)
        self.flow(kz)

    def forget(self, kz, after):
        kz.sql(
            "registry",
            f"""
            SET LOCAL session_replication_role = replica;
            DELETE FROM event_log WHERE sequence > {after};
            UPDATE event_head SET sequence = {after}, published = {after}
            """,
        )

    def orphans(self, kz):
        with kz.engines["reporting"].begin() as connection, kz.engines["registry"].begin() as source:
            return [orphan.sequence for orphan in steering.orphans(connection, source, "reporting", REGISTRY)]

    def resolve(self, kz):
        with kz.engines["reporting"].begin() as connection, kz.engines["registry"].begin() as source:
            return steering.resolve_orphans(connection, source, "reporting", REGISTRY, by="ann")

    def test_a_source_that_forgot_is_noticed_and_its_orphans_are_named_exactly(self, kz):
        self.forget(kz, 7)
        kz.relays["registry"]._ticked = 0.0
        kz.turns(lambda: kz.stopped() == {"registry": "forked"})
        assert self.orphans(kz) == [8, 9, 10]
        with pytest.raises(Conflict, match="another history"), kz.engines["reporting"].begin() as connection:
            steering.resume(connection, "reporting", REGISTRY)
        assert [orphan.sequence for orphan in self.resolve(kz)] == [8, 9, 10]
        kept = kz.sql("reporting", "SELECT sequence, resolved_by FROM orphan_event ORDER BY sequence")
        assert [tuple(row) for row in kept] == [(8, "ann"), (9, "ann"), (10, "ann")]
        kz.write("registry", 5)
        self.flow(kz)
        assert kz.seen()["registry"] == [*range(1, 11), *range(8, 13)]
        assert self.orphans(kz) == []

    def test_one_that_has_written_on_beyond_the_watermark_is_noticed_too(self, kz):
        self.forget(kz, 7)
        kz.write("registry", 8)
        kz.turns(lambda: kz.stopped() == {"registry": "forked"})
        assert self.orphans(kz) == [8, 9, 10]

    def test_one_that_forgot_everything_leaves_only_orphans(self, kz):
        self.forget(kz, 0)
        kz.relays["registry"]._ticked = 0.0
        kz.turns(lambda: kz.stopped() == {"registry": "forked"})
        assert self.orphans(kz) == list(range(1, 11))
        self.resolve(kz)
        kz.write("registry", 2)
        self.flow(kz)
        assert kz.seen()["registry"][-2:] == [1, 2]

    def test_a_record_that_is_too_short_says_so(self, kz):
        kz.sql("reporting", "UPDATE applied_run SET first = first + 9, last = last + 9 WHERE source LIKE '%registry'")
        self.forget(kz, 0)
        with pytest.raises(steering.RecordTooShort):
            self.orphans(kz)

    def test_only_what_has_forked_is_resolved(self, kz):
        with pytest.raises(Conflict, match="not forked"):
            self.resolve(kz)
        with pytest.raises(NotFound), kz.engines["reporting"].begin() as connection:
            steering.orphans(connection, connection, "reporting", "urn:kinward:kz:nobody")


def test_a_projection_names_what_it_touches(wheel_url):
    engine = db.make_engine(wheel_url)
    applier = ProjectionApplier(engine, lambda *run: None, lambda event: [UUID(int=4)])
    assert applier.touches(None) == {UUID(int=4)}
    engine.dispose()
