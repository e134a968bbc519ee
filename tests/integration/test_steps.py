"""Steps that expand and contract a database, taken by releases that overlap. The steps are a toy's: a post office.

Real PostgreSQL, real kills. Not here: the services' own steps (guard), and processes under load (test_upgrade).
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared import db, failpoints, release, steps
from shared.errors import ConfigurationError, Unavailable
from shared.steps import ContractFirst, OlderProcess, book, presence, taking
from tests.integration.toys import package_of

ROOT = Path(__file__).parents[2]
FIRST = ("founding", "", "create table parcel (id uuid primary key, weight integer)")
WIDER = ("expand", "", "alter table parcel add column colour text")
FASTER = ("expand", "concurrently = True", "create index concurrently if not exists parcel_weight on parcel (weight)")
LESS = ("contract", 'oldest = "0.2.0"', "alter table parcel drop column weight")
NEXT = ("expand", "", "alter table parcel add column stamp text")


@pytest.fixture
def engine(postgresql_url):
    engine = db.make_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def post(tmp_path, monkeypatch):
    """Call it with the steps that a release has: the name of their package."""

    def written(number, phase, more, statement):
        previous = f'"post_{number - 1:04d}"' if number > 1 else None
        return (
            f'from alembic import op\nrevision = "post_{number:04d}"\ndown_revision = {previous}\n'
            f'phase = "{phase}"\n{more}\n\n\ndef upgrade():\n    op.execute("{statement}")\n'
        )

    def package(*made):
        return package_of(tmp_path, monkeypatch, [written(number, *step) for number, step in enumerate(made, start=1)])

    return package


@pytest.fixture
def as_release(monkeypatch):
    """Be another release from now on."""
    return lambda version: monkeypatch.setattr(release, "VERSION", version)


def columns(engine):
    with engine.connect() as connection:
        query = "select column_name from information_schema.columns where table_name = 'parcel'"
        return set(connection.scalars(text(query)))


def test_an_older_release_works_on_what_a_newer_one_expanded_and_migrating_by_it_changes_nothing(engine, post):
    older = post(FIRST)
    db.migrate(engine, older)
    assert db.migrate(engine, post(FIRST, WIDER, FASTER)) == ["post_0002", "post_0003"]
    found = db.standing(engine, older)
    assert [each.step.revision for each in found.ahead] == ["post_0003", "post_0002"]
    found.require("post", "migrate")
    assert db.pending_migrations(engine, older) == db.migrate(engine, older) == []


def test_what_takes_away_waits_for_its_own_command_and_a_release_may_start_without_it(engine, post, as_release):
    as_release("0.2.0")
    newer = post(FIRST, WIDER, LESS)
    db.migrate(engine, post(FIRST))
    assert db.migrate(engine, newer) == ["post_0002"]
    found = db.standing(engine, newer)
    found.require("post", "migrate")
    assert [step.revision for step in found.to_contract] == ["post_0003"]
    assert columns(engine) == {"id", "weight", "colour"}
    assert db.migrate(engine, newer, contract=True) == ["post_0003"]
    assert columns(engine) == {"id", "colour"}


def test_an_empty_database_gets_every_step_at_once(engine, post):
    assert db.migrate(engine, post(FIRST, WIDER, LESS, NEXT)) == [f"post_000{number}" for number in (1, 2, 3, 4)]


def test_an_older_release_refuses_what_was_contracted_and_names_the_oldest_that_does_not(engine, post, as_release):
    db.migrate(engine, post(FIRST, WIDER, LESS))
    older = post(FIRST)
    with pytest.raises(ConfigurationError, match=r"post_0003 took away what release 0[.]1[.]0 needs") as refused:
        db.standing(engine, older)
    assert (refused.value.rule, refused.value.remedy[:33]) == ("contracted", "run release 0.2.0 or a newer one,")
    as_release("0.10.0")
    assert len(db.standing(engine, older).ahead) == 2


def test_a_phase_that_a_later_release_invents_is_one_that_this_release_cannot_bear(engine, post):
    db.migrate(engine, post(FIRST, WIDER))
    with engine.begin() as connection:
        connection.execute(text("update schema_step set phase = 'sideways' where revision = 'post_0002'"))
    with pytest.raises(ConfigurationError, match="post_0002, which this release does not know"):
        db.standing(engine, post(FIRST))


def test_contracting_is_refused_while_a_process_of_an_older_release_runs_and_names_it(engine, post, as_release):
    newer = post(FIRST, LESS)
    db.migrate(engine, post(FIRST))
    with presence.noted({"post": engine}, "web"):
        as_release("0.2.0")
        with presence.noted({"post": engine}, "worker"), pytest.raises(OlderProcess) as refused:
            db.migrate(engine, newer, contract=True)
        assert refused.value.message.startswith("post web of release 0.1.0 on ")
        assert refused.value.message.endswith(f"process {os.getpid()}")
        assert refused.value.rule == "contract-after-the-rollout"
    assert columns(engine) == {"id", "weight"}
    assert db.migrate(engine, newer, contract=True) == ["post_0002"]


def test_a_process_that_was_killed_stands_in_nobodys_way_for_ever(engine, post, as_release):
    db.migrate(engine, post(FIRST))
    presence.Presence({"post": engine}).say()
    as_release("0.2.0")
    with engine.begin() as connection:
        connection.execute(text("update running_process set seen_at = seen_at - interval '2 minutes'"))
    assert db.migrate(engine, post(FIRST, LESS), contract=True) == ["post_0002"]


def test_a_process_that_starts_while_a_step_contracts_waits_and_then_sees_that_it_is_too_old(engine, post, as_release):
    db.migrate(engine, post(FIRST))
    older, newer, seen = post(FIRST), post(FIRST, LESS), []
    booked = threading.Event()

    def start():
        booked.wait(20)
        presence.Presence({"post": engine}).say()
        try:
            db.standing(engine, older)
        except ConfigurationError as refused:
            seen.append(refused.rule)

    def before_the_step(*_):
        with engine.connect() as connection:
            booked.set()
            for _ in range(500):
                if connection.scalar(text("select count(*) from pg_locks where not granted")):
                    return
                connection.execute(text("select pg_sleep(0.01)"))

    starting = threading.Thread(target=start)
    starting.start()
    run = taking._run
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(taking, "_run", lambda *given: (before_the_step(), run(*given)))
        assert db.migrate(engine, newer, contract=True) == ["post_0002"]
    starting.join(20)
    assert seen == ["contracted"]


def test_a_release_that_was_skipped_is_contracted_before_the_next_expands(engine, post, as_release):
    as_release("0.3.0")
    latest = post(FIRST, WIDER, LESS, NEXT)
    db.migrate(engine, post(FIRST, WIDER))
    with pytest.raises(ContractFirst) as refused:
        db.migrate(engine, latest)
    assert refused.value.remedy == "when every process is of release 0.2.0 or newer: kinward migrate --contract"
    with pytest.raises(ConfigurationError, match="lacks post_0003, post_0004"):
        db.standing(engine, latest).require("post", "migrate")
    assert db.migrate(engine, latest, contract=True) == ["post_0003", "post_0004"]


def killed(engine, package, folder, at):
    """Migrate in a process that a failpoint ends at this place."""
    script = "import sys; from shared import db; db.migrate(db.make_engine(sys.argv[1]), sys.argv[2])"
    done = subprocess.run(
        [sys.executable, "-c", script, engine.url.render_as_string(hide_password=False), package],
        cwd=ROOT,
        env=os.environ | {
            "PYTHONPATH": f"{folder}:{ROOT}", "KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": f"{at}=exit"
        },
        check=False,
        capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == failpoints.STATUS, done.stderr.decode()


@pytest.mark.parametrize("at", ["migration.begun", "migration.taken"])
def test_a_step_without_a_transaction_that_was_killed_is_refused_at_start_and_completed_by_migrating(
    engine, post, tmp_path, at
):
    older, newer = post(FIRST), post(FIRST, FASTER)
    db.migrate(engine, older)
    killed(engine, newer, tmp_path, at)
    for package in (older, newer):
        with pytest.raises(ConfigurationError, match="the migration post_0002 was broken off") as refused:
            db.standing(engine, package).require("post", "migrate")
        assert (refused.value.field, refused.value.rule) == ("post", "half-migration")
        assert refused.value.remedy == f"complete it with release {release.VERSION}: kinward migrate"
    with pytest.raises(ConfigurationError, match="broken off"):
        db.migrate(engine, older)
    db.migrate(engine, newer)
    db.standing(engine, newer).require("post", "migrate")
    with engine.connect() as connection:
        assert connection.scalar(text("select indisvalid from pg_index where indexrelid = 'parcel_weight'::regclass"))


INVALID = text("select count(*) from pg_index where indexrelid = to_regclass('parcel_weight') and not indisvalid")
END = text("select pg_terminate_backend(pid) from pg_stat_activity where query like 'create index concurrently%'")


def test_an_index_that_was_broken_off_in_the_making_is_made_anew(engine, post):
    newer, failed = post(FIRST, FASTER), []
    db.migrate(engine, post(FIRST))

    def migrate():
        try:
            db.migrate(engine, newer)
        except OperationalError as ended:
            failed.append(ended)

    migrating = threading.Thread(target=migrate)
    with engine.connect() as busy, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        busy.execute(text("insert into parcel values (gen_random_uuid(), 1)"))
        migrating.start()
        for _ in range(500):
            if watching.scalar(INVALID):
                break
            watching.execute(text("select pg_sleep(0.01)"))
        watching.execute(END)
        migrating.join(20)
        busy.rollback()
    assert len(failed) == 1
    with pytest.raises(ConfigurationError, match="post_0002 was broken off"):
        db.standing(engine, newer).require("post", "migrate")
    assert db.migrate(engine, newer) == ["post_0002"]
    with engine.connect() as connection:
        assert connection.scalar(text("select indisvalid from pg_index where indexrelid = 'parcel_weight'::regclass"))


def test_while_somebody_migrates_a_step_without_a_transaction_is_not_broken_off(engine, post):
    older, newer = post(FIRST), post(FIRST, FASTER)
    db.migrate(engine, older)
    run = taking._run
    with pytest.MonkeyPatch.context() as patched:
        # Whoever starts meanwhile asks for the lock of the package that migrates: all releases have one name for it.
        patched.setattr(taking, "_run", lambda *given: (db.standing(engine, newer).broken == () or 1 / 0, run(*given)))
        assert db.migrate(engine, newer) == ["post_0002"]


def test_a_step_in_a_transaction_that_was_killed_leaves_nothing_and_is_taken_again(engine, post, tmp_path):
    newer = post(FIRST, WIDER)
    db.migrate(engine, post(FIRST))
    killed(engine, newer, tmp_path, "migration.uncommitted")
    with pytest.raises(ConfigurationError, match="lacks post_0002") as refused:
        db.standing(engine, newer).require("post", "migrate")
    assert (refused.value.field, refused.value.rule) == ("post", "migrated-first")
    assert columns(engine) == {"id", "weight"}
    assert db.migrate(engine, newer) == ["post_0002"]


def test_a_table_that_is_in_use_is_waited_for_a_moment_at_a_time(engine, post, monkeypatch):
    newer = post(FIRST, WIDER)
    db.migrate(engine, post(FIRST))
    monkeypatch.setattr(taking, "LOCK_WAIT", "50ms")
    with engine.connect() as busy:
        busy.execute(text("lock table parcel in access share mode"))
        with monkeypatch.context() as patched:
            patched.setattr(taking, "PATIENCE", 0.0)
            with pytest.raises(Unavailable, match="post_0002 never got the lock"):
                db.migrate(engine, newer)
        monkeypatch.setattr(taking.time, "sleep", lambda _: busy.rollback())
        assert db.migrate(engine, newer) == ["post_0002"]


@pytest.mark.parametrize(
    "said", ['phase = "sideways"', 'phase = "contract"', 'phase = "expand"\noldest = "0.2.0"', 'oldest = "two"']
)
def test_a_step_that_says_something_else_of_itself_is_refused(tmp_path, said):
    path = tmp_path / "0001_step.py"
    path.write_text(f'revision = "post_0001"\ndown_revision = None\n{said}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        steps.scripts.read(path)
    assert (refused.value.field, refused.value.rule) == ("0001_step.py", "phase-of-a-step")


def test_a_book_of_before_there_was_one_is_made_by_migrating(engine, post):
    package = post(FIRST)
    db.migrate(engine, package)
    with engine.begin() as connection:
        connection.execute(text("drop table schema_step, running_process"))
    with pytest.raises(ConfigurationError, match="keeps no book") as refused:
        db.standing(engine, package).require("post", "migrate")
    assert refused.value.remedy == "migrate"
    assert db.migrate(engine, package) == []
    with engine.connect() as connection:
        assert book.is_kept(connection)
    db.standing(engine, package).require("post", "migrate")
