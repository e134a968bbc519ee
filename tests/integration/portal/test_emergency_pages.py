"""The notice of the night where a reference is mistyped: it is said where it was typed."""

import httpx


def test_a_mistyped_reference_is_said_at_the_reference(portal):
    wrong = {"field": "reference", "message": "The check character does not fit.", "rule": "reference"}
    refused = {"code": "invalid", "detail": "Not valid.", "errors": [wrong]}
    portal.services.answers = {
        ("POST", "/registry/children/search"): lambda _request: httpx.Response(422, json=refused)
    }
    browser = portal.as_("duty_officer").get("/emergency")
    said = {"taken_at": "00:00", "taken_by": "POLICE", "taken_from": "PARENT", "situation": "WITH_PARENTS"}
    said |= {"entry_reason": "VIOLENCE", "area": "KZ-75", "care_form": "SHELTER_EMERGENCY"}
    said |= {"taken_on-day": "7", "taken_on-month": "3", "taken_on-year": "2026"}
    browser.send("/emergency", **said, **{"children-0-reference": "CH-0000012-8"})
    assert browser.page.status_code == 422
    assert 'id="children-0-reference-error"' in browser.text
    assert 'href="#children-0-reference"' in browser.text
    assert 'id="children-0-given-error"' not in browser.text


def test_the_blank_sheet_asks_for_the_area_and_for_references_as_the_form_does(portal):
    sheet = portal.as_("duty_officer").get("/emergency/blank").text.partition('class="sheet"')[2]
    assert '<div class="line"><span>Area</span></div>' in sheet
    assert '<th scope="col">Reference, if it is known</th>' in sheet
