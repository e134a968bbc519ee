"""Poison and what stands behind it, what waits for another source; and what people do then."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared import db, metrics
from shared.errors import Conflict, NotFound
from shared.happening import Waits
from shared.stream import parking, steering
from shared.stream.applier import ProjectionApplier
from tests.integration.parking_stage import REGISTRY, Parking


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


def test_a_projection_names_what_it_touches(wheel_url):
    engine = db.make_engine(wheel_url)
    applier = ProjectionApplier(engine, lambda *run: None, lambda event: [UUID(int=4)])
    assert applier.touches(None) == {UUID(int=4)}
    engine.dispose()
