"""A portal in the test's own process: real application, real database of the issuer, services as the test says.

`Portal.browser()` is a browser without a window: it keeps cookies, and `send` takes the CSRF token from the page.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from joserfc.jwk import OctKey
from sqlalchemy import update

from services.portal import sealed_session
from services.portal.app import create_app
from services.portal.house import House
from services.portal.issuer import admission, desk, tables
from services.portal.issuer.grants import Granted
from shared import clock, config, db
from shared.auth import Policy, tokens
from tests.integration.deployed import PACK

ROOT = Path(__file__).parents[3]
ADDRESS = "https://portal.example"


class Signing:
    """Makes tokens by a key of its own; nobody checks them here."""

    def __init__(self):
        self.key = tokens.generate_key()

    def token(self, principal):
        return tokens.issue(principal, self.key, ttl=tokens.timedelta(minutes=10))


@dataclass
class Services:
    """The services' side of the line: what was asked of them, and what they answer."""

    asked: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)

    def __call__(self, request):
        self.asked.append((request.method, request.url.path))
        for (method, pattern), answer in self.answers.items():
            if method == request.method and re.fullmatch(pattern, request.url.path):
                return answer(request) if callable(answer) else httpx.Response(200, json=answer)
        return httpx.Response(404, json={"code": "not-found", "detail": "Not found."})


@dataclass
class Browser:
    """Cookies and the page at hand."""

    client: object
    page: object = None

    @property
    def text(self):
        return self.page.get_data(as_text=True)

    @property
    def path(self):
        return self.page.request.path

    def get(self, path, **more):
        self.page = self.client.get(path, base_url=ADDRESS, **more)
        return self

    def open(self, path):
        """As get, on to where it leads."""
        return self.get(path, follow_redirects=True)

    def token(self):
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        return found.group(1) if found else ""

    def send(self, path, follow=True, **fields):
        """Send a form of the page at hand."""
        data = {"csrf_token": self.token(), **fields}
        self.page = self.client.post(path, data=data, base_url=ADDRESS)
        if self.page.status_code == 307:  # a browser posts the same again; the test client would post nothing
            self.page = self.client.post(self.page.location, data=data, base_url=ADDRESS)
        elif follow and self.page.status_code in {302, 303}:
            self.open(self.page.location)
        return self

    def hidden(self, name):
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found.group(1) if found else None


@dataclass
class Portal:
    """The application and what stands around it."""

    app: object
    desk: desk.Desk
    services: Services
    settings: config.Settings

    def browser(self):
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"  # the pack's own language would be a draft's
        return Browser(client)

    def as_(self, *roles, areas=("*",), subject=None, name="Aigul Test"):
        """A browser in which somebody with these roles is signed in."""
        browser = self.browser()
        granted = Granted(frozenset(roles), frozenset(areas))
        made = admission.admit(self.desk, subject or f"demo-{'-'.join(roles)}", "demo", name, granted, clock.now())
        key = sealed_session.load_key(self.settings.portal.key_file)
        sealed = sealed_session.SealedSessions(key)

        class Answer:
            def set_cookie(self, name, value, **_):
                browser.client.set_cookie(name, value, domain="portal.example", secure=True, path="/")

        session = sealed_session.SealedSession()
        session["signin"] = str(made.id)
        sealed.save_session(self.app, session, Answer())
        browser.signin = made
        return browser


@contextmanager
def portal(server, pack=PACK, **environment):
    """A portal over a fresh database."""
    url = server.new_database()
    engine = db.make_engine(url)
    desk.migrate(engine)
    with TemporaryDirectory() as home:
        named = {"KINWARD_HOME": home, "KINWARD_PORTAL_URL": ADDRESS, "KINWARD_DEMO": "1", **environment}
        settings = config.load(pack.id, {name: value for name, value in named.items() if value})
        key = sealed_session.load_key(settings.portal.key_file)
        services = Services()
        client = httpx.Client(transport=httpx.MockTransport(services))
        made = desk.open_desk(engine, pack.id, key, pack.roles)
        house = House(settings, pack, Policy.from_roles(pack.roles), client, Signing(), made)
        app = create_app(house)
        yield Portal(app, made, services, settings)
        client.close()
    engine.dispose()
    server.drop_database(url)


def idle(portal, signin):
    """Twenty minutes pass for one sign-in."""
    with portal.desk.engine.begin() as connection:
        earlier = {"seen_at": tables.signin.c.seen_at - timedelta(minutes=21)}
        earlier["started_at"] = tables.signin.c.started_at - timedelta(minutes=21)
        connection.execute(update(tables.signin).where(tables.signin.c.id == signin.id).values(**earlier))


__all__ = ["ADDRESS", "Browser", "OctKey", "Portal", "Services", "idle", "portal", "replace"]
