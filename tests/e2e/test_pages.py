"""The figures pages and the API pages, as a person's browser shows them: numbers, notes, small screens, paper."""

import re

import pytest

from services.cli.demo import published
from tests.e2e.played import KAZAKHSTAN

SERVICES = ("registry", "placements", "social_work", "reporting")
CHILDREN = sum(KAZAKHSTAN.values())
IN_CARE = "KW_CHLD_INCARE"
LEFT = "PT_CHLD_LEFT_RESIDENTIAL"
PAGES = {
    "a country's": ("kz", "/reporting/page"),
    "a country's with one number in detail": ("kz", f"/reporting/page?period=2011&indicator={IN_CARE}#detail"),
    "a country's with missing values": ("uz", f"/reporting/page?period=2023&indicator={LEFT}#detail"),
    "the hub's": ("unicef", "/reporting/page"),
}
UNLABELLED = """() => [...document.querySelectorAll("table")].filter(table => !(
    (table.caption && table.caption.innerText.trim() || table.closest("section").querySelector("h2"))
    && [...table.querySelectorAll("thead th")].every(head => head.scope === "col")
    && [...table.querySelectorAll("tbody tr")].every(row => row.querySelector("th[scope=row]") || row.cells[0].rowSpan)
)).map(table => table.outerHTML.slice(0, 200))"""
WITHOUT_NAME = """() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")].filter(one =>
    !(one.innerText || "").trim() && !one.getAttribute("aria-label") && !(one.labels || []).length
).map(one => one.outerHTML)"""
A4 = {"width": 718, "height": 1047}  # pixels between margins of 1 cm
WIDTHS = "() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"


@pytest.fixture(params=PAGES.values(), ids=PAGES.keys())
def url(request, journey):
    """Each page's address in turn."""
    deployment, path = request.param
    return journey.address(deployment) + path


@pytest.fixture
def seen(page):
    """What happens on the page besides what it shows: complaints of the browser, addresses asked."""
    return Seen(page)


class Seen:
    """Complaints and requests of a page."""

    def __init__(self, page):
        self.complaints = []
        self.requests = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))

    def _note(self, kind, text):
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def elsewhere(self, url):
        """Requests to another origin than the page's own; what is inside the document itself is no request."""
        own = re.match(r"https?://[^/]+/", url)[0]
        return [each for each in self.requests if not each.startswith((own, "data:"))]


def number_beside(page, name):
    """The number in the row that begins with the name."""
    named = page.locator("th[scope=row]", has_text=re.compile(f"^{name}"))
    return whole(page.locator("tbody tr").filter(has=named).first)


def column(page, caption):
    """The numbers of the table with a caption."""
    table = page.locator("#detail table").filter(has=page.locator("caption", has_text=caption))
    return [whole(row) for row in table.locator("tbody tr").all()]


def whole(row):
    """The number in a row."""
    return int(row.locator("td.number").inner_text().replace(",", ""))


def test_a_countrys_page_shows_its_totals_with_marks_and_notes(journey, page):
    page.goto(journey.address("kz") + "/reporting/page")
    assert page.title() == "Kazakhstan, 2011: children in alternative care"
    assert number_beside(page, "In formal alternative care") == CHILDREN
    text = page.locator("main").inner_text()
    assert "31 October 2011" in text
    assert published.footnote("kz").split(". ")[0] in text
    marks = {mark.inner_text() for mark in page.locator("tbody abbr.mark").all()}
    explained = {mark.inner_text() for mark in page.locator("dl.legend abbr.mark").all()}
    assert marks <= explained


def test_a_number_leads_to_its_breakdown_by_sex_age_and_area_and_every_breakdown_adds_up(journey, page):
    page.goto(journey.address("kz") + "/reporting/page")
    page.get_by_role("link", name="In formal alternative care", exact=True).click()
    captions = page.locator("#detail caption").all_inner_texts()
    assert captions == ["By sex", "By age", "By area"]
    assert {caption: sum(column(page, caption)) for caption in captions} == dict.fromkeys(captions, CHILDREN)
    assert len(column(page, "By area")) > 10


def test_what_cannot_be_given_is_a_dash_with_its_mark_and_a_note(journey, page):
    page.goto(journey.address("uz") + "/reporting/page?period=2023")
    row = page.locator("tbody tr").filter(has_text="Adopted").first
    assert row.locator("td.number").inner_text() == "–"
    assert row.locator("abbr.mark").inner_text() == "O"
    assert "joined in the source" in page.locator("ol.notes").inner_text()


def test_the_hubs_page_shows_the_countries_side_by_side_and_the_published_totals(journey, page):
    page.goto(journey.address("unicef") + "/reporting/page")
    text = page.locator("main").inner_text()
    assert "Kazakhstan" in text
    assert "Uzbekistan" in text
    left = page.locator("tbody tr").filter(has=page.locator("small", has_text=re.compile(rf"{LEFT}\b"))).first
    assert "2,174" in left.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("SDMX-CSV")).click()
    assert download.value.path().read_bytes() == journey.table.read_bytes()


def test_every_page_works_without_a_script_a_complaint_or_another_host(url, page, seen):
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert page.locator("script").count() == 0
    assert seen.complaints == []
    assert seen.elsewhere(url) == []
    assert len(seen.requests) >= 2


def test_a_reader_without_javascript_chooses_a_period(journey, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(journey.address("uz") + "/reporting/page?period=2022")
    page.get_by_label("Period").select_option("2024")
    page.get_by_role("button", name="Show").click()
    assert "period=2024" in page.url
    assert page.title().startswith("Uzbekistan, 2024")
    context.close()


def test_every_page_names_its_language_title_tables_and_controls(url, page):
    page.goto(url)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title()
    assert page.locator("h1").count() == 1
    assert page.evaluate(UNLABELLED) == []
    assert page.evaluate(WITHOUT_NAME) == []


def test_no_page_scrolls_sideways_on_a_small_telephone(url, page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(url)
    wide, shown = page.evaluate(WIDTHS)
    assert wide <= shown


def test_every_page_prints_on_a4_without_cutting_anything_off(url, page):
    page.goto(url)
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    wide, shown = page.evaluate(WIDTHS)
    assert wide <= shown
    assert page.locator("table").first.is_visible()
    assert not page.locator("form").first.is_visible()


@pytest.mark.parametrize("service", SERVICES)
def test_the_api_pages_list_every_route_without_a_complaint_or_another_host(journey, page, seen, service):
    url = f"{journey.address('kz')}/{service}/docs"
    page.goto(url)
    page.locator(".opblock").first.wait_for()
    document = page.evaluate(f"() => fetch('/{service}/openapi.json').then(answer => answer.json())")
    routes = sum(len(methods.keys() - {"parameters"}) for methods in document["paths"].values())
    assert page.locator(".opblock").count() == routes
    assert seen.complaints == []
    assert seen.elsewhere(url) == []


def test_the_first_page_of_a_deployment_leads_to_every_api(journey, page, seen):
    page.goto(journey.address("kz") + "/")
    for service in SERVICES:
        assert page.get_by_role("link", name=service, exact=True).get_attribute("href") == f"/{service}/docs"
    assert seen.complaints == []
