"""A service stops answering while a form is sent: what was typed stands in the page that says so, and goes out again.

Not here: cards of a page whose service is down (tests/unit/portal/test_child_frame).
"""

import html
import json
import re

import httpx
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
TYPED = {
    "family": "Шолпан <b>", "given": "Айгерім", "born-year": "2014", "sex": "F", "area": "KZ-75",
    "idempotency_key": "11111111-2222-7333-8444-555555555555",
}  # fmt: skip
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def out_of_reach(request):
    raise httpx.ConnectError("nobody there", request=request)


def form_again(text):
    """The fields of the form that the page carries."""
    (found,) = re.findall(r'<form method="post" action="/children/new">(.*?)</form>', text, re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(found)}


def test_a_form_whose_service_does_not_answer_is_kept_in_the_page_and_sent_again(portal):
    portal.services.answers = {("POST", "/registry/.*"): out_of_reach}
    registrar = portal.as_("registrar").get("/children/new")
    registrar.send("/children/new", **TYPED)
    assert registrar.page.status_code == 503
    kept = form_again(registrar.text)
    token = kept.pop("csrf_token")
    assert kept == TYPED

    heard = []
    portal.services.answers = {
        ("POST", "/registry/.*search"): {"items": [], "elsewhere": []},
        ("POST", "/registry/children"): lambda request: heard.append(request) or httpx.Response(503),
    }
    registrar.send("/children/new", **{**kept, "csrf_token": token})
    assert heard, registrar.text
    assert json.loads(heard[0].content)["identity"]["names"][0]["family"] == TYPED["family"]
    assert heard[0].headers["Idempotency-Key"] == TYPED["idempotency_key"]


def test_a_page_that_was_only_asked_for_carries_no_form(portal):
    portal.services.answers = {("GET", "/.*"): out_of_reach}
    asked = portal.as_("registrar").get("/pairs")
    assert asked.page.status_code == 503
    assert "idempotency_key" not in asked.text
