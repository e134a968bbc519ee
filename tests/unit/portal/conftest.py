"""The portal's application without a process and without services behind it."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from services.portal.app import create_app
from services.portal.house import House
from shared import config, countries
from shared.auth import Policy, Verifier

PACKS = Path(__file__).parents[3] / "countries"


class NoTokens:
    """Nobody signs in here, and no database of accounts answers."""

    @property
    def engine(self):
        raise OperationalError("connect", {}, OSError("no database"))

    def token(self, principal):
        raise AssertionError(principal)


@pytest.fixture(scope="session")
def pack():
    """Kazakhstan's."""
    return countries.load("kz", PACKS)


@pytest.fixture
def app(tmp_path, pack):
    """Kazakhstan's portal; every request to a service fails."""
    (tmp_path / "kz").mkdir(mode=0o711)
    settings = config.load("kz", {"KINWARD_HOME": str(tmp_path)})
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "one"}
    verifier = Verifier({"keys": [key]}, "urn:kinward:kz", "kz")
    with httpx.Client() as client:
        yield create_app(House(settings, pack, Policy.from_roles(pack.roles), verifier, client, NoTokens()))


@pytest.fixture
def client(app):
    """A browser without JavaScript, over https, since the cookie asks for that."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


@pytest.fixture
def saying(app):
    """saying("ru"): a request context in a language, with a way to render a template's text."""

    def say(language, template, **values):
        with app.test_request_context(headers={"Accept-Language": language}):
            from services.portal.i18n import speaking

            made = app.jinja_env.from_string(template)
            speaking._begins(app)
            text = made.render(**values)
            speaking._ends(app)
            return text, speaking.words()

    return say
