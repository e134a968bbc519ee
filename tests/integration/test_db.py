"""Engines, locks and migrations on real PostgreSQL. The migrations are a toy's: a post office grows."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, ProgrammingError

from shared import db
from shared.errors import ConfigurationError, Unavailable
from tests.integration.toys import package_of

FIRST = """
from alembic import op
revision = "toy_0001"
down_revision = None
def upgrade():
    op.execute("create table parcel (id uuid primary key)")
"""
SECOND = """
from alembic import op
revision = "toy_0002"
down_revision = "toy_0001"
def upgrade():
    op.execute("create table stamp (id uuid primary key)")
    op.execute("{statement}")
"""


@pytest.fixture
def engine(postgresql_url):
    engine = db.make_engine(postgresql_url)
    yield engine
    engine.dispose()


def test_another_services_database_at_the_same_step_is_not_taken_for_migrated(engine, toy):
    db.migrate(engine, toy(FIRST))
    other = toy(FIRST.replace("toy_", "doll_"))
    for refuse in (db.pending_migrations, db.migrate):
        with pytest.raises(ConfigurationError, match="toy_0001, which this release does not know"):
            refuse(engine, other)


def test_the_text_of_a_database_error_lists_no_parameters(wheel_url):
    for make in (db.make_engine, db.make_unpooled_engine):
        engine = make(wheel_url)
        with pytest.raises(DataError) as error, engine.connect() as connection:
            connection.execute(text("select 1 / 0 where :name <> ''"), {"name": "Айгүл"})
        assert "Айгүл" not in str(error.value)
        engine.dispose()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Call it with the texts of migrations, as often as a release changes them: the name of their package."""
    return lambda *migrations: package_of(tmp_path, monkeypatch, list(migrations))


def tables(engine):
    with engine.connect() as connection:
        return set(connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")))


def test_an_empty_database_is_brought_to_the_newest_revision_and_once_is_enough(engine, toy):
    package = toy(FIRST, SECOND.format(statement="select 1"))
    assert db.pending_migrations(engine, package) == ["toy_0001", "toy_0002"]
    assert db.migrate(engine, package) == ["toy_0001", "toy_0002"]
    assert tables(engine) == {"alembic_version", "schema_step", "running_process", "parcel", "stamp"}
    assert db.pending_migrations(engine, package) == []
    assert db.migrate(engine, package) == []


def test_a_new_release_applies_what_is_new_alone(engine, toy):
    db.migrate(engine, toy(FIRST))
    assert db.migrate(engine, toy(FIRST, SECOND.format(statement="select 1"))) == ["toy_0002"]


def test_a_migration_that_breaks_leaves_nothing_of_its_step(engine, toy):
    broken = toy(FIRST, SECOND.format(statement="no sql at all"))
    with pytest.raises(ProgrammingError):
        db.migrate(engine, broken)
    assert tables(engine) == {"alembic_version", "schema_step", "running_process", "parcel"}
    assert db.pending_migrations(engine, broken) == ["toy_0002"]


def test_a_database_of_a_later_release_is_refused(engine, toy):
    db.migrate(engine, toy(FIRST, SECOND.format(statement="select 1")))
    earlier = toy(FIRST)
    for refuse in (db.pending_migrations, db.migrate):
        with pytest.raises(ConfigurationError) as refused:
            refuse(engine, earlier)
        assert "toy_0002" in refused.value.message


def test_two_processes_that_migrate_at_once_apply_each_revision_once(engine, toy):
    package = toy(FIRST, SECOND.format(statement="select pg_sleep(0.3)"))
    applied = []
    threads = [threading.Thread(target=lambda: applied.append(db.migrate(engine, package))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(applied) == [[], ["toy_0001", "toy_0002"]]


@pytest.fixture
def hasty(engine, monkeypatch):
    """An engine that waits and idles for 200 ms at most, so that a test need not."""
    monkeypatch.setattr(db, "LIMITS", "-c lock_timeout=200ms -c idle_in_transaction_session_timeout=200ms")
    hasty = db.make_engine(engine.url.render_as_string(hide_password=False))
    yield hasty
    hasty.dispose()


def test_migrating_waits_for_the_lock_but_not_for_ever(hasty, toy):
    package = toy(FIRST)
    with hasty.connect() as holder:
        holder.execution_options(isolation_level="AUTOCOMMIT")
        with db.advisory_lock(holder, f"migrate {package}"), pytest.raises(Unavailable):
            db.migrate(hasty, package)
    assert db.migrate(hasty, package) == ["toy_0001"]


def test_the_lock_outlives_a_migration_longer_than_an_idle_transaction_may_be(hasty, toy):
    assert db.migrate(hasty, toy(FIRST, SECOND.format(statement="select pg_sleep(0.6)"))) == ["toy_0001", "toy_0002"]


def test_a_lock_is_given_back_and_names_have_numbers_of_their_own(engine):
    for _ in range(2):
        with engine.connect() as connection, db.advisory_lock(connection, "count the parcels"):
            pass
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from pg_locks where locktype = 'advisory'")) == 0
    assert len({db.lock_number(name) for name in ("relay", "migrate registry", "migrate placements")}) == 3


def test_connections_count_in_utc_and_do_not_wait_for_ever(engine):
    with engine.connect() as connection:
        settings = {
            name: connection.scalar(text(f"show {name}"))
            for name in ("timezone", "lock_timeout", "idle_in_transaction_session_timeout")
        }
    assert settings == {"timezone": "UTC", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}


def test_a_connection_that_the_server_ended_is_replaced(engine):
    with engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    killer = db.make_unpooled_engine(engine.url.render_as_string(hide_password=False))
    with killer.connect() as connection:
        connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    with engine.connect() as connection:
        assert connection.scalar(text("select pg_backend_pid()")) != pid


def test_an_unpooled_connection_ends_with_its_block(engine):
    unpooled = db.make_unpooled_engine(engine.url.render_as_string(hide_password=False))
    with unpooled.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
        connection.execute(text("select pg_advisory_lock(1)"))
    gone = "select count(*) from pg_locks where locktype = 'advisory' and pid = :pid"
    for _ in range(100):
        with engine.connect() as connection:
            if connection.scalar(text(gone), {"pid": pid}) == 0:
                return
            connection.execute(text("select pg_sleep(0.05)"))
    pytest.fail("the lock outlived its connection")


def test_a_migration_is_one_line_of_the_log_and_a_start_without_one_is_none(engine, toy, caplog):
    caplog.set_level("INFO")
    package = toy(FIRST)
    for _ in range(2):
        db.migrate(engine, package)
    lines = [(record.name, record.getMessage(), record.revisions) for record in caplog.records]
    assert lines == [("kinward.db", "migrated", ["toy_0001"])]
