"""What everybody reached, walked once a run, and tabs of a browser for those who reached it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx

from services.cli.demo import caseload
from services.cli.demo import people as demo_people
from services.cli.demo.cast import Cast
from shared import config
from tests.e2e.portal import walking
from tests.e2e.portal.portals import DESKTOP, Pages, Rig
from tests.e2e.portal.walking import Page

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

VISITOR = "visitor"
"""Nobody yet: who looks at the pages before signing in."""
ROLES = (
    "registrar", "social_worker", "gatekeeper", "panel_member", "supervisor", "duty_officer", "statistician",
    "data_protection_officer", "administrator",
)  # fmt: skip


@dataclass
class Walked:
    """What everybody reached in one language."""

    pages: list[Page]

    def shapes(self) -> dict[str, Page]:
        """Each page once, as the first person who reached it."""
        return {page.shape: page for page in reversed(self.pages) if page.kind == "text/html" and page.status == 200}


FORMS_LEAD_TO = {
    "registry.child.read": "/children/{child}",
    "placements.options.find": "/children/{child}/options",
    "placements.gatekeeping.request": "/children/{child}/gatekeeping/new",
    "placements.vacancy.search": "/places?age=9",
    "registry.glass.break": "/glass",
    "placements.placement.record": "/emergency/notice?child={child}",
}
"""What nobody comes to by a link alone: a child is found by a form."""
EVERYBODYS = ("/", "/languages/report?page=home.show")
INVITED = {"name": "Ainur Test", "login": "ainur.test", "roles": "registrar", "areas": "*"}
LINK = re.compile(r"/invitation/[A-Za-z0-9_-]+")


def enliven(rig: Rig) -> None:
    """Give everybody of the demonstration something to see."""
    settings = config.load(rig.deployment.id, {"KINWARD_HOME": str(rig.deployment.home)})
    with closing(Cast(settings, rig.deployment.address, rig.deployment.settle)) as cast:
        demo_people.write(rig.deployment.folder, rig.pack, caseload.make(cast))
    with httpx.Client(timeout=30) as client:
        boss = walking.sign_in(rig.address, "administrator", "en", client)
        made = boss.send("/accounts/invite", csrf_token=walking.csrf(boss.get("/accounts/invite")), **INVITED)
        rig.invitation = LINK.search(made.text)[0]  # type: ignore[index]


def walk(rig: Rig, language: str, each: int) -> Walked:
    """Everybody follows every link; a shape is looked at by so many people at most."""
    pages: list[Page] = []
    child = _taken(rig)
    times: Counter[str] = Counter()
    with httpx.Client(timeout=30) as client:
        for role in ROLES:
            held = rig.pack.roles[role]["permissions"]
            reader = walking.sign_in(rig.address, role, language, client)
            starts = [path.format(child=child) for needed, path in FORMS_LEAD_TO.items() if needed in held]
            # A child may be outside of what a role reaches: then it is not here for them.
            reached = [path for path in starts if reader.get(path).status == 200]
            pages += walking.walk(reader, [*EVERYBODYS, *reached], times, each)
        visitor = walking.Reader(rig.address, VISITOR, language, client)
        visitor.speak()
        pages += [visitor.get("/sign-in"), visitor.get("/invitation/halves")]
        pages += [replace(visitor.get(rig.invitation), path=rig.invitation)]
    return Walked(pages)


def at_hub(hub: Pages, language: str) -> Walked:
    """The people of a hub follow every link of its portal."""
    pages: list[Page] = []
    times: Counter[str] = Counter()
    with httpx.Client(timeout=30) as client:
        for role in sorted(demo_people.AT_A_HUB):
            reader = walking.sign_in(hub.address, role, language, client)
            pages += walking.walk(reader, EVERYBODYS, times, len(demo_people.AT_A_HUB))
    return Walked(pages)


def figures(country: Pages, language: str, year: str) -> Walked:
    """The figures of a year, and one of them in full."""
    with httpx.Client(timeout=30) as client:
        reader = walking.sign_in(country.address, "statistician", language, client)
        paths = (f"/figures/{year}", f"/figures/{year}/PT_CHLD_INRESIDENTIAL")
        return Walked([reader.get(path) for path in paths])


def _taken(rig: Rig) -> str:
    """A child of the caseload that was taken out of danger at night."""
    keeper = rig.person("gatekeeper")
    children = dict.fromkeys(each["child"] for each in keeper.get("/placements/breaches?limit=200").json["items"])
    told = ((child, keeper.get(f"/placements/children/{child}/decisions").json["emergencies"]) for child in children)
    return next(str(child) for child, emergencies in told if emergencies)


def by_role(shapes: Mapping[str, Page]) -> dict[str, list[Page]]:
    """Pages by the person who looks at them."""
    found: dict[str, list[Page]] = {}
    for page in shapes.values():
        found.setdefault(page.role, []).append(page)
    return found


@contextmanager
def tab_of(rig: Pages, browser: "Browser", role: str, language: str = "en") -> "Iterator[Tab]":
    """A tab in which somebody has signed in."""
    context = browser.new_context(viewport=DESKTOP)
    tab = context.new_page()
    if role == VISITOR:
        rig.speak(tab, language)
    else:
        rig.sign_in(tab, role, language)
    yield tab
    context.close()
