"""Accounts in the browser, with script and without: invited, taken up, signed in, by a paper code, out everywhere."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from shared import clock
from tests.e2e.portal.portals import DESKTOP, PHONE, axe_findings, send, too_wide

pytestmark = pytest.mark.browser
PASSWORD = "blue heron over nine poplars"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def window(request, browser):
    """A new window each time it is called: nothing is remembered from one to the other."""
    opened = []

    def open_(size=DESKTOP, **more):
        opened.append(browser.new_context(java_script_enabled=request.param, viewport=size, **more))
        return opened[-1].new_page()

    yield open_
    for each in opened:
        each.close()


def invite(rig, page, login, role="registrar", name="Daniyar Seitov"):
    """Invite somebody as the demonstration's administrator; the address of the invitation, or the first half of it."""
    rig.enter(page, "administrator")
    page.goto(rig.url("/accounts"))
    page.get_by_role("link", name="Invite somebody").click()
    page.fill("#name", name)
    page.fill("#login", login)
    page.check(f"input[name=roles][value={role}]")
    page.check("input[name=areas][value='*']")
    page.get_by_role("button", name="Invite").click()
    return page.locator("code.link").inner_text()  # waits until it is there


def approve(rig, page, name):
    """Approve the first thing that waits for somebody, as the data protection officer; the approver's half."""
    rig.enter(page, "data_protection_officer")
    page.goto(rig.url("/accounts"))
    send(page, page.locator("tr", has_text=name).get_by_role("button", name="Approve").first)
    return page.locator("code.link").inner_text()


def type_halves(rig, page, one, other):
    """Come to the invitation with both halves."""
    page.goto(rig.url("/invitation/halves"))
    page.fill("#first", one)
    page.fill("#second", other)
    send(page, page.get_by_role("button", name="Go on"))


def take_up(page, link):
    """Take the invitation up; the secret of the second factor, and the recovery codes."""
    page.goto(link)
    return taken_up(page)


def taken_up(page):
    """Set password and second factor; the secret, and the recovery codes."""
    expect(page).to_have_url(re.compile("/invitation$"))
    assert page.evaluate("() => document.images[0].naturalWidth") > 100
    secret = page.locator("main p code").inner_text().replace(" ", "")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.fill("#code", pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30)))
    send(page, page.get_by_role("button", name="Open my account"))
    return secret, page.locator(".codes code").all_inner_texts()


def sign_in(rig, page, login, code, password=PASSWORD):
    page.goto(rig.url("/sign-in"))
    page.fill("#login", login)
    page.fill("#password", password)
    page.fill("#code", code)
    send(page, page.get_by_role("button", name="Sign in", exact=True))


def test_from_the_invitation_to_signing_out_everywhere(rig, window, request):
    login = f"daniyar.{'js' if 'no' not in request.node.callspec.id else 'plain'}"
    link = invite(rig, window(), login)
    person = window()
    secret, codes = take_up(person, link)
    assert len(codes) == 10
    sign_in(rig, person, login, pyotp.TOTP(secret).now())
    assert person.url == rig.url("/")
    assert person.locator(".who").inner_text().strip().startswith("Daniyar Seitov")
    elsewhere = window()
    sign_in(rig, elsewhere, login, codes[0])
    assert elsewhere.url == rig.url("/")
    person.locator("a.who").click()
    expect(person.locator("tbody tr")).to_have_count(2)
    send(person, person.get_by_role("button", name="Sign me out everywhere"))
    for each in (person, elsewhere):
        each.goto(rig.url("/sign-ins"))
        assert "/sign-in?" in each.url
    sign_in(rig, elsewhere, login, codes[0])
    assert "/sign-in" in elsewhere.url
    expect(elsewhere.locator(".error-summary")).to_have_count(1)
    again = window()
    again.goto(link)
    assert again.locator("h1").inner_text() == "This invitation is not good any more"


def test_an_account_with_power_is_opened_by_the_halves_of_two_people(rig, window, request):
    made = "js" if "no" not in request.node.callspec.id else "plain"
    login, name = f"zhanna.{made}", f"Zhanna {made.title()}"
    first = invite(rig, window(), login, role="administrator", name=name)
    assert re.fullmatch("([a-z0-9]{4}-){3}[a-z0-9]{4}", first)
    person = window()
    type_halves(rig, person, first, first)
    expect(person.locator(".error-summary")).to_have_count(1)
    second = approve(rig, window(), name)
    type_halves(rig, person, second, second)
    expect(person.locator(".error-summary")).to_have_count(1)
    type_halves(rig, person, first, second)
    secret, codes = taken_up(person)
    assert len(codes) == 10
    sign_in(rig, person, login, pyotp.TOTP(secret).now())
    person.goto(rig.url("/accounts/invite"))
    assert person.locator("h1").inner_text() == "Invite somebody"
    again = window()
    type_halves(rig, again, first, second)
    expect(again.locator(".error-summary")).to_have_count(1)


def test_a_wrong_password_is_said_without_saying_what_was_wrong_and_soon_waits(rig, window):
    page = window()
    for _ in range(6):
        sign_in(rig, page, "nobody.at.all", "123456", "wrong wrong wrong")
        expect(page.locator(".error-summary")).to_have_count(1)
        assert page.input_value("#password") == ""
        if re.search(r"Try again in \d+ second", page.locator(".error-summary").inner_text()):
            break
    else:
        raise AssertionError("no delay after six wrong tries")
    assert page.input_value("#login") == "nobody.at.all"


def test_what_was_typed_before_the_sign_in_ended_is_there_after_it(rig, window):
    page = window()
    rig.enter(page, "administrator")
    page.goto(rig.url("/accounts/invite"))
    page.fill("#name", "Шолпан Неизвестная")
    page.fill("#login", "sholpan.typed")
    page.check("input[name=roles][value=statistician]")
    other = page.context.new_page()
    other.goto(rig.url("/sign-ins"))
    cookies = page.context.cookies()
    send(other, other.get_by_role("button", name="Sign me out everywhere"))
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    send(page, page.get_by_role("button", name="Invite"))
    expect(page.locator("main")).to_contain_text("what you typed is kept")
    send(page, page.locator("form:has(input[name=person][value=administrator]) button"))
    assert page.url == rig.url("/accounts/invite")
    assert page.input_value("#name") == "Шолпан Неизвестная"
    assert page.is_checked("input[name=roles][value=statistician]")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_axe_objects_to_no_page_that_answers_a_form_of_accounts(rig, browser, language):
    context = browser.new_context()
    boss = context.new_page()
    rig.sign_in(boss, "administrator", language)
    findings = {}

    def look(page):
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            findings[page.url.removeprefix(rig.address), size["width"]] = axe_findings(page)
            assert not too_wide(page), page.url

    login = f"axe.{language}"
    boss.goto(rig.url("/accounts/invite"))
    boss.fill("#name", f"Somebody {language}")
    boss.fill("#login", login)
    send(boss, boss.locator("main form button"))
    look(boss)
    boss.check("input[name=roles][value=auditor]")
    send(boss, boss.locator("main form button"))
    look(boss)
    first = boss.locator("code.link").inner_text()
    rig.sign_in(boss, "data_protection_officer", language)
    boss.goto(rig.url("/accounts"))
    send(boss, boss.locator("tr", has_text=f"Somebody {language}").locator("button[value=approve]"))
    look(boss)
    second = boss.locator("code.link").inner_text()
    person = browser.new_context().new_page()
    rig.speak(person, language)
    person.goto(rig.url("/invitation/halves"))
    send(person, person.locator("main form button"))
    look(person)
    person.fill("#first", first)
    person.fill("#second", second)
    send(person, person.locator("main form button"))
    send(person, person.locator("main form button"))
    look(person)
    assert {page: found for page, found in findings.items() if found} == {}
    person.context.close()
    context.close()
