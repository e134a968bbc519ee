"""The compose file as it is, brought up as docs/compose.md says: one machine, from nothing to a working deployment.

A real engine, with images of Debian's packages under the names of the official ones (standins). The tests stand in the
order of a machine's life; what each needs of the ones before is in the fixtures. Run with -s it prints the memory.
"""

import json
import re
import ssl
import stat
from contextlib import suppress
from datetime import timedelta

import httpx
import pyotp
import pytest

from shared import clock, release
from tests import alarms
from tests.deployment import standins
from tests.deployment.machine import ANSWERS, Machine, until
from tests.e2e.running import free_port

PASSWORD = "quiet herons cross at dusk"
SERVICES = ("registry", "placements", "social_work", "reporting")
LOAD = 150


@pytest.fixture(scope="module")
def machine(container_engine):
    """Brought up; `kinward init` has been said once. All of it is taken down at the end."""
    standins.build(container_engine)
    made = Machine(container_engine, container_engine.folder / "machine", free_port())
    try:
        made.before_init = made.up()
        made.init = made.kinward("init", "--answers", "-", typed=ANSWERS)
        until(made.is_ready, "the services answer")
        yield made
    except (AssertionError, TimeoutError):
        print(made.compose("logs", "--tail", "40"))
        raise
    finally:
        with suppress(AssertionError):
            made.compose("--profile", "*", "down", "--volumes", "--timeout", "5")


@pytest.fixture(scope="module")
def client(machine):
    with machine.client() as made:
        yield made


@pytest.fixture(scope="module")
def registrar(machine):
    return machine.token("registrar")


def test_secrets_are_made_once_and_their_folder_is_its_owners_alone(machine):
    folder = machine.folder / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert len(set(before.values())) == len(before) == 13
    machine.up()
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    inspected = machine.compose("config")
    for name in ("postgres_password", "registry_password", "rabbitmq_password"):
        assert before[name].decode() not in inspected


def test_the_image_says_of_which_commit_it_is_and_can_send_traces(machine):
    assert machine.kinward("--version").strip() == f"kinward {release.VERSION} ({standins.COMMIT})"
    sends = "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter"
    machine.compose("exec", "-T", "kinward", "/opt/venv/bin/python", "-c", sends)


def test_initialising_again_checks_and_changes_nothing_and_other_answers_are_refused(machine):
    assert re.search(r"[1-9]\d* revisions applied", machine.init)
    assert "no revisions applied" in machine.kinward("init")
    with pytest.raises(AssertionError, match="one-deployment"):
        machine.kinward("init", "--pack", "uz")


def test_the_proxy_speaks_tls_1_3_and_refuses_1_2(machine, client):
    assert client.get("/sign-in").status_code == 200
    with (
        machine.client(newest=ssl.TLSVersion.TLSv1_2) as older,
        pytest.raises(httpx.ConnectError, match=r"(?i)protocol"),
    ):
        older.get("/sign-in")
    assert {client.get(path).status_code for path in ("/readyz", "/livez", "/metrics")} == {404}


def test_the_first_administrator_takes_the_invitation_up_and_signs_in(machine):
    link = re.search(r"/invitation/[a-z0-9-]+", machine.init.replace("\n", "")).group(0)
    with machine.client() as browser:
        page = browser.get(link)
        secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.text).group(1).replace(" ", "")
        earlier = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
        taken = _send(browser, page, "/invitation", password=PASSWORD, again=PASSWORD, code=earlier)
        assert taken.status_code == 200, taken.text
        recovery = re.findall(r"<li><code>([a-z0-9-]+)</code>", taken.text)
        page = browser.get("/sign-in")
        inside = _send(browser, page, "/sign-in/local", login="aigul.omarova", password=PASSWORD, code=recovery[0])
        assert (inside.status_code, inside.url.path) == (200, "/"), inside.text
        assert "Aigul Omarova" in inside.text
        assert browser.get("/accounts").status_code == 200
    logs = machine.compose("logs", "proxy")
    assert link.rpartition("/")[2] not in logs
    assert "/invitation/-" in logs


def _send(browser, page, path, **fields):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    return browser.post(path, data={"csrf_token": token, **fields}, headers={"Origin": str(browser.base_url)})


def test_a_request_over_the_proxy_reaches_every_service(machine, client, registrar):
    child = machine.registered(client, registrar)
    until(lambda: all(machine.heard(child).values()), "every service has heard of the child")
    administrator = {"Authorization": f"Bearer {machine.token('administrator')}"}
    for service in SERVICES:
        assert client.get(f"/{service}/stream", headers=administrator).status_code == 200, service


def test_no_account_of_the_databases_is_a_superuser_but_the_servers_own(machine):
    accounts = machine.rows("postgres", "select rolname from pg_roles where rolsuper or rolcreaterole or rolbypassrls")
    assert accounts == ["kinward"]
    owners = "select distinct tableowner from pg_tables where schemaname = 'public'"
    assert {service: machine.rows(service, owners) for service in SERVICES} == {each: [each] for each in SERVICES}


def test_a_container_that_is_killed_comes_back_by_itself(machine, client, registrar):
    before = machine.restarts("kinward")
    machine.kill("kinward")
    until(lambda: machine.restarts("kinward") > before and machine.is_ready(), "the container is back and serves")
    child = machine.registered(client, registrar)
    until(lambda: all(machine.heard(child).values()), "every service has heard of the child")


def test_events_wait_out_an_outage_of_the_broker_and_arrive(machine, client, registrar):
    machine.compose("stop", "--timeout", "20", "rabbitmq")
    child = machine.registered(client, registrar)
    assert not any(machine.heard(child).values())
    machine.compose("start", "rabbitmq")
    until(lambda: all(machine.heard(child).values()), "every service has heard of the child")
    status = json.loads(machine.kinward("stream", "status", "--wait", "60", "--json"))
    assert status


def test_it_fits_a_small_machine_idle_and_under_load(machine, client, registrar):
    idle = machine.memory()
    for _ in range(LOAD):
        machine.registered(client, registrar)
        assert client.get("/sign-in").status_code == 200
    loaded = machine.memory()
    for name in sorted(loaded):
        print(f"{name:12} idle {idle[name]:6.0f} MB, after {LOAD} children and pages {loaded[name]:6.0f} MB")
    print(f"{'together':12} idle {sum(idle.values()):6.0f} MB, {sum(loaded.values()):6.0f} MB")
    assert {"postgres", "rabbitmq", "kinward", "portal", "proxy"} == set(loaded)
    assert sum(loaded.values()) < 2048


def test_prometheus_of_the_machine_scrapes_it_and_judges_by_our_rules(machine):
    machine.compose("up", "--detach", "--no-deps", "--pull", "never", "prometheus")

    def standing():
        targets = machine.inside("http://prometheus:9090/api/v1/targets")["data"]["activeTargets"]
        return [(each["labels"]["job"], each["labels"]["deployment"], each["health"]) for each in targets]

    until(lambda: standing() == 2 * [("kinward", "country", "up")], "Prometheus has scraped services and portal")
    groups = machine.inside("http://prometheus:9090/api/v1/rules")["data"]["groups"]
    loaded = {rule["name"] for group in groups for rule in group["rules"] if rule["type"] == "alerting"}
    assert loaded == {rule["alert"] for rule in alarms.rules()}
    machine.compose("rm", "--stop", "--force", "prometheus")


def test_a_backup_brings_back_what_was_there_and_nothing_that_came_later(machine, client, registrar):
    kept = machine.registered(client, registrar)
    until(lambda: all(machine.heard(kept).values()), "every service has heard of the child")
    machine.tools("backup", "recipient", "--out", "/backups/keys")
    machine.tools("backup", "--out", "/backups", "--to", "/backups/keys/backup.jwk")
    (file,) = (each for each in (machine.folder / "backups").iterdir() if each.is_file())
    later = machine.registered(client, registrar)
    machine.compose("stop", "kinward", "portal")
    machine.tools(
        "restore", f"/backups/{file.name}", "--key", "/backups/keys/backup.private.jwk", "--replace",
        "--nobody-erased-since",
    )  # fmt: skip
    machine.up()
    until(machine.is_ready, "the services answer")
    token = {"Authorization": f"Bearer {registrar}"}
    assert client.get(f"/registry/children/{kept}", headers=token).status_code == 200
    assert client.get(f"/registry/children/{later}", headers=token).status_code == 404
    child = machine.registered(client, registrar)
    until(lambda: all(machine.heard(child).values()), "events flow in the new epoch")
