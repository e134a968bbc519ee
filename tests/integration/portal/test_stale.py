"""Somebody else was faster: each form that was opened on an older version shows yours beside what is stored now.

Nothing was stored, nothing typed is lost, and the same form can be sent again on the newer version.
"""

import re

import httpx
import pytest
import tinyhtml5

from services.portal import steps
from services.portal.issuer import accounts
from shared import clock
from tests.integration.portal.staff import ADMINISTRATOR, a_login, granted

CASE, CHILD = "018f2f6e-0000-7000-8000-00000000beef", "018f2f6e-0000-7000-8000-00000000cafe"
TYPED = "Words that took an hour"
STORED = {
    "id": CASE, "child": CHILD, "about": {"born_from": None, "born_to": None, "sex": None},
    "kind": "ENTRY", "status": "recommended", "area": "KZ-75", "reasons": ["NEGLECT"],
    "help_tried": ["HOME_VISITS"], "requested_on": "2026-03-01", "requested_by": "somebody", "due_at": None,
    "comes_back_on": None, "decision": None, "kin_searched_on": "2026-03-02",
    "screening": "The other screening",
    "hearings": [{"heard": True, "on": "2026-03-03", "heard_by": "faster", "words": "Words of the child",
                  "support": "OBSERVATION", "language": None, "weight": None, "weight_words": "", "feedback_on": None,
                  "feedback_words": "", "consents": None, "not_heard_reason": None}],
    "parents": [{"who": "MOTHER", "notified_on": "2026-03-03", "not_notified_reason": None, "heard_on": None,
                 "agrees": False, "words": "Words of the mother"}],
    "assessment": {"on": "2026-03-04", "by": "faster", "domains": ["SAFETY"], "words": "The other assessment"},
    "findings": [{"kind": "necessity", "found": True, "on": "2026-03-04", "until": None, "words": "Because"}],
    "options": [], "panel": [{"account": "faster", "profession": "LAW"}],
    "recommendation": {"outcome": "FORMAL_CARE", "care_form": "FOSTER", "provider": None, "on": "2026-03-05",
                       "words": "The other reasons", "against": 0},
}  # fmt: skip


class Placements:
    """A case whose version moves on."""

    def __init__(self):
        self.version, self.sent, self.since = 1, [], {}

    def read(self, _request):
        return httpx.Response(200, json=STORED | self.since, headers={"ETag": f'"{self.version}"'})

    def take(self, request):
        given = request.headers.get("If-Match")
        if given is not None and given != f'"{self.version}"':
            return httpx.Response(412, json={"code": "stale-version", "detail": "Changed.", "errors": []})
        self.sent.append((request.url.path, given))
        return httpx.Response(200, json={"id": CASE})


@pytest.fixture
def placements(portal):
    made = Placements()
    portal.services.answers = {
        ("GET", f"/placements/gatekeeping/{CASE}"): made.read,
        ("POST", r"/placements/gatekeeping/[^/]+/[a-z]+"): made.take,
    }
    return made


def fields(page):
    """What the page's own form would send."""
    main = tinyhtml5.parse(page.text, namespace_html_elements=False).find(".//main")
    form = [each for each in main.iter("form") if each.get("method") == "post"][-1]
    found = []
    for each in form.iter():
        if each.tag == "input" and each.get("type") not in {"radio", "checkbox"}:
            found.append([each.get("name"), each.get("value", "")])
        elif each.tag == "textarea":
            found.append([each.get("name"), "".join(each.itertext())])
        elif each.tag == "select":
            found.append(
                [
                    each.get("name"),
                    next(iter(o.get("value") for o in each.iter("option") if o.get("selected") is not None), ""),
                ]
            )
        elif each.tag == "input" and each.get("checked") is not None:
            found.append([each.get("name"), each.get("value")])
    return form, found


def typed(page):
    """The form filled in by somebody: words where words go, else the first choice."""
    form, found = fields(page)
    said = dict(found)
    for each in form.iter():
        name = each.get("name")
        if each.tag == "textarea" or (each.tag == "input" and name in {"heard_by", "number"}):
            said[name] = TYPED
        elif each.tag == "select" and not said[name]:
            said[name] = next((o.get("value") for o in each.iter("option") if o.get("value")), "")
        elif each.tag == "input" and each.get("type") in {"radio", "checkbox"} and not said.get(name):
            said[name] = each.get("value")
    return said


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
