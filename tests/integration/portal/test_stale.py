"""Somebody else was faster: each form that was opened on an older version shows yours beside what is stored now.

Nothing was stored, nothing typed is lost, and the same form can be sent again on the newer version.
"""

import re

import pytest

from services.portal import steps
from services.portal.issuer import accounts
from shared import clock
from tests.integration.portal.a_case import CASE, CHILD, TYPED, Placements, fields, typed
from tests.integration.portal.staff import ADMINISTRATOR, a_login, granted


@pytest.fixture
def placements(portal):
    made = Placements()
    portal.services.answers = {
        ("GET", f"/placements/gatekeeping/{CASE}"): made.read,
        ("POST", r"/placements/gatekeeping/[^/]+/[a-z]+"): made.take,
    }
    return made


@pytest.mark.parametrize("step", [each.name for each in steps.STEPS])
def test_a_step_of_a_case_that_has_moved_on_is_compared_and_can_be_sent_again(portal, placements, step):
    browser = portal.as_("gatekeeper", "social_worker", "panel_member", subject=f"demo-{step}")
    page = browser.get(f"/gatekeeping/{CASE}/{step}")
    assert page.page.status_code == 200, page.text
    said = typed(page)
    placements.version = 2
    browser.send(f"/gatekeeping/{CASE}/{step}", follow=False, **said)
    assert browser.page.status_code == 412, browser.text
    assert "Somebody else has changed this" in browser.text
    assert "Panel has recommended" in browser.text
    assert placements.sent == []
    _form, again = fields(browser)
    assert {name: value for name, value in again if name == "version"} == {"version": '"2"'}
    kept = {name: value for name, value in again if name not in {"version", "idempotency_key", "csrf_token"}}
    assert kept == {name: value for name, value in said.items() if name in kept}
    assert TYPED in browser.text or TYPED not in said.values()
    browser.send(f"/gatekeeping/{CASE}/{step}", follow=False, **dict(again))
    assert browser.page.status_code == 303, browser.text
    assert placements.sent == [(f"/placements/gatekeeping/{CASE}/{step}", '"2"')]


def test_what_is_stored_now_stands_beside_what_was_typed(portal, placements):
    browser = portal.as_("gatekeeper", subject="demo-beside").get(f"/gatekeeping/{CASE}/assessment")
    said = typed(browser)
    placements.version = 2
    browser.send(f"/gatekeeping/{CASE}/assessment", follow=False, **said)
    rows = re.findall(r"<td><bdi>([^<]*)</bdi></td><td><bdi>([^<]*)</bdi></td>", browser.text)
    assert (TYPED, "The other assessment") in rows
    assert "4 Mar 2026" in browser.text


MADE = {
    "id": "d", "body": "COURT", "act": "ENTRY", "situation": "WITH_PARENTS", "outcome": "FAMILY_FORM",
    "care_forms": ["FOSTER"], "provider": None, "instrument": "JUDGMENT", "number": "The other number",
    "made_on": "2026-03-06", "effective_from": "2026-03-06", "in_force_until": None, "decided_by": None,
}  # fmt: skip
BEGUN = {
    "id": "s", "decision": "d", "state": "planned", "care_form": "FOSTER", "provider": None, "carer_relation": None,
    "kind": "PLANNED", "from": "2026-03-07", "planned_to": None, "entry_reason": "NEGLECT", "area": "KZ-75",
}  # fmt: skip


@pytest.mark.parametrize(("step", "said"), [("decision", "The other number"), ("stay", "7 Mar 2026")])
def test_who_was_slower_to_decide_sees_what_the_other_decided(portal, placements, step, said):
    given_up = BEGUN | {"id": "t", "state": "withdrawn", "from": "2026-03-09"}
    portal.services.answers |= {
        ("GET", f"/placements/children/{CHILD}/decisions"): {"decisions": [MADE | {"id": "x"}, MADE]},
        ("GET", f"/placements/children/{CHILD}/placements"): {"placements": [BEGUN, given_up]},
    }
    browser = portal.as_("gatekeeper", subject=f"demo-slower-{step}").get(f"/gatekeeping/{CASE}/{step}")
    typing = typed(browser)
    placements.version, placements.since = 2, {"status": "decided", "decision": "d"}
    browser.send(f"/gatekeeping/{CASE}/{step}", follow=False, **typing)
    assert browser.page.status_code == 412
    assert f"<td><bdi>{said}</bdi></td>" in browser.text


def test_roles_that_somebody_else_changed_are_compared(portal):
    id_, _code = accounts.invite(
        portal.desk, ADMINISTRATOR, a_login(), "Daniyar Seitov", granted("registrar"), clock.now()
    )
    browser = portal.as_("administrator").get(f"/accounts/{id_}/roles")
    said = dict(fields(browser)[1]) | {"roles": "social_worker", "areas": "*"}
    assert accounts.change(portal.desk, ADMINISTRATOR, id_, granted("duty_officer"), clock.now()) == (True, None)
    browser.send(f"/accounts/{id_}/roles", follow=False, **said)
    assert browser.page.status_code == 412
    assert "Duty officer" in browser.text
    assert "Social worker" in browser.text
    again = dict(fields(browser)[1])
    browser.send(f"/accounts/{id_}/roles", follow=False, **again)
    assert browser.page.status_code == 303
    assert accounts.one(portal.desk, id_).granted.roles == {"social_worker"}
