"""Signing in by one click in a demonstration: who, what the menu then offers, and out again."""

import pytest

from tests.e2e.running import ask

pytestmark = pytest.mark.browser


def test_a_demo_person_signs_in_by_one_click_sees_their_pages_and_signs_out(rig, page):
    page.goto(rig.url("/children"))
    assert page.url.startswith(rig.url("/sign-in"))
    page.locator("form:has(input[value=registrar]) button").click()
    assert page.url == rig.url("/children")
    assert page.locator("nav.menu a[aria-current=page]").get_attribute("href") == "/children"
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
        "__Host-kinward", True, True, "Lax",
    )  # fmt: skip
    page.locator("form[action='/sign-out'] button").click()
    assert page.url == rig.url("/sign-in")
    page.goto(rig.url("/children"))
    assert page.url.startswith(rig.url("/sign-in"))


def test_what_a_role_does_not_include_is_neither_offered_nor_given(rig, page):
    rig.sign_in(page, "administrator")
    assert page.locator("nav.menu a", has_text="Find a child").count() == 0
    assert page.goto(rig.url("/children")).status == 403


def test_a_form_from_elsewhere_or_without_its_token_is_not_taken(rig):
    body = b"person=registrar"
    kind = "application/x-www-form-urlencoded"
    assert ask(rig.url("/sign-in/demo"), body=body, Content_Type=kind).status == 400
    foreign = ask(rig.url("/sign-in/demo"), body=body, Content_Type=kind, Origin="https://elsewhere.example")
    assert foreign.status == 403
