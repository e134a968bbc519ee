"""A step of a case: what its form begins with, and what is said when it is done."""

import re

import httpx
import pytest

from tests.integration.portal.a_case import CASE, CHILD, STORED
from tests.integration.portal.test_stale import MADE

ROUTE = f"/placements/gatekeeping/{CASE}"
DECIDED = STORED | {"status": "decided", "decision": "d"}
CHOSEN = re.compile(r'<option value="(\w+)" selected>')


@pytest.fixture
def decided(portal):
    """Opens the form of the stay, where the panel recommended FOSTER and the decision permits these forms."""

    def opened(*forms):
        portal.services.answers = {
            ("GET", ROUTE): lambda _request: httpx.Response(200, json=DECIDED, headers={"ETag": '"1"'}),
            ("GET", f"/placements/children/{CHILD}/decisions"): {"decisions": [MADE | {"care_forms": list(forms)}]},
            ("POST", r"/placements/gatekeeping/[^/]+/[a-z]+"): {"id": CASE},
        }
        return portal.as_("gatekeeper", subject=f"demo-{'-'.join(forms)}").get(f"/gatekeeping/{CASE}/stay")

    return opened


def form_of_care(page):
    field = page.text.partition('id="care_form"')[2].partition("</select>")[0]
    return CHOSEN.findall(field)


def test_a_stay_begins_with_the_form_that_was_decided_not_with_what_the_panel_recommended(decided):
    assert form_of_care(decided("FAMILY_TYPE_HOME")) == ["FAMILY_TYPE_HOME"]


def test_where_a_decision_permits_several_forms_somebody_chooses(decided):
    assert form_of_care(decided("FAMILY_TYPE_HOME", "FOSTER")) == []


def test_a_step_that_is_done_says_when(decided):
    browser = decided("FOSTER")
    said = {"care_form": "FOSTER", "entry_reason": "NEGLECT", "area": "KZ-75"}
    said |= {"from_-day": "7", "from_-month": "3", "from_-year": "2026"}
    browser.send(f"/gatekeeping/{CASE}/stay", **said)
    assert re.search(r"Recorded at \d\d:\d\d\.", browser.text)
