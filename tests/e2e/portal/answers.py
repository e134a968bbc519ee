"""Pages that answer a form or go wrong, made in the test's own process: each as it came, in a language.

Services are stand-ins that answer, refuse, are gone or break as the page needs it. Not here: what a page must hold.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pyotp

from services.portal import steps
from services.portal.issuer import accounts
from shared import clock
from shared.ids import new_id
from tests.integration.deployed import PACK
from tests.integration.portal import fake_provider, house
from tests.integration.portal.a_case import CASE, CHILD, Placements, typed
from tests.integration.portal.house import Browser, Portal
from tests.integration.portal.staff import ADMINISTRATOR, PASSWORD, a_login, granted
from tests.integration.registered import identity

STAY, PAIR = str(new_id()), str(new_id())
LINES = ({"id": "registrars", "claim": "groups", "value": "reg", "roles": ["registrar"], "reach": ["KZ-75"]},)
REFUSED = {
    "code": "rule", "detail": "No.",
    "errors": [{"message": "A review is due.", "rule": "review-in-time", "field": None}],
}  # fmt: skip
RECORD = {"id": CHILD, "reference": "KZ-1234567-A", "identity": identity()}
PLANNED = {
    "id": STAY, "state": "planned", "care_form": "FOSTER", "provider": None, "kind": "PLANNED", "from": "2026-03-07",
    "decision": None, "carer_relation": None, "planned_to": None, "entry_reason": "NEGLECT", "area": "KZ-75",
}  # fmt: skip
JUDGED = {
    "id": PAIR, "records": [RECORD, RECORD | {"id": str(new_id()), "reference": "KZ-1234568-B"}], "decision": None,
    "because": "", "today": {"likelihood": "likely", "score": 12.0, "reasons": []},
}  # fmt: skip
BY_FORMS = {
    "/children": "registrar", "/children/new": "registrar", "/access-log": "data_protection_officer",
    "/glass": "supervisor", "/emergency": "duty_officer", "/accounts/invite": "administrator",
    "/languages/report": "registrar", f"/children/{CHILD}/gatekeeping/new": "social_worker",
    f"/children/{CHILD}/amend": "registrar", f"/children/{CHILD}/stays/{STAY}/begin": "social_worker",
    f"/pairs/{PAIR}": "registrar",
}  # fmt: skip
"""Forms that are sent empty, and who sends them."""
NOT_SHOWN = {"Set-Cookie", "Clear-Site-Data"}


@dataclass(frozen=True)
class Answered:
    """One page: what it answers, and as what it came."""

    name: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def _answered(name: str, browser: Browser, status: int) -> Answered:
    page: Any = browser.page
    assert page.status_code == status, (name, page.status_code, browser.text[:2000])
    headers = [(given, text) for given, text in page.headers if given not in NOT_SHOWN]
    return Answered(name, status, headers, page.get_data())


@contextmanager
def served(server: Any, provider: fake_provider.FakeProvider) -> Iterator[tuple[Portal, Portal]]:
    """A portal with accounts and people of a demonstration, and one with a provider."""
    pack = replace(PACK, tables={**PACK.tables, "sign_in": LINES})
    named = {"KINWARD_OIDC_ISSUER": provider.address, "KINWARD_OIDC_CLIENT_ID": fake_provider.CLIENT}
    with house.portal(server) as own, house.portal(server, pack, KINWARD_DEMO="", **named) as provided:
        boss = {"key": "administrator", "name": "Zhanna", "roles": ["administrator"], "does": "", "title": "Boss"}
        own.settings.folder.mkdir(exist_ok=True)
        (own.settings.folder / "demo-people.json").write_text(json.dumps([boss | {"areas": ["*"]}]))
        yield own, provided


@dataclass
class Reading:
    """Somebody who reads one language comes upon every such page."""

    own: Portal
    provided: Portal
    provider: fake_provider.FakeProvider
    language: str

    def pages(self) -> Iterator[Answered]:
        """All of them."""
        yield from self.signing()
        yield from self.by_provider()
        yield from self.joining()
        yield from self.too_late()
        yield from self.wrong()
        yield from self.forms()
        yield from self.compared()
        yield from self.out_of_reach()

    def spoken(self, browser: Browser) -> Browser:
        """The browser, wishing for the language."""
        browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = self.language  # type: ignore[attr-defined]
        return browser

    def as_(self, role: str) -> Browser:
        """Somebody with a role."""
        return self.spoken(self.own.as_(role, subject=f"demo-{role}"))

    def signing(self) -> Iterator[Answered]:
        """Signing in, wrongly."""
        nobody = self.spoken(self.own.browser()).get("/sign-in")
        yield _answered("sign-in, empty", nobody.send("/sign-in/local"), 422)
        wrong = {"login": "somebody", "password": PASSWORD, "code": "123456"}
        yield _answered("sign-in, wrong", nobody.send("/sign-in/local", **wrong), 422)

    def by_provider(self) -> Iterator[Answered]:
        """The ways from a provider that do not end on the first page."""
        self.provided.services.answers = {
            ("GET", "/(keys|userinfo|.well-known/.*)"): lambda asked: httpx.get(asked.url)
        }
        keeping: Any = self.provided.app.extensions["kinward"].provider  # type: ignore[attr-defined]
        self.provider.person = {"sub": "u-18", "name": "Nobody", "groups": ["other"]}
        nobody = self.spoken(self.provided.browser())
        yield _answered("not believed", nobody.get("/sign-in/provider/back"), 400)
        nobody.get("/sign-in/provider")
        page: Any = nobody.page
        back = httpx.get(page.location, follow_redirects=False).headers["Location"].removeprefix(house.ADDRESS)
        yield _answered("no role", nobody.get(back), 403)
        yield _answered("signed out", nobody.get("/signed-out"), 200)
        keeping._kept.clear()
        self.provided.services.answers = {("GET", ".*"): _out_of_reach}
        yield _answered("provider down", nobody.get("/sign-in/provider"), 503)

    def joining(self) -> Iterator[Answered]:
        """An invitation, wrongly and then rightly."""
        nobody = self.spoken(self.own.browser())
        yield _answered("no invitation", nobody.get("/invitation/guessed"), 404)
        nobody.get("/invitation/halves")
        halves = {"first": "abcd", "second": "efgh"}
        yield _answered("halves, wrong", nobody.send("/invitation/halves", **halves), 422)
        _, made = accounts.invite(self.own.desk, ADMINISTRATOR, a_login(), "Ainur", granted("registrar"), clock.now())
        nobody.open(f"/invitation/{made.code}")
        yield _answered("invitation, empty", nobody.send("/invitation"), 422)
        secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', nobody.text)
        assert secret
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock.now())
        right = {"password": PASSWORD, "again": PASSWORD, "code": code}
        yield _answered("recovery codes", nobody.send("/invitation", **right), 200)

    def too_late(self) -> Iterator[Answered]:
        """The sign-in was over before the form was sent."""
        boss = self.as_("administrator").get("/accounts")
        house.idle(self.own, boss.signin)  # type: ignore[attr-defined]
        yield _answered("form kept", boss.send("/accounts/sign-out", subject="demo-victim"), 401)
        again = {"kept_form": boss.hidden("kept_form"), "person": "administrator"}
        yield _answered("not sent", boss.send("/sign-in/demo", **again), 200)
        boss.get("/sign-ins").page = boss.client.post(  # type: ignore[attr-defined]
            "/accounts/invite", data={"csrf_token": "another"}, base_url=house.ADDRESS
        )
        yield _answered("form too old", boss, 400)

    def wrong(self) -> Iterator[Answered]:
        """Absent, not offered, refused, out of reach, broken."""
        registrar = self.as_("registrar")
        yield _answered("no such page", registrar.get("/nowhere"), 404)
        yield _answered("not offered", registrar.get("/accounts"), 403)
        self._services({})
        yield _answered("not here", registrar.get(f"/children/{CHILD}"), 404)
        self._services({("GET", ".*"): lambda _request: httpx.Response(401)})
        yield _answered("not accepted", registrar.get("/pairs"), 503)
        self._services({("GET", "/registry/matching/.*"): lambda _request: httpx.Response(422, json=REFUSED)})
        yield _answered("refused", registrar.get("/pairs"), 422)
        self._services({("GET", ".*"): lambda _request: httpx.Response(200, json={"items": [7]})})
        yield _answered("broken", registrar.get("/pairs"), 500)

    def out_of_reach(self) -> Iterator[Answered]:
        """No service answers; the portal then leaves each alone for a while, and is made to forget it here."""
        self._services({("GET", ".*"): _out_of_reach, ("POST", ".*"): _out_of_reach})
        registrar = self.as_("registrar")
        yield _answered("out of reach", registrar.get("/pairs"), 503)
        named = {"family": "Quillonby", "given": "Zephyrine", "born-year": "2014", "sex": "F", "area": "KZ-75"}
        yield _answered("send again", registrar.get("/children/new").send("/children/new", **named), 503)
        for role in ("social_worker", "gatekeeper"):
            yield _answered(f"services down, {role}", self.as_(role).get("/"), 200)
        for each in self.own.app.extensions["kinward"].circuits.values():  # type: ignore[attr-defined]
            each.rests_until = each.failures = 0

    def forms(self) -> Iterator[Answered]:
        """Each form, sent empty."""
        self._services(
            {
                ("GET", f"/registry/children/{CHILD}"): lambda _request: _versioned(RECORD),
                ("GET", f"/registry/matching/pairs/{PAIR}"): lambda _request: _versioned(JUDGED),
                ("GET", f"/placements/children/{CHILD}/placements"): lambda _request: _versioned(
                    {"placements": [PLANNED, PLANNED | {"id": CASE, "state": "active"}]}
                ),
            }
        )
        for path, role in BY_FORMS.items():
            sent = self.as_(role).get(path).send(path)
            yield _answered(f"{path}, empty", sent, 422)
        invited = ADMINISTRATOR, a_login(), "Ainur", granted("registrar"), clock.now()
        account, _ = accounts.invite(self.own.desk, *invited)
        path = f"/accounts/{account}/roles"
        yield _answered("roles, empty", self.as_("administrator").get(path).send(path), 422)

    def compared(self) -> Iterator[Answered]:
        """Each step of a case that somebody sends empty, and those where somebody else was faster."""
        case = Placements()
        self._services(
            {
                ("GET", f"/placements/gatekeeping/{CASE}"): case.read,
                ("POST", r"/placements/gatekeeping/[^/]+/[a-z]+"): case.take,
            }
        )
        roles = ("gatekeeper", "social_worker", "panel_member")
        worker = self.spoken(self.own.as_(*roles, subject="demo-everything"))
        for step in steps.STEPS:
            path = f"/gatekeeping/{CASE}/{step.name}"
            worker.get(path).send(path)
            page: Any = worker.page
            if page.status_code == 422:
                yield _answered(f"{step.name}, empty", worker, 422)
        for name in ("decision", "assessment"):
            path = f"/gatekeeping/{CASE}/{name}"
            said = typed(worker.get(path))
            case.version += 1
            yield _answered(f"{name}, stale", worker.send(path, **said), 412)

    def _services(self, answers: dict[tuple[str, str], Any]) -> None:
        self.own.services.answers = answers


def _versioned(body: Any) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"ETag": '"1"'})


def _out_of_reach(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)
