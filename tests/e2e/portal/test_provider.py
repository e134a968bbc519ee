"""An OpenID provider, the whole way in real processes and a real browser: in, out, and no way in without a group."""

import shutil
from contextlib import closing

import pytest

from tests.e2e import running
from tests.e2e.portal.portals import ROOT, serve_portal
from tests.integration.portal import fake_provider

pytestmark = pytest.mark.browser
LINE = """
[[line]]
id = "registrars"
claim = "groups"
value = "reg"
roles = ["registrar"]
reach = ["*"]
"""


@pytest.fixture(scope="module")
def provider():
    with fake_provider.offered() as made:
        yield made


@pytest.fixture(scope="module")
def address(provider, tmp_path_factory):
    """A portal of a deployment with that provider, no services behind it."""
    packs = tmp_path_factory.mktemp("packs") / "countries"
    shutil.copytree(ROOT / "countries", packs)
    (packs / "kz" / "tables" / "sign_in.toml").write_text(LINE)
    port = running.free_port()
    settings = {"PACK": "kz", "EMBEDDED": "1", "PORTAL_HTTP": f"127.0.0.1:{port}", "COUNTRIES": str(packs)}
    oidc = {"OIDC_ISSUER": provider.address, "OIDC_CLIENT_ID": fake_provider.CLIENT}
    with running.home() as home, running.deployment(home, "kz", **settings, **oidc) as deployment:
        serve_portal(deployment, port)
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_in_by_the_provider_and_out_there_too(address, provider, browser, script):
    provider.person = {"sub": "u-17", "name": "Ainur Provided", "groups": ["reg"]}
    with closing(browser.new_context(java_script_enabled=script)) as context:
        page = context.new_page()
        page.goto(address + "/sign-ins")
        page.locator("main a.btn").click()
        assert page.url == address + "/sign-ins"
        assert "Ainur Provided" in page.locator(".who bdi").inner_text()
        page.locator("form[action='/sign-out'] button").click()
        assert page.url == address + "/signed-out"
        page.locator("main a.btn").click()
        assert page.url.startswith(provider.address + "/goodbye?")


def test_without_a_group_that_the_pack_names_nobody_comes_in(address, provider, browser):
    provider.person = {"sub": "u-18", "name": "Nobody", "groups": ["other"]}
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(address + "/sign-in")
        page.locator("main a.btn").click()
        assert page.locator(".who").count() == 0
        page.goto(address + "/sign-ins")
        assert "/sign-in?" in page.url
