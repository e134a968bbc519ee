"""What is tried again in place, what ends the process, and a source that forgot what was applied here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from shared.errors import Conflict, NotFound
from shared.stream import batch, consumer, parking, steering
from tests.integration.parking_stage import REGISTRY, Parking
from tests.integration.staged import SOON


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
