"""The child's page, its timeline, changing it, who read it, my work and the morning lists, in the browser."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.portal.portals import send
from tests.e2e.running import until

pytestmark = pytest.mark.browser

ALMATY = "KZ-75"
NAME = {"script": "Cyrl", "family": "Бекова", "given": "Динара", "patronymic": "Маратқызы"}


@pytest.fixture(scope="module")
def child(rig):
    """A girl taken into a shelter by the police four hours ago, with no decision and nobody to represent her."""
    identity = {"names": [NAME], "sex": "F", "birth": {"date": "2017-03-02"}, "area": ALMATY, "disability": True}
    made = rig.person("registrar").made("/registry/children", {"identity": identity})["id"]
    home = {"kind": "FACILITY", "area": ALMATY, "name": "Shelter No. 1", "places": 20}
    provider = rig.person("inspector").made("/placements/providers", home)["id"]
    duty, now = rig.person("duty_officer"), datetime.now(UTC)
    until(lambda: duty.get(f"/placements/children/{made}/placements").status == 200, "placements knows her")
    stay = {"care_form": "SHELTER_EMERGENCY", "area": ALMATY, "provider": provider, "entry_reason": "VIOLENCE"}
    taken = {
        "children": [made], "taken_by": "POLICE", "situation": "WITH_PARENTS", "taken_from": "PARENT", "stay": stay,
        "taken_at": (now - timedelta(hours=5)).isoformat(), "arrived_at": (now - timedelta(hours=4)).isoformat(),
    }  # fmt: skip
    duty.made("/placements/emergencies", taken)
    keeper = rig.person("gatekeeper")
    listed = "/registry/alarms/unrepresented-children?limit=200"
    until(lambda: any(row["id"] == made for row in keeper.get(listed).json["items"]), "registry knows of the stay")
    return made


def press(page, name):
    send(page, page.get_by_role("button", name=name, exact=True))


def test_who_is_responsible_right_now_stands_on_every_page_of_a_child(rig, browsing, child):
    window = browsing
    rig.enter(window, "gatekeeper")
    window.goto(rig.url(f"/children/{child}"))
    tabs = [link.get_attribute("href") for link in window.locator("nav.tabs a").all()]
    assert 2 <= len(tabs) <= 5
    for tab in [*tabs, f"/children/{child}/timeline"]:
        window.goto(rig.url(tab))
        said = window.locator(".responsible").inner_text()
        for words in ("Shelter No. 1", "Emergency shelter", "Nobody on record", "Decision in force", "Next date"):
            assert words in said, tab
        assert "Бекова" not in window.title()
    assert "Not authorised" in said


def test_health_is_closed_until_it_is_asked_for_and_the_opening_is_logged(rig, browsing, child):
    window = browsing
    officer = rig.person("data_protection_officer")
    rig.enter(window, "gatekeeper")
    window.goto(rig.url(f"/children/{child}"))
    assert "Registered disability" not in window.content()
    before = len(officer.get(f"/registry/children/{child}/access-log?limit=200").json["items"])
    window.click("text=Open health")
    expect(window.locator("#health")).to_contain_text("Registered disability")
    after = officer.get(f"/registry/children/{child}/access-log?limit=200").json["items"]
    assert len(after) > before
    assert after[0]["actor"] == "demo-gatekeeper"


def test_the_timeline_shows_bars_of_digits_alone_and_who_says_what(rig, browsing, child):
    window = browsing
    rig.enter(window, "gatekeeper")
    window.goto(rig.url(f"/children/{child}/timeline"))
    drawn = window.locator("svg.bars text").all_text_contents()
    assert drawn
    assert all(text.isdigit() for text in drawn)
    every = window.locator("tbody tr").count()
    assert "Emergency shelter began" in window.locator("tbody").inner_text()
    window.click("text=Show significant events alone")
    expect(window.get_by_text("Show significant events alone")).to_have_count(0)
    expect(window.locator("tbody tr").first).to_be_visible()
    assert window.locator("tbody tr").count() <= every


def test_my_work_counts_of_each_kind_are_the_rows_behind_them(rig, browsing, child):
    window = browsing
    rig.enter(window, "gatekeeper")
    kinds = {
        link.get_attribute("href"): int(link.locator(".count").inner_text().rstrip("+"))
        for link in window.locator("nav.kinds a").all()
    }
    assert sum(count for url, count in kinds.items() if url != "/") == kinds["/"]
    for url, count in kinds.items():
        window.goto(rig.url(url))
        assert window.locator("tbody tr").count() == count, url
    window.goto(rig.url("/?kind=alarm.BREACH"))
    window.locator(f"a[href^='/children/{child}']").first.click()
    expect(window.locator("h1")).to_contain_text("Динара")


def test_a_child_without_a_representative_is_on_the_morning_list(rig, browsing, child):
    window = browsing
    rig.enter(window, "gatekeeper")
    window.goto(rig.url("/morning"))
    window.click("text=Without a legal representative")
    row = window.locator("tr", has=window.locator(f"a[href='/children/{child}/decisions']"))
    expect(row).to_contain_text("Бекова Динара")


def test_what_two_people_change_at_once_is_compared_and_nothing_typed_is_lost(rig, browsing, child):
    window = browsing
    registrar = rig.person("registrar")
    rig.enter(window, "registrar")
    window.goto(rig.url(f"/children/{child}/amend"))
    window.check("input[name=way][value=correct]")
    window.fill("#patronymic", "Маратовна")
    now = registrar.get(f"/registry/children/{child}").json
    spoken = "kk" if "kk" not in now["identity"]["languages"] else "ru"
    identity = {"names": [NAME], "sex": "F", "birth": {"date": "2017-03-02"}, "area": ALMATY, "disability": True}
    corrected = {"identity": identity | {"languages": [spoken]}}
    registrar.made(f"/registry/children/{child}/corrections", corrected, version=now["version"])
    press(window, "Store the change")
    expect(window.locator("h1")).to_have_text("Somebody else has changed this")
    differing = window.locator("tr.differs").all_inner_texts()
    assert any("Маратовна" in row and "Маратқызы" in row for row in differing)
    press(window, "Store what I typed")
    expect(window.locator("[role=status]")).to_contain_text("The record is changed.")
    stored = registrar.get(f"/registry/children/{child}").json["identity"]
    assert stored["names"][0]["patronymic"] == "Маратовна"
    assert stored["disability"] is True


def test_an_officer_reads_who_read_the_record_and_nothing_of_it(rig, browsing, child):
    window = browsing
    rig.enter(window, "data_protection_officer")
    window.goto(rig.url("/access-log"))
    window.fill("#record", child)
    press(window, "Show the access log")
    said = window.locator("main").inner_text()
    assert "Saule Akhmetova" in said, "the gatekeeper of the demonstration, by name"
    assert "Динара" not in said
    assert window.goto(rig.url(f"/children/{child}")).status == 403


def test_what_a_role_does_not_include_is_not_given_by_a_guessed_address(rig, page, child):
    rig.sign_in(page, "statistician")
    for path in ("", "/family", "/care", "/decisions", "/papers", "/timeline", "/amend", "/access-log"):
        assert page.goto(rig.url(f"/children/{child}{path}")).status == 403, path
    for path in ("/children", "/children/new", "/glass", "/morning", "/morning/papers", "/access-log"):
        assert page.goto(rig.url(path)).status == 403, path
