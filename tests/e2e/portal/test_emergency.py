"""An emergency at two in the morning, recorded by the duty officer in the browser; with scripts and without."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests import named
from tests.e2e.portal.portals import DESKTOP, PHONE, axe_findings, send, too_wide

pytestmark = pytest.mark.browser
ALMATY = "KZ-75"
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


def fill(page):
    """What is known of how it was."""
    page.fill("#taken_at", "2:00")
    chosen = {
        "taken_by": "POLICE", "taken_from": "PARENT", "situation": "WITH_PARENTS", "entry_reason": "VIOLENCE",
        "area": ALMATY, "care_form": "SHELTER_EMERGENCY",
    }  # fmt: skip
    for field, code in chosen.items():
        page.select_option(f"#{field}", code)


def in_the_night_that_is_over(page):
    """Two in the morning of today lies ahead before two: then it was yesterday's."""
    night = datetime.now(ZoneInfo("Asia/Almaty")) - timedelta(hours=3)
    for part in ("day", "month", "year"):
        page.fill(f"#taken_on-{part}", str(getattr(night, part)))


def test_an_emergency_at_two_in_the_morning_is_on_record_with_its_clocks_in_one_form(rig, browsing):
    page, name = browsing, named.fresh("Cyrl")
    rig.enter(page, "duty_officer")
    page.locator("nav.menu a", has_text="Emergency notice").click()
    page.fill("#children-0-given", name["given"])
    page.select_option("#children-0-sex", "F")
    page.fill("#children-0-years", "2")
    fill(page)
    in_the_night_that_is_over(page)
    send(page, page.locator("form.night button"))
    page.wait_for_url("**/emergency/notice?**")
    assert name["given"] not in page.url
    assert name["given"] not in page.title()
    rig.deployment.settle()  # placements judges the child's age as soon as it has heard of it
    page.reload()
    due = page.locator("tbody tr")
    expect(due.filter(has_text="Prosecutor")).to_have_count(1)
    expect(due.filter(has_text="Under three")).to_have_count(1)
    expect(due.filter(has_text="A decision behind every stay in care").locator(".clock")).not_to_be_empty()
    send(page, due.filter(has_text="Prosecutor").locator("button"))
    expect(page.locator("tbody tr").filter(has_text="Prosecutor")).to_contain_text("told")


def test_a_known_child_is_named_by_its_reference_and_a_wrong_hour_is_said_at_the_field(rig, page):
    birth = {"precision": "year", "date": "2018"}
    identity = {"names": [named.fresh("Cyrl")], "sex": "M", "area": ALMATY, "birth": birth}
    registrar = rig.person("registrar")
    child = registrar.made("/registry/children", {"identity": identity})["id"]
    reference = registrar.get(f"/registry/children/{child}").json["reference"]
    rig.enter(page, "duty_officer")
    page.goto(rig.url("/emergency"))
    page.fill("#children-0-reference", reference)
    fill(page)
    page.fill("#taken_at", "25 o'clock")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator("form.night button").click()
    assert sent.value.status == 422
    expect(page.locator("#taken_at-error")).to_be_visible()
    assert page.input_value("#children-0-reference") == reference
    in_the_night_that_is_over(page)
    page.fill("#taken_at", "00:00")
    page.locator("form.night button").click()
    page.wait_for_url("**/emergency/notice?**")
    assert child in page.url


def test_the_blank_form_is_one_sheet_of_paper(rig, page):
    rig.enter(page, "duty_officer")
    page.goto(rig.url("/emergency/blank"))
    assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("language", ["en", "ur"])
def test_axe_has_nothing_against_the_form_that_says_what_is_missing(rig, page, language):
    rig.sign_in(page, "duty_officer", language)
    page.goto(rig.url("/emergency"))
    send(page, page.locator("form.night button"))
    expect(page.locator(".error-summary")).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert axe_findings(page) == []
        assert not too_wide(page)
