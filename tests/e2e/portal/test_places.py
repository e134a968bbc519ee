"""Free places, and who could take a child: in the browser, no child named to find a place; with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests import named

pytestmark = pytest.mark.browser
ALMATY = "KZ-75"


@pytest.fixture(scope="module")
def home(rig):
    """A small home with room."""
    name = named.fresh("Latn")["family"]
    inspector = rig.person("inspector")
    said = {"area": ALMATY, "name": f"Home {name}", "places": 6}
    made = inspector.made("/placements/providers", said | {"kind": "SMALL_GROUP_HOME"})["id"]
    more = {
        "care_forms": ["SMALL_GROUP_HOME"], "age_from": 6, "age_to": 17,
        "approval": {"number": "1", "from": "2023-01-01", "to": "2099-03-09"},
    }  # fmt: skip
    inspector.made(f"/placements/providers/{made}/amendments", said | more, version=1)
    return f"Home {name}"


@pytest.fixture(scope="module")
def child(rig):
    """A child of nine years."""
    birth = {"precision": "year", "date": "2016"}
    identity = {"names": [named.fresh("Cyrl")], "sex": "M", "area": ALMATY, "birth": birth}
    made = rig.person("registrar").made("/registry/children", {"identity": identity})["id"]
    rig.deployment.settle()
    return made


def test_a_place_with_room_is_found_by_age_and_one_that_does_not_take_it_is_not(rig, browsing, home):
    page = browsing
    rig.enter(page, "gatekeeper")
    page.locator("nav.menu a", has_text="Free places").click()
    page.fill("#age", "9")
    page.select_option("#care_form", "SMALL_GROUP_HOME")
    page.locator("form.places button.btn-primary").click()
    page.wait_for_url("**age=9**")
    row = page.locator("tbody tr", has_text=home)
    expect(row).to_contain_text("6 of 6")
    expect(row).to_contain_text("9 Mar 2099")
    page.goto(rig.url("/places?age=3&care_form=SMALL_GROUP_HOME"))
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("tbody tr", has_text=home)).to_have_count(0)


def test_what_is_no_number_is_said_at_the_field(rig, browsing):
    rig.enter(browsing, "gatekeeper")
    assert browsing.goto(rig.url("/places?age=old")).status == 422
    expect(browsing.locator("#age-error")).to_be_visible()


def test_who_could_take_a_child_is_shown_with_why_it_fits_or_not(rig, browsing, home, child):
    page = browsing
    rig.enter(page, "gatekeeper")
    page.goto(rig.url(f"/children/{child}/options"))
    expect(page.locator("h2").first).to_contain_text("Kin")
    expect(page.locator("h2").last).to_contain_text("Institutions")
    shown = page.locator("article", has_text=home)
    expect(shown).to_contain_text("fits")
    expect(shown).to_contain_text("9 Mar 2099")
