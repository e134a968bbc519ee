"""Epochs of a log, on both versions of PostgreSQL: when one begins, what it follows, who writes into which."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from shared import event_log
from shared.broker.in_process import InProcessBroker
from shared.event_log import epochs, log
from shared.event_log.epochs import Epoch
from tests.integration import staged
from tests.integration.event_source import ELSEWHERE, Source, create, events
from tests.integration.test_event_log import entry


@pytest.fixture
def source(postgresql_url):
    made = Source(postgresql_url, InProcessBroker())
    create(made.engine)
    yield made
    made.close()


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
