"""Which forms of care the forms of a decision and of a stay offer: what fits, and all where nothing is known."""

import re

import httpx
import pytest

from tests.integration.portal.a_case import CASE, CHILD, STORED, fields
from tests.integration.portal.test_stale import MADE

BOX = re.compile(r'name="care_forms" value="(\w+)"')
OPTION = re.compile(r'<option value="(\w+)"')


@pytest.fixture
def case(portal):
    """Opens a step's form of a case; `forms`: those that its decision permits, None where it cannot be read."""

    def opened(step, forms=None, **more):
        made = {"decisions": [MADE | {"care_forms": forms}]}
        portal.services.answers = {
            ("GET", f"/placements/gatekeeping/{CASE}"): lambda _r: httpx.Response(200, json=STORED | more),
            ("POST", f"/placements/gatekeeping/{CASE}/{step}"): lambda _r: httpx.Response(422, json={"code": "rule"}),
        }
        if forms is not None:
            portal.services.answers[("GET", f"/placements/children/{CHILD}/decisions")] = made
        return portal.as_("gatekeeper", subject="demo-forms").get(f"/gatekeeping/{CASE}/{step}")

    return opened


def recommended(outcome):
    return {"recommendation": STORED["recommendation"] | {"outcome": outcome, "care_form": None}}


def boxes(page):
    """The forms of care that are shown, and those behind a click."""
    group = page.text.partition('id="care_forms"')[2].partition("</fieldset>")[0]
    shown, _, others = group.partition("<details")
    return BOX.findall(shown), BOX.findall(others)


def of_a_stay(page):
    return OPTION.findall(page.text.partition('id="care_form"')[2].partition("</select>")[0])


def test_a_decision_shows_the_forms_of_care_first_that_go_with_what_was_recommended(case):
    shown, others = boxes(case("decision", **recommended("FAMILY_FORM")))
    assert {"FOSTER", "FAMILY_TYPE_HOME", "OPEKA"} <= set(shown)
    assert {"DOM_REBENKA", "SUPERVISED_AT_HOME"} <= set(others)
    assert not set(shown) & set(others)


def test_where_no_outcome_is_known_all_are_shown_alike(case):
    shown, others = boxes(case("decision", recommendation=None))
    assert {"FOSTER", "DOM_REBENKA"} <= set(shown)
    assert others == []


def test_another_outcome_has_other_forms_and_what_was_ticked_stays_in_sight(case):
    page = case("decision", **recommended("FAMILY_FORM"))
    page.send(f"/gatekeeping/{CASE}/decision", outcome="RESIDENTIAL", care_forms=["FOSTER"])
    assert page.page.status_code == 422
    shown, others = boxes(page)
    assert "DOM_REBENKA" in shown
    assert "FOSTER" in others
    assert re.search(r'<details open><summary>Others.*value="FOSTER" checked', page.text, re.DOTALL)


def test_an_outcome_without_care_shows_none_first(case):
    shown, others = boxes(case("decision", **recommended("NO_ACTION")))
    assert shown == []
    assert "FOSTER" in others


def test_a_stay_offers_the_forms_that_were_decided(case):
    decided = {"status": "decided", "decision": "d"}
    assert of_a_stay(case("stay", ["FAMILY_TYPE_HOME", "FOSTER"], **decided)) == ["FOSTER", "FAMILY_TYPE_HOME"]


def test_where_the_decision_cannot_be_read_a_stay_offers_all(case):
    assert {"FOSTER", "DOM_REBENKA"} <= set(of_a_stay(case("stay", status="decided", decision="d")))


def test_what_was_typed_is_judged_by_the_service_and_not_lost(case):
    page = case("stay", ["FOSTER"], status="decided", decision="d")
    said = dict(fields(page)[1]) | {"care_form": "DOM_REBENKA"}
    page.send(f"/gatekeeping/{CASE}/stay", **said)
    assert of_a_stay(page) == ["FOSTER", "DOM_REBENKA"]
    assert "Not a valid choice" not in page.text
