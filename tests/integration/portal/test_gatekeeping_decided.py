"""A case that is decided leads with what comes next: the stay to permit, or the planned one to begin.

Not here: the forms of the steps before (test_gatekeeping_steps), who was faster (test_stale).
"""

import json
import re

import httpx
import pytest

from tests.integration.portal.a_case import CASE, CHILD, STORED, fields
from tests.integration.portal.test_stale import BEGUN, MADE

STAY = "018f2f6e-0000-7000-8000-00000000feed"
PLANNED = BEGUN | {"id": STAY}
HERE = {**PLANNED, "id": "h", "decision": None, "state": "active", "from": "2026-01-02"}
BEGIN = f"/children/{CHILD}/stays/{STAY}/begin"
LEADING = re.compile(r'<a class="btn btn-primary" href="([^"]*)"')
OFFERED = re.compile(r'<a class="btn btn-(?:outline-)?primary" href="([^"]*)"')


class Line:
    """What placements knows, and what it was sent."""

    def __init__(self):
        self.stays, self.forms, self.version, self.sent = [], ["FOSTER"], 3, []

    def read(self, _request):
        return httpx.Response(200, json={"placements": self.stays}, headers={"ETag": f'"{self.version}"'})

    def decisions(self, _request):
        made = MADE | {"status": "in-force", "unmet": {}, "to_be_confirmed": [], "care_forms": self.forms}
        return httpx.Response(200, json={"decisions": [made]})

    def take(self, request):
        if request.headers.get("If-Match") != f'"{self.version}"':
            return httpx.Response(412, json={"code": "stale-version", "detail": "Changed.", "errors": []})
        self.sent.append((request.url.path, json.loads(request.content)))
        return httpx.Response(201, json={"id": STAY})


@pytest.fixture
def line(portal):
    made = Line()
    decided = STORED | {"status": "decided", "decision": "d"}
    portal.services.answers = {
        ("GET", f"/placements/gatekeeping/{CASE}"): lambda _r: httpx.Response(200, json=decided),
        ("GET", f"/placements/children/{CHILD}/decisions"): made.decisions,
        ("GET", f"/placements/children/{CHILD}/placements"): made.read,
        ("POST", r"/placements/placements/[^/]+/[a-z]+"): made.take,
    }
    return made


@pytest.fixture
def keeper(portal):
    return portal.as_("gatekeeper", "social_worker", subject="demo-decided")


def case_of(browser):
    text = browser.get(f"/gatekeeping/{CASE}").text
    assert browser.page.status_code == 200, text
    return text


def test_a_decided_case_leads_with_the_stay_to_permit(line, keeper):
    assert LEADING.findall(case_of(keeper)) == [f"/gatekeeping/{CASE}/stay"]


def test_where_a_stay_is_planned_on_it_beginning_it_leads(line, keeper):
    line.stays = [PLANNED | {"id": "o", "decision": "other"}, PLANNED]
    text = case_of(keeper)
    assert LEADING.findall(text) == [BEGIN]
    assert "A stay is planned from 7 Mar 2026" in text


def test_a_plan_that_was_given_up_does_not_lead(line, keeper):
    line.stays = [PLANNED | {"state": "withdrawn"}]
    assert LEADING.findall(case_of(keeper)) == [f"/gatekeeping/{CASE}/stay"]


def test_a_stay_that_has_begun_leads_to_no_other(line, keeper):
    line.stays = [PLANNED | {"state": "active"}]
    text = case_of(keeper)
    assert LEADING.findall(text) == []
    assert "The stay began on 7 Mar 2026" in text


def test_what_was_decided_is_not_given_up(line, keeper):
    assert f"/gatekeeping/{CASE}/withdrawal" not in case_of(keeper)


def test_a_decision_that_permits_no_care_offers_no_stay(line, keeper):
    line.forms = []
    assert OFFERED.findall(case_of(keeper)) == []


def test_a_child_that_is_nowhere_begins_its_stay(line, keeper):
    line.stays = [PLANNED]
    assert 'id="reason"' not in keeper.get(BEGIN).text
    keeper.send(BEGIN, follow=False, **dict(fields(keeper)[1]))
    assert keeper.page.status_code == 303, keeper.text
    ((path, body),) = line.sent
    assert path == f"/placements/placements/{STAY}/start"
    assert body.keys() == {"on"}


def test_a_child_that_is_elsewhere_moves_and_its_reason_is_asked_for(line, keeper):
    line.stays = [HERE, PLANNED]
    said = dict(fields(keeper.get(BEGIN))[1])
    keeper.send(BEGIN, follow=False, **said)
    assert keeper.page.status_code == 422
    assert "Say why the child left where it was." in keeper.text
    keeper.send(BEGIN, follow=False, **dict(fields(keeper)[1]) | {"reason": "DECISION"})
    assert keeper.page.status_code == 303, keeper.text
    ((path, body),) = line.sent
    assert path == f"/placements/placements/{STAY}/move"
    assert body["reason"] == "DECISION"


def test_a_stay_that_somebody_else_began_is_not_begun_twice(line, keeper):
    line.stays = [PLANNED]
    said = dict(fields(keeper.get(BEGIN))[1])
    line.version = 4
    keeper.send(BEGIN, follow=False, **said)
    assert keeper.page.status_code == 412
    line.stays = [PLANNED | {"state": "active"}]
    keeper.get(BEGIN)
    assert keeper.page.status_code == 303
    assert line.sent == []


def test_a_stay_that_is_not_there_has_no_page(line, keeper):
    assert keeper.get(BEGIN).page.status_code == 404
