"""One process, one port: services by prefix, and the process's own addresses without a token."""

from typing import Any

import pytest
from werkzeug.test import Client

from shared import http
from shared.health import Health
from tests.unit.shared.http import parcels
from tests.unit.shared.http.parcels import Office, bearer


def fail() -> None:
    raise ConnectionError("amqp://user:canary@host")


def root(**checks: Any) -> http.RootApp:
    return http.root_app({"toys": http.create_app(parcels.service(Office()))}, Health(checks))


def test_a_service_gets_its_whole_address() -> None:
    api = Client(root())
    assert api.get("/toys/hours").json == {"open": "9-18"}
    assert api.get("/toys/broken", headers=bearer("clerk")).status_code == 500
    assert "/toys/docs/start.js" in api.get("/toys/docs").text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/toysx", "/toysx/hours", "//toys/hours", "/livez/x", "/..", "/%00", "/é"]
)
def test_anything_else_is_a_404_problem(path: str) -> None:
    answer = Client(root()).get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_liveness_asks_nothing_and_readiness_asks_every_part() -> None:
    asked: list[str] = []
    api = Client(root(database=lambda: asked.append("database"), broker=lambda: asked.append("broker")))
    assert api.get("/livez").status_code == 200
    assert asked == []
    answer = api.get("/readyz")
    assert (answer.status_code, answer.json["parts"]) == (200, {"database": "ok", "broker": "ok"})
    assert asked == ["database", "broker"]


def test_one_failed_part_makes_the_process_unready_without_saying_why(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(root(database=lambda: None, broker=fail)).get("/readyz")
    assert (answer.status_code, answer.json["parts"]) == (503, {"database": "ok", "broker": "failed"})
    assert "canary" not in answer.text + caplog.text


def test_a_draining_process_is_unready_but_alive() -> None:
    health = Health({"database": fail})
    api = Client(http.root_app({}, health))
    health.drain()
    assert api.get("/readyz").json == {"status": "not ready", "parts": {"process": "draining"}}
    assert api.get("/livez").status_code == 200


def test_metrics_count_requests_by_route_template() -> None:
    api = Client(root())
    api.get("/toys/hours")
    text = api.get("/metrics").text
    assert 'route="/toys/hours"' in text
    assert "kinward_http_request_seconds" in text


def test_the_index_lists_the_services_and_takes_no_other_method() -> None:
    api = Client(root())
    assert '<a href="/toys/docs">toys</a>' in api.get("/").text
    answer = api.post("/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_services_come_and_go_but_never_two_on_one_prefix() -> None:
    process = root()
    with pytest.raises(ValueError, match="taken"):
        process.mount("toys", lambda *_: [])
    with pytest.raises(ValueError, match="taken"):
        process.mount("livez", lambda *_: [])
    process.unmount("toys")
    assert Client(process).get("/toys/hours").status_code == 404
