"""A deployment as its operator may cut it: a process a service, registry's API and worker apart.

Real processes over a private RabbitMQ node and Debian's PostgreSQL 15.
"""

import json

import pytest
from kombu import Connection

from tests import named
from tests.e2e import running
from tests.e2e.running import ask, await_ready, until

SERVICES = ("registry", "placements", "social_work", "reporting")


def child():
    """What is said of a child that is not there yet."""
    birth = {"precision": "day", "date": "2015-05-04"}
    return {"identity": {"names": [named.fresh()], "sex": "F", "birth": birth, "area": "KZ-75"}}


@pytest.fixture(scope="module")
def kz(rabbitmq, postgresql_debian15):
    """The deployment, migrated; nothing runs yet."""
    databases = {f"{service.upper()}_DATABASE_URL": postgresql_debian15.new_database() for service in SERVICES}
    uri = rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, "kz", AMQP_URI=uri, **databases) as made:
        assert json.loads(made.kinward("migrate", "registry", "--json")).keys() == {"registry"}
        made.kinward("migrate")
        made.kinward("keys", "init")
        yield made
    rabbitmq.drop_vhost(uri)
    for url in databases.values():
        postgresql_debian15.drop_database(url)


@pytest.fixture(scope="module")
def parts(kz):
    """The processes by name: five, started at the same time."""
    commands = {
        "web": ("registry", "--only", "web"),
        "worker": ("registry", "--only", "worker"),
        "placements": ("placements",),
        "social_work": ("social_work",),
        "reporting": ("reporting",),
    }
    started = {name: kz.start(*command, port=running.free_port()) for name, command in commands.items()}
    for each in started.values():
        await_ready(each)
    return started


def registered(kz, parts):
    """The id of a child registered over HTTP just now."""
    answer = kz.post("/registry/children", child(), "registrar", at=parts["web"].address)
    assert answer.status == 201, answer.body
    return answer.json["id"]


def known(kz, service, child):
    """What a service that listens knows of the child: area, and whether registry has confirmed it."""
    told = {
        "placements": "select area, confirmed from whereabouts where child = :child",
        "social_work": "select area, confirmed from child where id = :child",
        "reporting": "select area, not withdrawn from child where id = :child",
    }
    return kz.rows(service, told[service], child=child)


def again(kz, parts, name, *command):
    """Start a process that was stopped, where it was before."""
    parts[name] = kz.serve(*command, port=int(parts[name].address.rpartition(":")[2]))


def test_a_child_registered_over_http_becomes_known_to_every_service_that_listens(kz, parts):
    child = registered(kz, parts)
    for service in SERVICES[1:]:
        heard = until(lambda service=service: known(kz, service, child), f"{service} has heard of the child")
        assert heard == [("KZ-75", True)], service


def test_every_process_says_of_its_database_that_it_is_ready(parts):
    for name, serving in parts.items():
        service = "registry" if name in {"web", "worker"} else name
        report = ask(f"{serving.address}/readyz").json
        assert report == {"status": "ready", "parts": {f"{service} database": "ok", f"{service} migrations": "ok"}}
        assert ask(f"{serving.address}/livez").status == 200


def test_each_process_answers_for_its_own_service_only_and_the_worker_for_none(parts):
    answering = {
        name: [service for service in SERVICES if ask(f"{serving.address}/{service}/audit").status == 401]
        for name, serving in parts.items()
    }
    expected = {"web": ["registry"], "worker": []} | {service: [service] for service in SERVICES[1:]}
    assert answering == expected


def test_the_api_takes_children_while_the_worker_is_down_and_the_worker_then_tells_of_them(kz, parts):
    kz.settle()
    told = kz.value("registry", "select published from event_head")
    assert parts["worker"].stop() == 0
    child = registered(kz, parts)
    assert kz.head("registry") == told + 1
    assert kz.value("registry", "select published from event_head") == told
    again(kz, parts, "worker", "registry", "--only", "worker")
    until(lambda: known(kz, "reporting", child), "reporting knows the child")
    until(
        lambda: kz.value("registry", "select published from event_head") == told + 1,
        "the worker notes that it was published, which may be after reporting heard it",
    )


def test_a_queue_deleted_while_its_consumer_is_down_costs_nothing(kz, parts):
    kz.settle()
    assert parts["placements"].stop() == 0
    missed = registered(kz, parts)
    until(lambda: known(kz, "reporting", missed), "reporting knows the child")
    with Connection(kz.settings["KINWARD_AMQP_URI"]) as connection:
        assert connection.default_channel.queue_delete("placements.inbox") > 0
    again(kz, parts, "placements", "placements")
    until(lambda: known(kz, "placements", missed) == [("KZ-75", True)], "placements knows the child")
    kz.settle()


def test_outside_demo_mode_no_page_with_figures_opens_without_a_token(kz, parts):
    at = parts["reporting"].address
    pages = ("/reporting/page", "/reporting/page/figures.csv", "/reporting/pages/figures", "/reporting/pages/hub")
    assert {ask(at + page).status for page in pages} == {401}
    assert ask(f"{at}/reporting/page", token=kz.token("analyst")).status == 401
    opened = ask(f"{at}/reporting/pages/figures", token=kz.token("analyst"))
    assert (opened.status, opened.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_stream_status_shows_everybody_level_with_everybody(kz, parts):
    registered(kz, parts)
    shown = kz.kinward("stream", "status", "--wait", "60")
    logs, streams = shown.splitlines()[:4], shown.splitlines()[4:]
    assert len(streams) == 9
    assert all(line.endswith("backlog 0") for line in logs), shown
    assert all("lag 0" in line.split("  ") for line in streams), shown  # attempts may stand behind, from the start


def test_told_to_stop_every_process_ends_in_order(parts):
    assert {name: serving.stop() for name, serving in parts.items()} == dict.fromkeys(parts, 0)
