"""The way of an account through the pages: invited, taken up, signed in, approved, reset, signed out everywhere."""

import re
from datetime import timedelta

import pyotp

from services.portal.issuer import accounts, admission, delays
from shared import clock as clocks
from tests.integration.portal import house
from tests.integration.portal.staff import ADMINISTRATOR, PASSWORD, a_login, granted, member


def invite(browser, login, role="registrar"):
    """Invite somebody; the path of the link."""
    browser.get("/accounts/invite").send("/accounts/invite", login=login, name="Daniyar Seitov", roles=role, areas="*")
    assert browser.page.status_code == 200, browser.text
    return re.search(r"https://portal\.example(/invitation/[a-z0-9-]+)", browser.text).group(1)


def take_up(portal, link):
    """Take an invitation up; the secret of the second factor, and the recovery codes."""
    browser = portal.browser().open(link)
    assert browser.path == "/invitation"
    return taken_up(browser)


def taken_up(browser):
    """Set password and second factor; the secret, and the recovery codes."""
    secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', browser.text).group(1).replace(" ", "")
    assert browser.client.get("/invitation/qr.svg", base_url=house.ADDRESS).mimetype == "image/svg+xml"
    code = pyotp.TOTP(secret).at(clocks.now() - timedelta(seconds=30))
    browser.send("/invitation", password=PASSWORD, again=PASSWORD, code=code)
    assert browser.page.status_code == 200, browser.text
    return secret, re.findall(r"<li><code>([a-z0-9-]+)</code>", browser.text)


def sign_in(portal, login, code, password=PASSWORD):
    browser = portal.browser().get("/sign-in")
    return browser.send("/sign-in/local", login=login, password=password, code=code)


def test_an_invited_person_sets_password_and_second_factor_and_signs_in(portal):
    login = a_login()
    link = invite(portal.as_("administrator"), login)
    secret, codes = take_up(portal, link)
    assert len(codes) == 10
    assert portal.browser().open(link).page.status_code == 404
    inside = sign_in(portal, login, pyotp.TOTP(secret).now())
    assert inside.page.status_code == 200
    assert inside.path == "/"
    assert "Daniyar Seitov" in inside.text
    assert sign_in(portal, login, codes[0]).path == "/"
    again = sign_in(portal, login, codes[0])
    assert again.page.status_code == 422
    assert PASSWORD not in again.text
    assert inside.send("/sign-ins/end").path == "/sign-in"
    assert inside.open("/sign-ins").path == "/sign-in"


def test_a_wrong_password_says_little_and_after_many_tries_it_takes_time(portal):
    known, unknown = accounts_login(portal), a_login()
    pages = [sign_in(portal, login, "123456", password="wrong wrong") for login in (known, unknown)]
    assert [each.page.status_code for each in pages] == [422, 422]
    first, second = (each.text.replace(login, "") for each, login in zip(pages, (known, unknown), strict=True))
    assert without_tokens(first) == without_tokens(second)
    for login in (known, unknown):
        with portal.desk.engine.begin() as connection:
            for _ in range(10):
                delays.count(connection, "account", admission._hash(login), clocks.now())
        late = sign_in(portal, login, "123456", password="wrong wrong")
        assert late.page.status_code == 429
        assert int(late.page.headers["Retry-After"]) > 200


def accounts_login(portal):
    login = a_login()
    accounts.invite(portal.desk, ADMINISTRATOR, login, "Somebody", granted("registrar"), clocks.now())
    return login


def without_tokens(text):
    return re.sub(r'(csrf_token" value=|X-CSRFToken": )"[^"]+"|idempotency_key" value="[^"]+"', "", text)


def test_passwords_that_differ_and_wrong_codes_are_said_at_their_fields(portal):
    link = invite(portal.as_("administrator"), a_login())
    browser = portal.browser().open(link)
    browser.send("/invitation", password=PASSWORD, again=PASSWORD + "x", code="123456")
    assert browser.page.status_code == 422
    assert 'href="#again"' in browser.text
    browser.send("/invitation", password=PASSWORD, again=PASSWORD, code="123456")
    assert browser.page.status_code == 422
    assert 'href="#code"' in browser.text
    browser.send("/invitation", password="short", again="short", code="123456")
    assert 'href="#password"' in browser.text


def half(browser):
    """The half of an invitation that the page at hand shows, and nothing that opens an account alone."""
    assert not re.search(r"/invitation/[a-z0-9]+-", browser.text)
    assert "https://portal.example/invitation/halves" in browser.text
    return re.search(r'<code dir="ltr" class="link">([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</code>', browser.text).group(1)


def propose(browser, login, role):
    """Invite somebody to a role with power; the proposer's half."""
    browser.get("/accounts/invite").send("/accounts/invite", login=login, name="Daniyar Seitov", roles=role, areas="*")
    return half(browser)


def test_a_powerful_role_waits_for_a_second_administrator_who_is_asked_by_the_page(portal):
    login = a_login()
    propose(portal.as_("administrator", subject="first"), login, role="auditor")
    (waiting,) = [
        each for each in accounts.waiting(portal.desk) if accounts.one(portal.desk, each.account).login == login
    ]
    decide = f"/accounts/proposals/{waiting.id}"
    first = portal.as_("administrator", subject="first").get("/accounts")
    assert "second person" in first.text
    assert 'value="approve"' not in first.text
    first.send(decide, decision="approve")
    assert accounts.one(portal.desk, waiting.account).granted.roles == frozenset()
    second = portal.as_("administrator", subject="second").get(f"/accounts/{waiting.account}")
    assert 'value="approve"' in second.text
    second.send(decide, decision="approve")
    assert accounts.one(portal.desk, waiting.account).granted == granted("auditor")
    assert "your half of the invitation" in second.text
    assert "<td>Approved</td>" in second.get(f"/accounts/{waiting.account}").text


def test_the_invited_person_types_the_halves_of_both_and_neither_of_the_two_gets_in_alone(portal):
    login, browser = a_login(), portal.browser()
    first = propose(portal.as_("administrator", subject="first", name="Zhanna Test"), login, role="auditor")
    account = accounts.named(portal.desk, login).id
    (waiting,) = [each for each in accounts.waiting(portal.desk) if each.account == account]
    approving = portal.as_("data_protection_officer", subject="third").get(f"/accounts/{account}")
    approving.send(f"/accounts/proposals/{waiting.id}", decision="approve")
    second, shown = half(approving), approving.path
    assert "Zhanna Test" in approving.text
    assert second not in approving.open(shown).text
    assert portal.browser().open(f"/invitation/{first}").page.status_code == 404
    assert portal.browser().open(f"/invitation/{second}").page.status_code == 404
    for one, other in ((first, first), (second, second), (first, ""), (first, "2222-2222-2222-2222")):
        browser.get("/invitation/halves").send("/invitation/halves", first=one, second=other)
        assert browser.page.status_code == 422
        assert "There is a problem" in browser.text
    browser.send("/invitation/halves", first=second.upper(), second=first)
    assert browser.path == "/invitation"
    secret, codes = taken_up(browser)
    assert len(codes) == 10
    inside = sign_in(portal, login, pyotp.TOTP(secret).now())
    assert inside.get("/accounts").page.status_code == 200


def test_a_reset_and_other_roles_show_the_proposer_a_half_and_the_account_keeps_working_until_the_approval(
    portal, clock
):
    clock.now = clocks.now() - timedelta(minutes=40)
    aigul, boss = member(portal.desk, clock, "registrar"), member(portal.desk, clock, "auditor")
    browser = portal.as_("administrator").get(f"/accounts/{aigul.id}/roles")
    version = browser.hidden("version")
    browser.send(f"/accounts/{aigul.id}/roles", roles="auditor", areas="*", version=version)
    assert half(browser)
    browser.get(f"/accounts/{boss.id}").send(f"/accounts/{boss.id}/reset")
    assert half(browser)
    assert {accounts.one(portal.desk, each.id).state for each in (aigul, boss)} == {"active"}


def test_who_approves_reads_who_proposed_it_and_how_far_it_reaches(portal):
    proposing = portal.as_("administrator", subject="provider|41", name="Zhanna Test")
    login = a_login()
    propose(proposing, login, role="auditor")
    account = accounts.named(portal.desk, login).id
    portal.as_("administrator", subject="provider|42", name="Second Test")
    browser = portal.as_("data_protection_officer", subject="provider|43", name="Third Test")
    page = browser.get(f"/accounts/{account}").text
    assert re.search(r"<td>Auditor</td>\s*<td>Everywhere</td>\s*<td><bdi>Zhanna Test</bdi>", page)
    assert "provider|41" not in page
    assert "provider|41" not in browser.get("/accounts/log").text


def test_accounts_are_changed_reset_deactivated_and_taken_up_again(portal, clock):
    clock.now = clocks.now() - timedelta(minutes=40)
    aigul = member(portal.desk, clock, "registrar")
    boss = portal.as_("administrator").get(f"/accounts/{aigul.id}")
    boss.get(f"/accounts/{aigul.id}/roles")
    assert re.search(r'value="registrar" checked', boss.text)
    boss.send(f"/accounts/{aigul.id}/roles", roles="social_worker", areas="KZ-75", version=boss.hidden("version"))
    assert accounts.one(portal.desk, aigul.id).granted.areas == {"KZ-75"}
    boss.send(f"/accounts/{aigul.id}/reset")
    assert "/invitation/" in boss.text
    boss.get(f"/accounts/{aigul.id}").send(f"/accounts/{aigul.id}/deactivate")
    assert accounts.one(portal.desk, aigul.id).state == "deactivated"
    boss.send(f"/accounts/{aigul.id}/reactivate")
    assert accounts.one(portal.desk, aigul.id).state == "invited"
    boss.get("/accounts").send("/accounts/sign-out", subject=str(aigul.id))
    assert boss.page.status_code == 200


def test_a_role_that_reaches_one_centre_needs_it_and_an_id_is_an_id(portal):
    boss = portal.as_("administrator").get("/accounts/invite")
    boss.send("/accounts/invite", login=a_login(), name="X", roles="supervisor")
    assert boss.page.status_code == 422
    assert 'href="#centre"' in boss.text
    boss.send("/accounts/invite", login=a_login(), name="X", roles="supervisor", centre="the one in the middle")
    assert 'href="#centre"' in boss.text
    boss.send("/accounts/invite", login="No Good Name!", name="X", roles="registrar", areas="*")
    assert 'href="#login"' in boss.text
    boss.send("/accounts/invite", login=a_login(), name="X", roles="registrar")
    assert 'href="#areas"' in boss.text


def test_what_an_invitation_shows_once_it_does_not_show_again(portal):
    boss = portal.as_("administrator")
    invite(boss, a_login())
    shown = boss.path
    assert "/invitation/" not in boss.open(shown).text.replace(shown, "")


def test_the_log_is_read_by_the_auditor_page_by_page_and_by_no_administrator(portal):
    assert portal.as_("administrator").get("/accounts/log").page.status_code == 403
    for number in range(51):
        portal.as_("registrar", subject=f"demo-{number}")
    auditor = portal.as_("auditor").get("/accounts")
    assert 'href="/accounts/log"' in auditor.text
    auditor.get("/accounts/log")
    assert auditor.text.count("<td>Signed in</td>") == 50
    older = re.search(r'rel="next" href="([^"]+)"', auditor.text).group(1)
    assert auditor.get(older).page.status_code == 200
    assert "<td>Signed in</td>" in auditor.text
