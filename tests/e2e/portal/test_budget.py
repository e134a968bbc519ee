"""The commonest tasks within their clicks and seconds, by the real mouse, from the first page after signing in."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.portal.budget import TASKS, spending

pytestmark = pytest.mark.browser

ALMATY = "KZ-75"
NAMES = {"family": "Сүлейменова", "given": "Айару"}


@pytest.fixture(scope="module")
def child(rig):
    """A child on record: id and reference."""
    registrar = rig.person("registrar")
    identity = {
        "names": [{"script": "Cyrl", **NAMES}], "sex": "F", "birth": {"date": "2015-11-02"}, "area": ALMATY,
    }  # fmt: skip
    made = registrar.made("/registry/children", {"identity": identity})["id"]
    return made, registrar.get(f"/registry/children/{made}").json["reference"]


def menu(page, label):
    page.locator("nav.menu a", has_text=label).click()


def find(page, **typed):
    menu(page, "Find a child")
    for name, text in typed.items():
        page.fill(f"#{name.replace('_', '-')}", text)
    page.get_by_role("button", name="Find", exact=True).click()


def by_reference(page, reference):
    """From the field of My work straight to the child's page."""
    page.fill("#quick", reference)
    page.locator("form:has(#quick) button").click()


def test_a_child_is_found_by_its_reference(rig, page, child):
    rig.sign_in(page, "social_worker")
    with spending(page, "find a child by reference"):
        by_reference(page, child[1])
    expect(page).to_have_url(re.compile(f"/children/{child[0]}$"))


def test_a_child_is_found_by_a_name_in_another_script(rig, page, child):
    rig.sign_in(page, "registrar")
    with spending(page, "find a child by a name in another script"):
        find(page, family="Suleimenova", given="Aiaru", born_year="2015")
        page.locator(f"a[href='/children/{child[0]}']").first.click()
    expect(page).to_have_url(re.compile(f"/children/{child[0]}$"))


def test_who_is_responsible_is_seen_on_the_first_page_of_a_child_and_its_timeline_is_one_click_on(rig, page, child):
    rig.sign_in(page, "gatekeeper")
    with spending(page, "see who is responsible for a child"):
        by_reference(page, child[1])
    expect(page.get_by_text("Who is responsible for this child right now")).to_be_visible()
    page.goto(rig.url("/"))
    with spending(page, "read a child's timeline"):
        by_reference(page, child[1])
        page.locator(f"a[href^='/children/{child[0]}/timeline']").first.click()
    expect(page).to_have_url(re.compile("/timeline"))


def test_a_child_whom_nobody_knows_is_registered(rig, page):
    rig.sign_in(page, "registrar")
    with spending(page, "register a child"):
        menu(page, "Register a child")
        page.fill("#family", "Қонысбаева")
        page.fill("#given", "Нұрила")
        for part, text in (("year", "2013"), ("month", "7"), ("day", "21")):
            page.fill(f"#born-{part}", text)
        page.locator("input[name=sex][value=F]").click()
        page.select_option("#area", ALMATY)
        page.locator("form#register button.btn-primary").click()
        page.wait_for_url("**/children/*-*")
    expect(page.locator("[role=status]", has_text="registered")).to_be_visible()


def test_what_is_due_is_on_the_first_page_and_one_click_from_its_record(rig, page, child):
    asked = {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"]}
    made = rig.person("social_worker").made(f"/placements/children/{child[0]}/gatekeeping", asked)["id"]
    rig.deployment.settle()
    rig.sign_in(page, "gatekeeper")
    with spending(page, "see what is due and open the most urgent"):
        menu(page, "My work")
        page.locator(f"table.due a[href$='{made}']").first.click()
    expect(page.locator("h1")).to_have_text("Entry into care")


def test_a_courts_decision_on_a_case_is_recorded(rig, page, child):
    asked = {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"]}
    case = rig.person("social_worker").post(f"/placements/children/{child[0]}/gatekeeping", asked)
    listed = rig.person("gatekeeper").get("/placements/gatekeeping?limit=200").json["items"]
    made = next(each["id"] for each in listed if each["child"] == child[0])
    assert case.status in {201, 409}, "asked for here, or by the test before"
    rig.sign_in(page, "gatekeeper")
    page.goto(rig.url(f"/gatekeeping/{made}"))
    with spending(page, "record what a court has decided on a case"):
        page.locator("nav.steps a[href$='/decision']").click()
        for field, code in {
            "body_": "COURT", "situation": "WITH_PARENTS", "outcome": "FAMILY_FORM", "instrument": "JUDGMENT",
        }.items():  # fmt: skip
            page.select_option(f"#{field}", code)
        page.locator("#care_forms input[value=PRIYOMNAYA_SEMYA]").click()
        page.fill("#number", "2-1187/26")
        page.locator("main form[method=post] button").last.click()
        page.wait_for_url(f"**/gatekeeping/{made}")
    expect(page.locator(".decided")).to_contain_text("2-1187/26")


def test_an_emergency_is_on_record_within_three_minutes(rig, page):
    rig.sign_in(page, "duty_officer")
    with spending(page, "record an emergency at night"):
        menu(page, "Emergency notice")
        page.fill("#children-0-given", "Айсұлу")
        page.select_option("#children-0-sex", "F")
        page.fill("#children-0-years", "4")
        chosen = {
            "taken_by": "POLICE", "taken_from": "PARENT", "situation": "WITH_PARENTS", "entry_reason": "VIOLENCE",
            "area": ALMATY, "care_form": "SHELTER_EMERGENCY",
        }  # fmt: skip
        for field, code in chosen.items():
            page.select_option(f"#{field}", code)
        page.locator("form.night button").click()
        page.wait_for_url("**/emergency/notice?**")
    expect(page.locator("tbody tr", has_text="Prosecutor")).to_have_count(1)


def test_a_task_beyond_its_clicks_is_seen(rig, page):
    rig.sign_in(page, "registrar")
    with pytest.raises(AssertionError, match="clicks"), spending(page, "find a child by reference"):
        for _ in range(TASKS["find a child by reference"].clicks + 1):
            menu(page, "My work")
