"""The hub finds who has not reported: bundles of two countries, receipts, whom to ask; with scripts and without.

Not here: every state that a cell can have (tests/integration/portal/test_completeness_pages).
"""

import hashlib
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from services.reporting import trust
from services.reporting.federation import receipt
from tests.e2e.portal import walked, walking
from tests.e2e.portal.portals import DESKTOP, PHONE, Pages, axe_findings, too_wide

pytestmark = pytest.mark.browser
ANALYST = "hub_analyst"


@pytest.fixture(scope="module")
def hub(journey):
    """The hub's portal, two countries having reported what they have."""
    return Pages(journey.stage.open_portal("unicef").pages)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def window(request, browser):
    """A page of a browser with scripts, and of one without."""
    context = browser.new_context(java_script_enabled=request.param, viewport=DESKTOP)
    yield context.new_page()
    context.close()


def test_the_hub_finds_who_has_not_reported_whom_to_ask_and_the_receipt_of_who_has(journey, hub, window):
    hub.enter(window, ANALYST)
    expect(window.locator("nav.menu a", has_text="Figures")).to_have_count(0)
    window.locator("nav.menu a", has_text="Who has reported").click()
    expect(window.locator("h1")).to_have_text("Who has reported")

    # Kazakhstan has sent one year, long ago; of what was expected since, nothing.
    overdue = window.locator(".notice-soft li", has_text="Kazakhstan")
    for year in ("2022", "2023", "2024"):
        expect(overdue).to_contain_text(year)
    expect(overdue).to_contain_text("stat.gov.kz")
    for year in ("2022", "2023", "2024"):
        expect(cell(window, "Kazakhstan", year)).to_contain_text("missing")
        expect(cell(window, "Kazakhstan", year)).to_contain_text("was due on 30 Sep")
        expect(cell(window, "Uzbekistan", year)).to_contain_text("received")
        expect(sum_of(window, year)).to_contain_text("incomplete")
    expect(cell(window, "Kazakhstan", "2011")).to_contain_text("received")
    expect(cell(window, "Uzbekistan", "2011")).to_have_text("not expected")
    expect(cell(window, "Uzbekistan", "2022").locator(".tag", has_text="late")).to_have_count(1)
    last = str(datetime.now(UTC).year - 1)
    if last > "2024":
        expect(cell(window, "Uzbekistan", last)).to_contain_text("due on 30 Sep")

    # A click on what came: its receipt, as the hub signed it.
    cell(window, "Uzbekistan", "2024").locator("a").click()
    expect(window.locator("h1")).to_have_text("Uzbekistan")
    row = window.locator("#period-2024")
    expect(row).to_contain_text("accepted")
    with window.expect_download() as saved:
        row.get_by_role("link", name="Receipt").click()
    (key,) = trust.read(journey.stage.home / "uz" / "trust.json")
    digest = hashlib.sha256(journey.bundle("uz", 3)).hexdigest()
    read = receipt.verify(saved.value.path().read_bytes(), key.key, digest)
    assert read.verdict == "accepted"

    # What is in effect, as UNICEF takes it: the same that the command writes.
    window.get_by_role("link", name="Back to all reporters").click()
    with window.expect_download() as saved:
        window.get_by_role("link", name="Download all figures").click()
    assert saved.value.path().read_bytes() == journey.table.read_bytes()
    with window.expect_download() as saved:
        window.get_by_role("link", name="Download this table").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert any(line.startswith("Kazakhstan,KAZ,2023,missing,no,") for line in lines)


def test_nothing_against_the_pages_of_the_hub(journey, hub, page):
    for language in ("en", "ur"):
        pages = walked.at_hub(hub, language).pages
        assert {each.shape for each in pages if each.role == ANALYST} >= {"/completeness", "/completeness/reporters/kz"}
        assert [each.path for each in pages if each.status != 200] == []
        assert [
            each for page_ in pages if page_.text for each in [*page_.faults(), *walking.leaning_on_script(page_)]
        ] == []
        hub.sign_in(page, ANALYST, language)
        for path in ("/completeness", "/completeness/reporters/uz"):
            page.goto(hub.url(path))
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)
                assert axe_findings(page) == [], (path, language)
                assert not too_wide(page), (path, language)


def cell(page, name, year):
    """What the table says of a reporter in a year."""
    place = page.locator("table.matrix thead th").all_inner_texts().index(year)
    return page.locator("table.matrix tbody tr", has_text=name).locator("th, td").nth(place)


def sum_of(page, year):
    """What the table says of all reporters in a year."""
    place = page.locator("table.matrix thead th").all_inner_texts().index(year)
    return page.locator("table.matrix tfoot td").nth(place - 2)
