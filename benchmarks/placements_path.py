"""Rounds over HTTP with a served process: a child's whereabouts are recorded, a decision is made, the stay permitted.

`kinward serve placements --only web` over the private PostgreSQL, durable as in production; several clients with
kept connections ask at once. Against the rows of a round written by plain transactions, one a request, on the same
server. Not here: the day's turn (placements).
"""

import http.client
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from json import dumps, loads
from typing import Any
from uuid import UUID

import psycopg2

from benchmarks.servers import Servers, dsn
from shared import clock
from shared.config import SERVICES
from shared.ids import new_id
from tests.e2e import running

ROUNDS, CLIENTS = 300, 4
AREA, ROLE = "KZ-75", "gatekeeper"
ROWS = (7, 9, 7)
"""Rows that the requests of a round write: the thing itself, breaches, alarms, audit, idempotency, events."""


def measured(servers: Servers, rounds: int) -> dict[str, float]:
    """Rounds a second, and those of the limit."""
    databases = {f"{service.upper()}_DATABASE_URL": servers.postgresql.new_database() for service in SERVICES}
    uri = servers.rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, "kz", AMQP_URI=uri, **databases) as deployment:
        deployment.kinward("migrate")
        deployment.kinward("keys", "init")
        serving = deployment.start("placements", "--only", "web")
        running.await_ready(serving)
        asking = Asking(deployment)
        _together(asking.round, CLIENTS)  # once each: what is loaded at the first request is loaded
        seconds = _together(asking.round, rounds)
        limit = _together(Writing(dsn(deployment.database("placements"))).round, rounds)
    print(
        f"{rounds} rounds of {len(ROWS)} requests by {CLIENTS} clients: {rounds / seconds:,.1f}/s,"
        f" {seconds / rounds * CLIENTS * 1000:,.0f} ms a round; the same rows alone {rounds / limit:,.0f}/s",
        flush=True,
    )
    return {"rounds_per_s": round(rounds / seconds, 1), "limit_rounds_per_s": round(rounds / limit, 1)}


class Asking:
    """Clients of the served process."""

    def __init__(self, deployment: running.Deployment) -> None:
        self._address = deployment.address.removeprefix("http://")
        self._token = deployment.token(ROLE)
        self._today = clock.now().date()
        self._own = threading.local()

    def round(self) -> None:
        """Arrived, decided, permitted."""
        child = new_id()
        stay = {"care_form": "FOSTER", "area": AREA, "from": self._today.isoformat(), "entry_reason": "NEGLECT"}
        found = self._post(f"/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"})
        until = (self._today + timedelta(days=90)).isoformat()
        decided = self._decide(child, until)
        permitted = {"planned_to": until, "decision": str(decided)}
        self._post(f"/placements/{found['id']}/authorisation", permitted, version=self._version(child))

    def _decide(self, child: UUID, until: str) -> UUID:
        """A court's order, which is recorded and never refused."""
        today = self._today.isoformat()
        terms = {
            "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT",
            "instrument": "ORDER", "number": "1", "made_on": today, "effective_from": today, "in_force_until": until,
            "area": AREA, "care_forms": ["FOSTER"],
        }  # fmt: skip
        return UUID(self._post(f"/children/{child}/decisions", {"terms": terms})["id"])

    def _version(self, child: UUID) -> int:
        return int(self._send("GET", f"/children/{child}/placements")["version"])

    def _post(self, path: str, body: dict[str, Any], version: int | None = None) -> Any:
        return self._send("POST", path, body, version)

    def _send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = str(new_id())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(self._address, timeout=60)
        self._own.connection.request(method, f"/placements{path}", dumps(body) if body else None, headers)
        answer = self._own.connection.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {said[:500].decode()}")
        return loads(said)


class Writing:
    """Clients that write as many rows as a round does, one transaction a request."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("create table bench (id uuid primary key, part integer, line text)")
        connection.close()

    def round(self) -> None:
        """The rows of a round."""
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg2.connect(self._url)
        with self._own.connection.cursor() as cursor:
            for rows in ROWS:
                for number in range(rows):
                    cursor.execute("insert into bench values (%s, %s, %s)", (str(new_id()), number, "x" * 200))
                self._own.connection.commit()


def _together(work: Callable[[], None], times: int) -> float:
    """Seconds that the clients take to do it so many times."""
    left, lock, broken = [times], threading.Lock(), list[BaseException]()

    def client() -> None:
        while not broken:
            with lock:
                if not left[0]:
                    return
                left[0] -= 1
            try:
                work()
            except (SystemExit, OSError, psycopg2.Error) as error:
                broken.append(error)

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    if broken:
        raise broken[0]
    return time.perf_counter() - started
