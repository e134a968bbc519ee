"""The event log on a real PostgreSQL: numbered in commit order, never changed."""

import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared import db, envelope, event_log, technical_tables
from shared.event_log import log

SOURCE = "urn:kinward:kz:registry"
TYPE = "registry.child-registered.v1"


def entry(**changes):
    child = uuid4()
    values = {
        "id": uuid4(),
        "type": TYPE,
        "subject": child,
        "time": datetime(2011, 10, 31, 6, 0, 0, 7, tzinfo=UTC),
        "data": {"child": str(child), "sex": "F", "count": 10},
        "subject_version": 1,
        "correlation_id": uuid4(),
        "causation_id": None,
    }
    return event_log.NewEvent(**(values | changes))


@pytest.fixture
def engine(postgresql_url):
    engine = db.make_engine(postgresql_url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
    yield engine
    engine.dispose()


def append(engine, *entries):
    with engine.begin() as connection:
        return event_log.append(connection, entries)


def read(engine, after=0, limit=1000):
    with engine.begin() as connection:
        return event_log.read(connection, after, limit, source=SOURCE)


def test_the_tables_are_those_that_the_code_knows(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, technical_tables.metadata) == []


def test_events_are_numbered_in_the_order_given_and_read_back_as_they_were(engine):
    entries = [entry(), entry(causation_id=uuid4()), entry(data={})]
    assert append(engine, *entries[:2]) == 2
    assert append(engine, *entries[2:]) == 3
    events = read(engine)
    assert [event.sequence for event in events] == [1, 2, 3]
    for event, written in zip(events, entries, strict=True):
        for name in event_log.NewEvent.__dataclass_fields__:
            assert getattr(event, name) == getattr(written, name)


def test_reading_goes_on_after_a_place_and_stops_at_a_limit(engine):
    append(engine, *(entry() for _ in range(5)))
    assert [event.sequence for event in read(engine, after=2, limit=2)] == [3, 4]
    assert read(engine, after=5) == []


def test_appending_nothing_moves_nothing(engine):
    append(engine, entry())
    assert append(engine) == 1


def test_a_rolled_back_transaction_leaves_no_hole(engine):
    append(engine, entry())
    with engine.connect() as connection:
        event_log.append(connection, [entry()])
        connection.rollback()
    append(engine, entry())
    assert [event.sequence for event in read(engine)] == [1, 2]


def test_whoever_numbers_later_commits_later(engine):
    """The second writer waits for the first's commit: a reader that sees 2 has seen 1."""
    second = threading.Thread(target=append, args=(engine, entry()))
    with engine.connect() as connection:
        event_log.append(connection, [entry()])
        second.start()
        second.join(0.3)
        assert second.is_alive()
        assert read(engine) == []
        connection.commit()
    second.join(10)
    assert [event.sequence for event in read(engine)] == [1, 2]


def test_writers_at_once_leave_neither_hole_nor_double(engine):
    def write():
        for _ in range(10):
            append(engine, entry(), entry())

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [event.sequence for event in read(engine)] == list(range(1, 81))


@pytest.mark.parametrize("change", ["UPDATE event_log SET data = NULL", "DELETE FROM event_log", "TRUNCATE event_log"])
def test_the_log_cannot_be_changed(engine, change):
    append(engine, entry())
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))
    assert len(read(engine)) == 1


@pytest.mark.parametrize(
    "half",
    [
        "UPDATE event_head SET published = sequence + 1",
        "UPDATE event_head SET published = -1",
        "UPDATE event_epoch SET parent_epoch = epoch",
        "UPDATE event_head SET epoch = gen_random_uuid()",
        "INSERT INTO event_head SELECT 2, epoch, 0, 0, '', 1 FROM event_head",
        "INSERT INTO stream VALUES ('reporting', 'stopped', NULL)",
        "INSERT INTO stream VALUES ('reporting', 'running', 'reason')",
        "INSERT INTO stream VALUES ('reporting', 'asleep', NULL)",
        "INSERT INTO watermark VALUES ('nobody', 'source', NULL, 0, NULL, 0)",
    ],
)
def test_the_tables_refuse_half_states(engine, half):
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(half))


def test_a_type_that_could_break_the_text_form_is_refused(engine):
    with pytest.raises(IntegrityError):
        append(engine, entry(type='registry."x".v1'))


def test_what_the_relay_sends_is_what_is_in_the_log(engine):
    append(engine, entry(), entry(causation_id=UUID(int=5)), entry(data={"letters": 'қ "quoted" \\ \n'}))
    with engine.begin() as connection:
        epoch = event_log.head(connection).epoch
        written = log.read_text(connection, epoch, 0, 10, source=SOURCE, until=10)
    assert envelope.decode_batch(envelope.join_batch(each.text for each in written)) == read(engine)
    assert [each.sequence for each in written] == [1, 2, 3]


def test_the_published_mark_never_moves_back(engine):
    append(engine, entry(), entry(), entry())
    for mark, expected in ((2, 2), (1, 2), (3, 3)):
        with engine.begin() as connection:
            log.mark_published(connection, event_log.head(connection).epoch, mark)
            assert event_log.head(connection).published == expected


def test_the_age_is_that_of_the_oldest_unpublished_event(engine):
    with engine.begin() as connection:
        assert log.oldest_unpublished_age(connection) == 0
        event_log.append(connection, [entry(), entry(time=datetime.now(UTC))])
        assert log.oldest_unpublished_age(connection) > 365 * 24 * 3600
        log.mark_published(connection, event_log.head(connection).epoch, 1)
        assert log.oldest_unpublished_age(connection) < 3600
