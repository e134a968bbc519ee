"""A backup by an account that may only read, a restore by an administrator: Debian's PostgreSQL 15, its own programs.

The services' account owns the tables and sees only rows of whom it acts for. Not here: losses (tests/e2e/test_drill).
"""

import json
import os

import pytest
from sqlalchemy import make_url, text
from typer.testing import CliRunner

from services.cli.app import tree
from shared import db
from shared.dumping import unfinished
from shared.ids import new_id
from shared.testing.postgresql import DEBIAN_MAJOR

ROLES = (
    "create role bk_services login password 'services'", "create role bk_reader login bypassrls password 'reader'",
    "grant pg_read_all_data to bk_reader", "create role bk_admin login superuser password 'admin'",
    "do $$ begin create role kinward_app nologin; exception when duplicate_object then end $$",
    "do $$ begin create role kinward_eraser nologin; exception when duplicate_object then end $$",
    "grant kinward_app, kinward_eraser to bk_services",
)  # fmt: skip
TABLES = "select count(*) from pg_tables where schemaname = 'public' and tableowner <> 'bk_services'"


def as_(url, account):
    return make_url(url).set(username=f"bk_{account}", password=account).render_as_string(hide_password=False)


def owned(server):
    """An empty database that the services' account owns; its URL as an administrator."""
    url = server.new_database()
    with db.make_unpooled_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'alter database "{make_url(url).database}" owner to bk_services'))
    return url


@pytest.fixture(scope="module")
def server(postgresql_debian15):
    """The server with its accounts."""
    engine = db.make_unpooled_engine(postgresql_debian15.new_database())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for each in ROLES:
            connection.execute(text(each))
    return postgresql_debian15


@pytest.fixture
def place(server, tmp_path):
    """A folder for one deployment, of which only registry is here; two passwords and a passphrase."""
    for name in ("reader", "admin", "words"):
        (tmp_path / name).write_text(name if name != "words" else "words that are long enough")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def kinward(place, url, *arguments, account=None):
    settings = {"KINWARD_HOME": str(place / "home"), "KINWARD_DEPLOYMENT": "kz",
                "KINWARD_REGISTRY_DATABASE_URL": as_(url, "services")}  # fmt: skip
    if account:
        settings |= {"KINWARD_BACKUP_DATABASE_USER": f"bk_{account}",
                     "KINWARD_BACKUP_DATABASE_PASSWORD_FILE": str(place / account)}  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
    done = CliRunner().invoke(tree(arguments[0]), [*map(str, arguments)], env=kept | settings)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def test_who_only_reads_backs_up_and_an_administrator_restores_what_the_services_own(server, place):
    url, sealed = owned(server), ("--passphrase-file", place / "words")
    assert kinward(place, url, "keys", "init")[0] == 0
    db.migrate(db.make_unpooled_engine(as_(url, "services")), "services.registry.migrations")
    subject = new_id()
    with db.make_unpooled_engine(url).begin() as connection:
        connection.execute(
            text("insert into subject_key (subject, version, kek, wrapped) values (:id, 1, 1, '\\x00')"),
            {"id": subject},
        )
    making = ("backup", "--service", "registry", "--out", place / "backups", *sealed)
    status, said = kinward(place, url, *making)
    assert (status, "sees-every-row" in said) == (78, True), "the services' own account"
    assert not list((place / "backups").glob(".*")), "half a file does not stay"

    status, said = kinward(place, url, *making, "--json", account="reader")
    assert status == 0, said
    made = json.loads(said)
    assert made["manifest"]["services"]["registry"]["dumped_by"] == DEBIAN_MAJOR
    assert made["manifest"]["services"]["registry"]["tables"]["public.subject_key"] == 1

    new = owned(server)
    restoring = ("restore", made["file"], "--service", "registry", *sealed)
    status, said = kinward(place, new, *restoring, account="reader")
    assert (status, "may-replace" in said) == (78, True), said
    unfinished.require_none(place / "home" / "kz")  # nothing was changed
    status, said = kinward(place, new, *restoring, account="admin")
    assert status == 0, said
    with db.make_unpooled_engine(new).connect() as connection:
        assert connection.scalar(text(TABLES)) == 0
        assert connection.scalar(text("select count(*) from event_epoch")) == 2
        assert connection.scalar(text("select subject from subject_key")) == subject
    status, said = kinward(place, new, *restoring, account="admin")
    assert (status, "empty-database" in said) == (1, True)
    assert kinward(place, new, *restoring, "--replace", account="admin")[0] == 0
