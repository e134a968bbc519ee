"""A service's API over a real database, as a test's client sees it: the pack kz, tokens of its own issuer, no sockets.

Not here: any service's tests. Migrating is done once a module, what tests write stays: each makes what it needs.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from time import sleep
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shared import clock, countries, db, deny_list, http, protection
from shared.auth import Policy, Principal, Verifier, tokens
from shared.auth.tokens import local_issuer
from shared.ids import new_id
from shared.protection.keys import Keys
from shared.testing.postgresql import DatabaseServer
from shared.unit_of_work import Context

DEPLOYMENT = "kz"
PACK = countries.load(DEPLOYMENT, Path(__file__).parents[2] / "countries")
SOMEBODY_WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
POLICY = Policy.from_roles(PACK.roles)
KEY = tokens.generate_key()
KEYS = Keys.generated()
DENY_LIST = deny_list.DenyList(Path(mkdtemp()) / deny_list.FILE)


@contextmanager
def migrated(server: DatabaseServer, service: str) -> Iterator[Engine]:
    """The engine of a fresh database of `service`, at its newest revision."""
    url = server.new_database()
    engine = db.make_engine(url)
    try:
        db.migrate(engine, f"services.{service}.migrations")
        yield engine
    finally:
        engine.dispose()
        server.drop_database(url)


def unit_of_work(service: str, engine: Engine, context: Context) -> Any:
    """The service's unit of work over `engine`."""
    store = importlib.import_module(f"services.{service}.store")
    events = importlib.import_module(f"services.{service}.events")
    if context.reach is None:
        context = replace(context, system=True)
    session = db.new_session(engine)
    session.info[deny_list.INFO] = DENY_LIST
    return store.UnitOfWork(session, context, events.CATALOGUE, PACK, KEYS)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for views, which opens what is sealed."""
    with db.new_session(engine) as session:
        protection.attach(session, KEYS)
        yield session


class Api:
    """Calls a service's routes as someone."""

    def __init__(self, service: str, engine: Engine, policy: Policy = POLICY) -> None:
        self.service = service
        self.engine = engine
        api = http.ServiceHttp(
            name=service,
            blueprints=importlib.import_module(f"services.{service}.api").BLUEPRINTS,
            make_uow=lambda context: unit_of_work(service, engine, context),
            verifier=Verifier(tokens.public_jwks([KEY]), local_issuer(DEPLOYMENT), DEPLOYMENT),
            policy=policy,
            areas=PACK.areas,
            codes=PACK,
            zone=PACK.zone,
        )
        self._client: FlaskClient = http.create_app(api).test_client()

    def as_(
        self,
        role: str,
        *,
        areas: tuple[str, ...] = ("*",),
        centre: UUID | None = None,
        provider: UUID | None = None,
        subject: str = "",
    ) -> "Caller":
        """Someone with one role of the pack, everywhere unless areas are named."""
        principal = Principal(subject or role, frozenset({role}), frozenset(areas), centre, provider, DEPLOYMENT)
        return Caller(self._client, f"/{self.service}", tokens.issue(principal, KEY, timedelta(minutes=5)))


class Caller:
    """Sends requests with a token; a POST has a new Idempotency-Key unless one is given."""

    def __init__(self, client: FlaskClient, prefix: str, token: str) -> None:
        self._client = client
        self._prefix = prefix
        self._token = token

    def get(self, path: str, **query: str) -> TestResponse:
        """GET below the service's prefix."""
        return self._client.get(self._prefix + path, query_string=query, headers=self._headers())

    def post(self, path: str, body: Any, *, version: int | None = None, key: str | None = "") -> TestResponse:
        """POST JSON; `version` goes into If-Match, key=None sends no Idempotency-Key."""
        headers = self._headers()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key or str(new_id())
        return self._client.post(self._prefix + path, json=body, headers=headers)

    def made(self, path: str, body: Any, **options: Any) -> UUID:
        """The id of what a POST made, which must have worked."""
        answer = self.post(path, body, **options)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def problem(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a problem+json answer."""
    assert answer.mimetype == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


def audited(api: Api, subject: UUID) -> list[tuple[str, str, str]]:
    """(actor, action, outcome) of the audit rows about a subject, oldest first, read as the auditor reads them."""
    found: list[tuple[str, str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.as_("auditor").get("/audit", subject=str(subject), limit="3", **cursor)
        assert page.status_code == 200, page.text
        found += [(row["actor"], row["action"], row["outcome"]) for row in page.json["items"]]
        if page.json["next"] is None:
            return [row for row in reversed(found) if row[0] != "auditor"]
        cursor = {"cursor": page.json["next"]}


@contextmanager
def working(service: str, engine: Engine, **context: Any) -> Iterator[Any]:
    """A unit of work that commits at the end of its block, as a command's does."""
    uow = unit_of_work(service, engine, Context(**{"actor": "clerk", "at": clock.now()} | context))
    try:
        yield uow
        uow.commit()
    finally:
        uow.close()


def waits_for_a_lock(engine: Engine) -> bool:
    """Whether somebody comes to wait for a lock in the database, within some seconds."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        for _ in range(1000):
            if watching.scalar(text(SOMEBODY_WAITS)):
                return True
            sleep(0.005)
    return False
