"""What Prometheus hears of the portal, at an address of its own: requests by route, services out of reach, no person.

Not here: where deployments are scraped (tests/kubernetes, tests/guard/test_deployment_files).
"""

import re
import urllib.request

import httpx
import pytest

from services.portal import counting
from shared import config, metrics
from shared.errors import ConfigurationError
from shared.ids import new_id
from tests import alarms
from tests.integration.portal.house import ADDRESS

HERE = "127.0.0.1:0"


def told(name, **labels):
    return metrics.REGISTRY.get_sample_value(f"kinward_{name}", labels) or 0.0


def answered(route, status, method="GET"):
    return told("http_request_seconds_count", service="portal", route=route, method=method, status=str(status))


def out_of_reach(request):
    raise httpx.ConnectError("nobody there", request=request)


def settings(tmp_path, **named):
    return config.load("kz", {"KINWARD_HOME": str(tmp_path), **named})


def test_each_request_is_counted_by_the_template_of_its_route_and_by_nothing_that_somebody_wrote(portal):
    registrar = portal.as_("registrar", subject="demo-metrics", name="Quillonby")
    portal.services.answers = {}
    child, before = new_id(), answered("/children/<uuid:child>", 404)
    lost = answered("-", 404), answered("/sign-in", 405, "OTHER")
    registrar.get(f"/children/{child}")
    registrar.get("/Zephyrine?family=Quillonby")
    registrar.client.open("/sign-in", method="ZEPHYRINE", base_url=ADDRESS)
    assert answered("/children/<uuid:child>", 404) == before + 1
    assert answered("-", 404) == lost[0] + 1
    assert answered("-", 405, "OTHER") + answered("/sign-in", 405, "OTHER") > lost[1]
    said = metrics.exposition().decode().lower()
    assert not re.findall(f"quillonby|zephyrine|demo-metrics|{child}|{registrar.signin.id}", said)


def test_a_service_that_does_not_answer_is_counted(portal):
    portal.services.answers = {("GET", "/registry/.*"): out_of_reach}
    before = told("portal_unanswered_questions_total", service="registry", reason="ConnectError")
    portal.as_("registrar").get(f"/children/{new_id()}")
    assert told("portal_unanswered_questions_total", service="registry", reason="ConnectError") > before
    for circuit in portal.app.extensions["kinward"].circuits.values():
        circuit.failures, circuit.rests_until = 0, 0.0


def test_the_pages_own_address_tells_nobody(portal):
    assert portal.as_("administrator").get("/metrics").page.status_code == 404


def test_metrics_are_told_at_their_own_address_while_the_portal_serves(tmp_path, monkeypatch):
    begun = []
    kept = counting.start_http_server
    monkeypatch.setattr(counting, "start_http_server", lambda *given: begun.append(kept(*given)) or begun[0])
    with counting.told(settings(tmp_path, KINWARD_PORTAL_METRICS=HERE)):
        ((server, thread),) = begun
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as answer:
            assert b"kinward_http_request_seconds" in answer.read()
    assert not thread.is_alive()


def test_without_an_address_nothing_is_told_and_one_that_is_taken_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "start_http_server", None)
    with counting.told(settings(tmp_path)):
        pass
    monkeypatch.undo()
    for unfit in ("nowhere", "192.0.2.1:80"):
        with (
            pytest.raises(ConfigurationError) as refused,
            counting.told(settings(tmp_path, KINWARD_PORTAL_METRICS=unfit)),
        ):
            pass
        assert refused.value.field == "KINWARD_PORTAL_METRICS"


def test_a_portal_that_fails_rings_as_a_service_does(portal, promtool, tmp_path):
    portal.services.answers = {("GET", ".*"): lambda _request: httpx.Response(200, json={"items": [7]})}
    registrar = portal.as_("registrar", subject="demo-failing")
    registrar.get("/pairs")
    before = alarms.scrape(metrics.exposition())
    assert {registrar.get("/pairs").page.status_code for _ in range(10)} == {500}
    rung = alarms.ringing(promtool, tmp_path, [before, alarms.scrape(metrics.exposition())], minutes=5)
    assert "KinwardServerErrors" in rung
