"""The seats of a panel: who may sit is offered by name, and a sign-in name that nobody has is said at its field."""

import re

import httpx
import pytest

from tests.integration.portal.a_case import CASE, STORED
from tests.integration.portal.staff import member

PANEL = f"/gatekeeping/{CASE}/panel"
UNKNOWN = "Nobody with this sign-in name is known here."
OFFERED = re.compile(r'<option value="([^"]+)"[^>]*>Aigul Test<')


@pytest.fixture
def sent(portal):
    """What placements was sent."""
    heard = []
    case = STORED | {"status": "options_recorded"}
    portal.services.answers = {
        ("GET", f"/placements/gatekeeping/{CASE}"): lambda _r: httpx.Response(200, json=case, headers={"ETag": '"1"'}),
        ("POST", f"/placements{PANEL}"): lambda request: heard.append(request.content) or httpx.Response(201, json={}),
    }
    return heard


@pytest.fixture
def keeper(portal, sent):
    return portal.as_("gatekeeper", subject="demo-panel").get(PANEL)


def seated(keeper, account):
    said = {"members-0-account": account, "members-0-profession": "LAW", "version": '"1"'}
    return keeper.send(PANEL, follow=False, **said)


def test_accounts_that_may_sit_are_offered_by_name_and_others_are_not(portal, clock, sent):
    sits, other = member(portal.desk, clock, "panel_member"), member(portal.desk, clock, "statistician")
    page = portal.as_("gatekeeper", subject="demo-panel-offer").get(PANEL)
    found = OFFERED.findall(page.text.partition('<datalist id="who-may-sit">')[2])
    assert sits.login in found
    assert other.login not in found


def test_a_sign_in_name_that_nobody_has_is_said_at_its_seat(keeper, sent):
    seated(keeper, "nobody-of-this-name")
    assert keeper.page.status_code == 422
    at_field = keeper.text.partition('id="members-0-account-error"')[2].partition("</p>")[0]
    assert UNKNOWN in at_field, keeper.text
    assert 'value="nobody-of-this-name"' in keeper.text
    assert sent == []


def test_somebody_with_an_account_takes_a_seat(portal, clock, keeper, sent):
    somebody = member(portal.desk, clock, "panel_member")
    seated(keeper, somebody.login)
    assert keeper.page.status_code == 303, keeper.text
    assert str(somebody.id) in sent[0].decode()


def test_who_sits_there_already_goes_on(keeper, sent):
    seated(keeper, "faster")
    assert keeper.page.status_code == 303, keeper.text
