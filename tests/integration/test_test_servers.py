"""The servers that tests ask for are there, empty, and apart from each other."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import amqp
import psycopg2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from shared.embedded import postmaster
from shared.errors import Unavailable
from shared.testing import container, packages
from shared.testing.management import Management
from shared.testing.rabbitmq import Broker, given_broker

ROOT = Path(__file__).resolve().parents[2]


def test_a_database_is_empty_and_of_the_promised_version(postgresql_url: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version_num"))
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        lower = connection.scalar(text("SELECT lower('ҚАЗАҚ Ўзбек')"))
    engine.dispose()

    assert str(version).startswith("15" if "debian15" in request.node.name else "18")
    assert tables == 0
    assert lower == "қазақ ўзбек"


def test_databases_of_one_test_are_different(new_database: Callable[[], str], wheel_url: str) -> None:
    urls = {new_database(), new_database(), wheel_url}

    assert len(urls) == 3
    for url in urls:
        host = make_url(url).query["host"]
        psycopg2.connect(host=host, user="kinward", dbname=make_url(url).database).close()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_vhost_starts_without_the_queues_of_the_test_before(rabbitmq: Broker, amqp_uri: str, turn: str) -> None:
    if not rabbitmq.isolated:
        pytest.skip("KINWARD_TEST_AMQP_URI was given without a management API: tests share its vhost")
    address = make_url(amqp_uri)
    with amqp.Connection(f"{address.host}:{address.port}", virtual_host=address.database) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.NotFound):
            channel.queue_declare("left-behind", passive=True)
        connection.channel().queue_declare("left-behind", durable=True, auto_delete=False)


def test_tests_that_ask_for_a_server_are_marked(amqp_uri: str, wheel_url: str, request: pytest.FixtureRequest) -> None:
    assert {"rabbitmq", "postgresql"} <= {mark.name for mark in request.node.iter_markers()}


BARE_MACHINE = """
from pathlib import Path
from shared.testing import container, packages, postgresql, rabbitmq

rabbitmq._SERVER = postgresql.DEBIAN_PROGRAMS = Path("/nowhere")
packages.can_install = lambda: False
container.engine = lambda: None
"""


@pytest.mark.parametrize(
    ("ci", "outcome", "status"), [("", "2 skipped", 0), ("true", "2 errors", 1)], ids=["laptop", "CI"]
)
def test_a_server_that_cannot_be_had_skips_the_test_but_fails_it_in_ci(
    tmp_path: Path, ci: str, outcome: str, status: int
) -> None:
    (tmp_path / "bare_machine.py").write_text(BARE_MACHINE)
    environment = {
        **os.environ,
        "CI": ci,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "KINWARD_TEST_AMQP_URI": "",
    }
    tests = [f"{__file__}::test_a_vhost_starts_without_the_queues_of_the_test_before[first]"]
    tests.append(f"{__file__}::test_a_database_is_empty_and_of_the_promised_version[debian15]")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "bare_machine", *tests],
        check=False,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert outcome in run.stdout
    assert "apt-get install rabbitmq-server" in run.stdout
    assert "apt-get install postgresql-15" in run.stdout
    assert run.returncode == status


def test_a_given_broker_is_used_as_given(rabbitmq: Broker, amqp_uri: str) -> None:
    if not isinstance(rabbitmq, Management):
        pytest.skip("the given broker has no management API")
    with given_broker(amqp_uri, rabbitmq.api) as given:
        uri = given.new_vhost()
        assert given.isolated
        assert uri != amqp_uri
        given.drop_vhost(uri)
    with given_broker(amqp_uri, "http://127.0.0.1:9") as given:
        assert not given.isolated
        assert given.new_vhost() == amqp_uri


ENGINE = """#!{python}
import base64, json, sys, urllib.request

command, *options = sys.argv[1:]
print(command, *options, file=open({calls!r}, "a"))
if command == "port":
    print({{"5672/tcp": "127.0.0.1:{amqp}", "15672/tcp": "{api}"}}[options[-1]])
if command == "run":
    given = dict(value.split("=") for flag, value in zip(options, options[1:]) if flag == "--env")
    body = {{"password": given["RABBITMQ_DEFAULT_PASS"], "tags": "administrator"}}
    url = "http://{api}/api/users/" + given["RABBITMQ_DEFAULT_USER"]
    request = urllib.request.Request(url, json.dumps(body).encode(), method="PUT")
    request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
    urllib.request.urlopen(request)
"""


def test_a_container_engine_is_asked_for_a_broker_and_to_remove_it(rabbitmq: Broker, tmp_path: Path) -> None:
    """The engine here is a script before the run's own node: what an engine itself does is not tried."""
    if not isinstance(rabbitmq, Management):
        pytest.skip("the given broker has no management API")
    calls, engine = tmp_path / "calls", tmp_path / "engine"
    api = rabbitmq.api.removeprefix("http://")
    engine.write_text(ENGINE.format(python=sys.executable, calls=str(calls), amqp=rabbitmq.port, api=api))
    engine.chmod(0o755)

    with container.broker_container(str(engine)) as broker:
        uri = broker.new_vhost()
        assert uri.startswith(f"amqp://kinward:{broker.password}@127.0.0.1:{rabbitmq.port}/")
        broker.drop_vhost(uri)

    lines = calls.read_text().splitlines()
    name = lines[-1].split()[-1]
    assert lines[0].startswith("run --detach --name " + name)
    assert lines[0].endswith(" rabbitmq:3-management")
    assert lines[-1] == f"rm --force --volumes {name}"


def test_a_given_broker_that_does_not_answer_is_an_error_and_no_skip() -> None:
    with pytest.raises(Unavailable, match="KINWARD_TEST_AMQP_URI"), given_broker("amqp://127.0.0.1:9", None):
        pass


def test_servers_and_folders_go_even_when_the_run_is_killed() -> None:
    code = "import sys, time\nfrom shared.testing.postgresql import postgresql_server\n"
    code += "with postgresql_server('wheel') as server: print(server.new_database(), flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = Path(str(make_url(run.stdout.readline()).query["host"]))
        found = postmaster.running(folder / "data")
        run.kill()

    assert found is not None
    deadline = time.monotonic() + 30
    while folder.parent.exists() or postmaster.running(folder / "data") is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_file_that_an_installation_replaces_is_put_back(tmp_path: Path) -> None:
    kept, made = tmp_path / "kept", tmp_path / "made"
    kept.write_text("before")
    kept.chmod(0o640)

    with packages._replaced(kept, "meanwhile"), packages._replaced(made, "meanwhile"):
        assert (kept.read_text(), made.read_text()) == ("meanwhile", "meanwhile")

    assert kept.read_text() == "before"
    assert kept.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [kept]
