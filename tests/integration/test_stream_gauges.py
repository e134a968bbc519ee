"""What the gauges of a consumer say is what its database says, in each instance, also after it has healed."""

import time
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from shared import db, metrics, technical_tables
from shared.stream import watermark
from shared.stream.gauges import Gauges

SERVICES = {"urn:kinward:kz:registry": "registry", "urn:kinward:kz:placements": "placements"}
PARK = """
    INSERT INTO parked_event (consumer, source, epoch, sequence, last, kind, reason, event_id, type, subject, touched,
                              waits_for, body, attempts, parked_at)
    VALUES (:consumer, 'urn:kinward:kz:registry', :epoch, :sequence, :sequence, :kind, 'refused', :id, 'a.b.v1', :id,
            ARRAY[CAST(:id AS uuid)], CASE WHEN :kind = 'waiting' THEN CAST(:id AS uuid) END, '', 1,
            now() - interval '2 hours')
"""


@pytest.fixture
def consumer(request):
    """A consumer's name that no other test uses: the registry is the process's own."""
    return f"c{uuid4().hex}"


@pytest.fixture
def database(wheel_url, consumer):
    engine = db.make_engine(wheel_url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
        watermark.ensure(connection, consumer, list(SERVICES))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def value(name, **labels):
    return metrics.REGISTRY.get_sample_value(name, labels)


def park(database, consumer, sequence, kind):
    row = {"consumer": consumer, "epoch": uuid4(), "sequence": sequence, "kind": kind, "id": uuid4()}
    database.execute(text(PARK), row)


def test_every_series_of_a_consumer_is_there_from_the_beginning(database, consumer):
    before = time.time()
    Gauges(consumer, SERVICES).show(database)
    each = {"consumer": consumer, "source": "placements"}
    assert value("kinward_stream_newly_parked_events_total", **each) == 0
    assert value("kinward_stream_isolated_events_total", **each) == 0
    assert value("kinward_stream_transient_errors_total", consumer=consumer) == 0
    assert value("kinward_stream_parked_events", kind="failed", **each) == 0
    assert value("kinward_stream_source_stopped", reason="forked", **each) == 0
    assert value("kinward_stream_waiting_age_seconds", consumer=consumer) == 0
    assert value("kinward_stream_stopped", consumer=consumer) == 0
    assert value("kinward_stream_heard_timestamp_seconds", **each) >= before


def test_a_source_that_was_stopped_before_this_process_began_is_seen_and_seen_to_run_again(database, consumer):
    gauges = Gauges(consumer, SERVICES)
    stop = "UPDATE watermark SET state = 'stopped', reason = 'forked', stopped_at = now() WHERE source LIKE '%registry'"
    database.execute(text(stop))
    gauges.show(database)
    stopped = "kinward_stream_source_stopped"
    assert value(stopped, consumer=consumer, source="registry", reason="forked") == 1
    assert value(stopped, consumer=consumer, source="registry", reason="undecodable") == 0
    assert value(stopped, consumer=consumer, source="placements", reason="forked") == 0
    database.execute(text("UPDATE watermark SET state = 'running', reason = NULL, stopped_at = NULL"))
    gauges.show(database)
    assert value(stopped, consumer=consumer, source="registry", reason="forked") == 0


def test_a_reason_nobody_has_named_yet_is_shown_and_taken_back(database, consumer):
    gauges = Gauges(consumer, SERVICES)
    database.execute(text("UPDATE watermark SET state = 'stopped', reason = 'eclipse', stopped_at = now()"))
    gauges.show(database)
    labels = {"consumer": consumer, "source": "registry", "reason": "eclipse"}
    assert value("kinward_stream_source_stopped", **labels) == 1
    database.execute(text("UPDATE watermark SET state = 'running', reason = NULL, stopped_at = NULL"))
    gauges.show(database)
    assert value("kinward_stream_source_stopped", **labels) == 0


def test_lag_and_a_stopped_consumer_are_those_of_the_database(database, consumer):
    come_so_far = "head = 12, sequence = 5, epoch = gen_random_uuid(), event_id = gen_random_uuid()"
    database.execute(text(f"UPDATE watermark SET {come_so_far} WHERE source LIKE '%registry'"))
    database.execute(text("UPDATE stream SET state = 'stopped', reason = 'zero-division-error'"))
    Gauges(consumer, SERVICES).show(database)
    assert value("kinward_stream_sequence", consumer=consumer, source="registry") == 5
    assert value("kinward_stream_lag_events", consumer=consumer, source="registry") == 7
    assert value("kinward_stream_lag_events", consumer=consumer, source="placements") == 0
    assert value("kinward_stream_stopped", consumer=consumer) == 1


def test_what_is_parked_is_counted_by_kind_until_it_is_gone(database, consumer):
    gauges = Gauges(consumer, SERVICES)
    park(database, consumer, 1, "failed")
    park(database, consumer, 2, "blocked")
    park(database, consumer, 3, "blocked")
    park(database, consumer, 4, "waiting")
    gauges.show(database)
    labels = {"consumer": consumer, "source": "registry"}
    kinds = ("failed", "blocked", "waiting", "undecodable")
    assert [value("kinward_stream_parked_events", kind=kind, **labels) for kind in kinds] == [1, 2, 1, 0]
    assert value("kinward_stream_waiting_age_seconds", consumer=consumer) >= 7200
    database.execute(text("DELETE FROM parked_event"))
    gauges.show(database)
    assert [value("kinward_stream_parked_events", kind=kind, **labels) for kind in kinds] == [0, 0, 0, 0]
    assert value("kinward_stream_waiting_age_seconds", consumer=consumer) == 0


def test_a_consumer_that_is_gone_for_good_leaves_no_series(database, consumer):
    gauges = Gauges(consumer, SERVICES)
    gauges.show(database)
    assert consumer.encode() in metrics.exposition()
    gauges.forget()
    assert consumer.encode() not in metrics.exposition()
