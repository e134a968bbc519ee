"""A deployment with its portal, as people of the demonstration use it: real processes, real pages.

`rig.person("social_worker")` asks the APIs beside the browser; `rig.sign_in(page, "registrar")` signs in by one click.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from services.cli.demo import people as demo_people
from shared import countries
from tests.e2e import running
from tests.e2e.people import Person

ROOT = Path(__file__).parents[3]
AXE = ROOT / "build" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # of what comes from elsewhere, and nothing does
}
WIDTHS = "() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"


@dataclass
class Pages:
    """A portal at an address, in demo mode: signing in is one click."""

    address: str
    kept: dict[tuple[str, str], list[Any]] = field(default_factory=dict, kw_only=True)
    """The cookies of who has signed in already, by person and language: most tests are not about signing in."""

    def url(self, path: str) -> str:
        """The address of a page."""
        return self.address + path

    def sign_in(self, page: Any, key: str, language: str = "en") -> None:
        """Be one of the demonstration's people, in a language; scripts are needed for another than English."""
        if not self._signed_in_before(page, key, language):
            self.speak(page, language)
            page.locator(f"form:has(input[name=person][value={key}]) button").click()
            page.wait_for_url(self.url("/"))
            self.kept[key, language] = page.context.cookies()

    def speak(self, page: Any, language: str) -> None:
        """The page of signing in, in a language."""
        page.goto(self.url("/sign-in"))
        if language != page.evaluate("document.documentElement.lang"):
            page.select_option("#language", language)
            page.wait_for_function("code => document.documentElement.lang === code", arg=language)

    def enter(self, page: Any, key: str) -> None:
        """Be one of the demonstration's people, in English; works without JavaScript."""
        self.sign_in(page, key)

    def _signed_in_before(self, page: Any, key: str, language: str) -> bool:
        """Come as somebody who has signed in already; False where nobody has, or is out again."""
        page.context.clear_cookies()
        if (key, language) not in self.kept:
            return False
        page.context.add_cookies(self.kept[key, language])
        page.goto(self.url("/"))
        return bool(page.url == self.url("/"))


@dataclass
class Rig(Pages):
    """One deployment in demo mode on the bundled PostgreSQL, and its portal."""

    deployment: running.Deployment
    invitation: str = ""
    """The path of an invitation that nobody has taken up yet, where one was made."""

    def person(self, role: str, subject: str = "", **belongs: Any) -> Person:
        """The same person as a program beside the browser."""
        return Person(self.deployment, role, subject or f"demo-{role}", **belongs)

    @cached_property
    def pack(self) -> countries.Pack:
        """The country's pack."""
        return countries.load(self.deployment.settings["KINWARD_PACK"], ROOT / "countries")


@contextmanager
def rig(pack: str = "kz") -> Iterator[Rig]:
    """The deployment of a pack, served whole, with its portal."""
    port = running.free_port()
    settings = {"PACK": pack, "EMBEDDED": "1", "DEMO": "1", "PORTAL_HTTP": f"127.0.0.1:{port}"}
    with running.home() as home, running.deployment(home, pack, **settings) as deployment:
        demo_people.write(deployment.folder, countries.load(pack, ROOT / "countries"))
        deployment.serve("all")
        serve_portal(deployment, port)
        yield Rig(f"http://127.0.0.1:{port}", deployment)


def serve_portal(deployment: running.Deployment, port: int) -> running.Serving:
    """Start the portal's process and wait until it answers."""
    serving = deployment.start(module=("services", "portal"), environment={"KINWARD_TESTING": "1"})
    url = f"http://127.0.0.1:{port}/readyz"

    def answers() -> bool:
        assert serving.alive(), serving.words()
        try:
            return running.ask(url).status == 200
        except OSError:
            return False

    running.until(answers, "the portal answers")
    return serving


def send(page: Any, button: Any) -> None:
    """Press what sends a form, and wait for the page that answers: reading at once would read the page before."""
    with page.expect_navigation():
        button.click()


def axe_findings(page: Any) -> list[str]:
    """What axe-core has against the page (WCAG 2.2 A and AA), one line a finding."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_axe())
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", AXE_OPTIONS)
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def too_wide(page: Any) -> str:
    """By how much the page is wider than its window; nothing where it fits."""
    wide, shown = page.evaluate(WIDTHS)
    return f"{wide} px wide in {shown}" if wide > shown else ""
