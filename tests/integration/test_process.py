"""One process of a deployment: what it refuses to start over, what its faces share, how it drains."""

import json
import threading
from collections import namedtuple
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from werkzeug import test as wsgi

from services.cli.composition import kind_of
from services.registry import api
from shared import clock, config, countries, db
from shared.auth import tokens
from shared.broker.in_process import InProcessBroker
from shared.broker.rabbitmq import RabbitMQBroker
from shared.config import SERVICES
from shared.errors import ConfigurationError, Invalid
from shared.runtime import process
from shared.runtime.deployment import Deployment
from shared.runtime.process import Process, preflight

Usage = namedtuple("Usage", "free")


class Client(wsgi.Client):
    """Takes each answer to its end, as a network does."""

    def open(self, *args, **kwargs):
        return super().open(*args, buffered=True, **kwargs)


@pytest.fixture
def make(tmp_path, wheel_url):
    """Call it for the deployment kz over registry's empty database; everything is closed at the end."""
    made = []

    def deployment(pack="kz", **environment):
        given = {"KINWARD_HOME": str(tmp_path), "KINWARD_EMBEDDED": "1"} | environment
        settings = config.load("kz", given)
        settings.folder.mkdir(exist_ok=True)
        settings.jwks.write_text(json.dumps(tokens.public_jwks([tokens.generate_key()])), encoding="utf-8")
        kinds = {service: kind_of(service) for service in SERVICES}
        found = Deployment(settings, countries.load(pack, settings.countries), kinds, {"registry": wheel_url})
        made.append(found)
        return found

    yield deployment
    for each in made:
        each.dispose()


@pytest.fixture
def migrated(make):
    """The deployment, registry's database at its newest revision."""
    deployment = make()
    db.migrate(deployment.engine("registry"), "services.registry.migrations")
    return deployment


def refusal(call, *arguments, **options):
    with pytest.raises(ConfigurationError) as refused:
        call(*arguments, **options)
    return refused.value


def test_a_half_migration_is_refused_with_the_command_that_completes_it(make):
    refused = refusal(preflight, make(), ["registry"])
    assert (refused.field, refused.remedy) == ("registry", "run: kinward migrate --deployment kz")


def test_a_deployment_that_is_fit_may_start(migrated):
    preflight(migrated, ["registry"])


def test_a_clock_that_is_plainly_wrong_is_refused(migrated, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert refusal(preflight, migrated, ["registry"]).field == "clock"


def test_a_full_disk_is_refused(migrated, monkeypatch):
    monkeypatch.setattr(process.shutil, "disk_usage", lambda _: Usage(free=process.FREE_BYTES - 1))
    assert "free" in refusal(preflight, migrated, ["registry"]).message


def test_what_a_deployment_does_not_run_or_does_not_know_is_refused(make):
    hub = make(pack="unicef")
    assert refusal(hub.kind, "registry").field == "service"
    assert hub.consumes("reporting") == ()
    assert make().consumes("social_work") == ("registry", "placements")
    assert refusal(make().engine, "placements").field == "KINWARD_PLACEMENTS_DATABASE_URL"


def test_today_is_the_day_in_the_packs_zone(make, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    assert make().today() == date(2026, 3, 2)


def test_a_command_commits_on_a_clean_end_alone(migrated):
    with pytest.raises(Invalid), migrated.transaction("registry", "clerk") as uow:
        uow.note("Tried")
        raise Invalid
    with migrated.transaction("registry", "clerk") as uow:
        uow.note("Done")
    with migrated.reading("registry") as session:
        found = session.connection().exec_driver_sql("select action, actor from audit").all()
    assert [tuple(row) for row in found] == [("Done", "clerk")]


def test_the_broker_is_the_one_named_or_the_one_inside_or_none(make):
    named = make(KINWARD_AMQP_URI="amqp://127.0.0.1:1/x")
    assert isinstance(Process(named, ["registry"], api=False).broker("registry"), RabbitMQBroker)
    inside = Process(make(), ["registry"], api=False)
    assert isinstance(inside.broker("registry"), InProcessBroker)
    assert inside.broker("registry") is inside.broker("reporting")
    assert refusal(Process, make(KINWARD_EMBEDDED="0"), ["registry"], api=False).field == "KINWARD_AMQP_URI"


def test_an_api_alone_is_given_no_broker_and_needs_none(make):
    Process(make(KINWARD_EMBEDDED="0"), ["registry"], api=True, events=False)


def test_an_api_needs_keys_to_believe(make):
    deployment = make()
    deployment.settings.jwks.unlink()
    assert refusal(Process, deployment, ["registry"], api=True).field == "KINWARD_JWKS"
    Process(deployment, ["registry"], api=False)


class Listening:
    """A face that listens, and what it is told."""

    def __init__(self):
        self.told = []

    def last_answers(self):
        self.told.append("last answers")

    def refuse(self):
        self.told.append("refuse")


def test_the_first_face_listens_and_the_others_mount(make):
    made = Process(make(), ["registry"], api=True)
    assert [made.claim_port(Listening()) for _ in range(3)] == [True, False, False]


def test_a_process_is_ready_once_its_database_is_and_not_while_it_drains(make):
    deployment = make()
    made = Process(deployment, ["registry"], api=True)
    made.mount("registry", api.BLUEPRINTS)
    client = Client(made.application)
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503
    db.migrate(deployment.engine("registry"), "services.registry.migrations")
    assert client.get("/readyz").status_code == 200
    assert client.get("/registry/audit").status_code == 401
    made.drain()
    assert client.get("/readyz").json == {"status": "not ready", "parts": {"process": "draining"}}
    assert client.get("/livez").status_code == 200


NEWER = """
    insert into schema_step (revision, previous, phase, oldest, release, done_at)
    select '9999_of_a_later_release', version_num, :phase, :oldest, '9.0.0', now() from alembic_version;
    update alembic_version set version_num = '9999_of_a_later_release'
"""


def test_a_process_stays_ready_and_starts_when_a_newer_release_has_expanded_the_database_under_it(make):
    deployment = make()
    made = Process(deployment, ["registry"], api=True, events=False)
    db.migrate(deployment.engine("registry"), "services.registry.migrations")
    with deployment.engine("registry").begin() as connection:
        connection.execute(text(NEWER), {"phase": "expand", "oldest": None})
    assert Client(made.application).get("/readyz").status_code == 200
    deployment.require_migrated(("registry",))


def test_a_process_is_no_longer_ready_and_does_not_start_when_a_newer_release_took_away_what_it_needs(make):
    deployment = make()
    made = Process(deployment, ["registry"], api=True, events=False)
    db.migrate(deployment.engine("registry"), "services.registry.migrations")
    with deployment.engine("registry").begin() as connection:
        connection.execute(text(NEWER), {"phase": "contract", "oldest": "9.0.0"})
    assert Client(made.application).get("/readyz").status_code == 503
    refused = refusal(deployment.require_migrated, ("registry",))
    assert (refused.field, refused.rule) == ("services.registry.migrations", "contracted")
    assert refused.remedy == "run release 9.0.0 or a newer one, or restore a backup"


def test_a_worker_mounts_no_api(make):
    made = Process(make(), ["registry"], api=False)
    made.mount("registry", api.BLUEPRINTS)
    assert Client(made.application).get("/registry/audit").status_code == 404


def test_a_process_that_lingers_answers_on_while_it_says_that_it_is_not_ready(make, monkeypatch):
    deployment, seen, face = make(KINWARD_LINGER="7"), [], Listening()
    made = Process(deployment, ["registry"], api=True)
    made.claim_port(face)
    made.mount("registry", api.BLUEPRINTS)
    client = Client(made.application)

    def look(seconds):
        answers = (client.get("/readyz").status_code, client.get("/registry/audit").status_code)
        seen.append((seconds, *answers, tuple(face.told)))

    monkeypatch.setattr(process.time, "sleep", look)
    made.drain()
    Process(deployment, ["registry"], api=False).drain()
    assert [each for each in seen if each[0] == 7] == [(7, 503, 401, ("last answers",))]
    assert seen[1][3] == ("last answers", "refuse"), "who comes later is refused, not cut off"
    assert refusal(make, KINWARD_LINGER="long").field == "KINWARD_LINGER"


def test_draining_waits_for_the_requests_under_way_but_not_for_ever(make, monkeypatch):
    made, entered, leave = Process(make(), ["registry"], api=True), threading.Event(), threading.Event()

    def slow(environ, start_response):
        entered.set()
        assert leave.wait(20)
        start_response("200 OK", [])
        return [b""]

    made.root.mount("slow", slow)
    request = threading.Thread(target=Client(made.application).get, args=("/slow",))
    request.start()
    assert entered.wait(20)
    monkeypatch.setattr(process, "DRAIN_SECONDS", 0.1)
    made.drain()  # gives up
    assert made.in_flight == 1
    monkeypatch.setattr(process, "DRAIN_SECONDS", 20)
    draining = threading.Thread(target=made.drain)
    draining.start()
    leave.set()
    draining.join(20)
    request.join(20)
    assert (draining.is_alive(), made.in_flight) == (False, 0)


def test_an_answer_that_is_made_while_it_is_sent_is_under_way_until_its_end(make):
    made = Process(make(), ["registry"], api=True)

    def parts(environ, start_response):
        start_response("200 OK", [])
        return iter([b"first", b"last"])

    made.root.mount("parts", parts)
    answer = made.application(wsgi.create_environ("/parts"), lambda *_: None)
    assert (next(answer), made.in_flight) == (b"first", 1)
    answer.close()
    assert made.in_flight == 0


def test_a_request_that_breaks_is_not_waited_for(make):
    made = Process(make(), ["registry"], api=True)

    def broken(environ, start_response):
        raise RuntimeError("broken")

    made.root.mount("broken", broken)
    with pytest.raises(RuntimeError):
        made.application(wsgi.create_environ("/broken"), lambda *_: None)
    assert made.in_flight == 0
