"""Every page that somebody of the demonstration reaches: sound HTML, nothing for axe, small, alone, of use unscripted.

Links are followed without a browser for everybody; a browser looks at each page once in English and once in Urdu, wide,
narrow and as printed; in Urdu also whether everything turns. Not here: what is not translated (test_pseudo_locales).
"""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.portal import walking
from tests.e2e.portal.portals import DESKTOP, PHONE, axe_findings, too_wide
from tests.e2e.portal.walked import by_role, tab_of

pytestmark = pytest.mark.browser

FIRST_LOAD, LATER = 400_000, 100_000
REFERENCE = re.compile(r"^[A-Z]{2}-\d+-[0-9A-Z] – ")
LOOKED_AT = {
    "/", "/languages", "/children", "/children/new", "/children/{id}", "/children/{id}/amend", "/children/{id}/papers",
    "/children/{id}/options", "/children/{id}/timeline", "/emergency", "/emergency/blank", "/emergency/notice?child",
    "/gatekeeping", "/gatekeeping/{id}", "/gatekeeping/{id}/decision", "/places?age", "/figures/{n}", "/accounts",
    "/accounts/{id}", "/accounts/invite", "/sign-in", "/sign-ins", "/morning", "/access-log", "/glass",
    "/invitation/halves",
}  # fmt: skip
"""Pages that the walk must have met: what is no longer met is no longer looked at."""
A4 = {"width": 794, "height": 1123}
UNMIRRORED = """() => [...document.body.querySelectorAll("*")].filter(each => {
  if (each.closest("svg, [dir=ltr], [dir=auto], bdi, [lang]:not(html)")) return false;
  const style = getComputedStyle(each);
  return style.direction !== "rtl" || style.textAlign === "left" || style.float === "left";
}).map(each => each.outerHTML.slice(0, 120))"""


def test_every_link_leads_to_a_page_that_answers(english, urdu):
    broken = {(page.role, page.path, page.status) for page in english.pages + urdu.pages if page.status != 200}
    assert broken == set()
    assert english.shapes().keys() >= LOOKED_AT


def test_every_page_is_strict_html5_with_one_heading_and_its_language(english, urdu):
    for page in english.pages + urdu.pages:
        if page.kind == "text/html":
            assert page.faults() == []
            assert len(list(page.tree.iter("h1"))) == 1, page.shape
            assert page.tree.get("lang"), page.shape


def test_no_title_and_no_address_says_whose_page_it_is(english):
    titles = {}
    for page in english.pages:
        if page.kind == "text/html":
            titles.setdefault(page.shape, set()).add(REFERENCE.sub("", page.title))
        assert re.fullmatch(r"[/A-Za-z0-9_.?=&%:-]*", page.path), page.path
    assert {where: said for where, said in titles.items() if len(said) > 1} == {}
    assert all(title.endswith("Kinward") for said in titles.values() for title in said)


def test_no_page_leans_on_javascript_or_has_inline_style(english):
    assert [each for page in english.pages if page.text for each in walking.leaning_on_script(page)] == []


def looked_at(rig, browser, shapes, language) -> Iterator[str]:
    """Each page in a browser, one context a person: findings, one line each."""
    for role, pages in by_role(shapes).items():
        with tab_of(rig, browser, role, language) as tab:
            said, loaded = told(tab, rig.address), weighing(tab)
            for page in pages:
                said.clear()
                loaded.clear()
                tab.goto(rig.url(page.path))
                heavy = [f"{sum(loaded):,.0f} bytes"] if sum(loaded) > LATER else []
                turned = tab.evaluate(UNMIRRORED) if language == "ur" else []
                yield from (f"{page.shape} {language}: {each}" for each in [*said, *heavy, *turned, *_seen(tab)])


def told(tab, address) -> list[str]:
    """What a tab says that it should not: errors of its console, requests to elsewhere. Filled as it goes."""
    said: list[str] = []

    def spoken(message):
        if message.type in {"error", "warning"}:
            said.append(message.text)

    def asked(request):
        if not request.url.startswith((address, "data:")):
            said.append(request.url)

    tab.on("console", spoken)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", asked)
    return said


def _seen(tab):
    for size in (DESKTOP, PHONE):
        tab.set_viewport_size(size)
        yield from (f"{size['width']} px: {each}" for each in axe_findings(tab))
        if wide := too_wide(tab):
            yield f"{size['width']} px: {wide}"
    tab.set_viewport_size(A4)
    tab.emulate_media(media="print")
    if wide := too_wide(tab):
        yield f"printed: {wide}"
    if tab.locator("header.top:visible, nav.menu:visible, footer.foot:visible").count():
        yield "printed: its menus"
    tab.emulate_media(media="screen")
    tab.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_page_has_a_finding_in_a_browser_nor_weighs_more_than_slow_lines_bear(rig, browser, english, language):
    found = list(looked_at(rig, browser, english.shapes(), language))
    assert not found, "\n".join(found)


def test_the_first_page_with_all_that_it_loads_is_within_its_weight(rig, page):
    loaded = weighing(page)
    page.goto(rig.url("/sign-in"), wait_until="networkidle")
    assert 20_000 < sum(loaded) <= FIRST_LOAD


def weighing(tab) -> list[float]:
    """Bytes that come over the line from now on, file by file; what the browser kept comes as none."""
    line = tab.context.new_cdp_session(tab)
    line.send("Network.enable")
    loaded: list[float] = []
    line.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    return loaded
