"""A service's API over a real database, as a test's client sees it: the pack kz, tokens of its own issuer, no sockets.

Not here: any service's tests. Migrating is done once a run, what tests write stays: each makes what it needs.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from time import sleep
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shared import clock, countries, db, deny_list, http, protection
from shared.auth import Policy, Principal, Verifier, tokens
from shared.auth.tokens import local_issuer
from shared.ids import new_id
from shared.protection.keys import Keys
from shared.testing.postgresql import DatabaseServer
from shared.unit_of_work import Context
from tests.integration import documented

DEPLOYMENT = "kz"
PACK = countries.load(DEPLOYMENT, Path(__file__).parents[2] / "countries")
SOMEBODY_WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
POLICY = Policy.from_roles(PACK.roles)
KEY = tokens.generate_key()
KEYS = Keys.generated()
DENY_LIST = deny_list.DenyList(Path(mkdtemp()) / deny_list.FILE, KEYS)


NEW_EPOCH = """
    SET LOCAL session_replication_role = replica;  -- one refers to the other
    UPDATE event_head SET epoch = gen_random_uuid();
    UPDATE event_epoch SET epoch = event_head.epoch FROM event_head
"""


def today(at: datetime | None = None) -> date:
    """The pack's day of a moment, now unless given: the day that a service calls today."""
    return clock.day_in(PACK.zone, at or clock.now())


@contextmanager
def migrated(server: DatabaseServer, service: str) -> Iterator[Engine]:
    """The engine of a fresh database of `service`, at its newest revision."""
    url = fresh(server, service)
    engine = db.make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        server.drop_database(url)


def fresh(server: DatabaseServer, service: str) -> str:
    """The URL of a fresh database of `service`, at its newest revision, in an epoch of its own."""

    def migrate(url: str) -> None:
        engine = db.make_engine(url)
        db.migrate(engine, f"services.{service}.migrations")
        engine.dispose()

    url = server.prepared_database(service, migrate)
    engine = db.make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(NEW_EPOCH))
    engine.dispose()
    return url


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
    """Calls a service's routes as someone; an answer that its OpenAPI document does not know fails the test."""

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
        self._client: FlaskClient = documented.client(http.create_app(api))

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


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that the database is sent inside the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def waits_for_a_lock(engine: Engine) -> bool:
    """Whether somebody comes to wait for a lock in the database, within some seconds."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        for _ in range(1000):
            if watching.scalar(text(SOMEBODY_WAITS)):
                return True
            sleep(0.005)
    return False
