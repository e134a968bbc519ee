"""What the API refuses, no page offers: every role follows every link and presses every button, over the real APIs.

Links are followed from the first page and from a child with a case; a page is one by the shape of its address. A form
is sent as it stands on its page. Not here: guessed addresses (test_authorisation), what comes of a form (others).
"""

from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import tinyhtml5

from tests.e2e.portal.walking import shape, within
from tests.integration.deployed import PACK
from tests.integration.gated import Case
from tests.integration.portal.house import ADDRESS
from tests.integration.registered import ALMATY, identity

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
ROLES = sorted(PACK.roles)
REFUSED = {403, 404, 405}
ENDS = {"/sign-out", "/sign-ins/end", "/language"}
"""What ends the sign-in, or changes the language for the rest."""
FOR_ANYBODY = ("/static/", "/languages")
FILES = (".csv", ".xlsx")
"""Not followed: what asks for no permission, and tables, which take long; that they are offered rightly is asked."""
LEAST = 12
"""Pages that a worker reaches: what is no longer reached is no longer tried."""


@dataclass
class Offered:
    """What one person comes upon."""

    app: object
    role: str
    browser: object
    seen: set = field(default_factory=set)
    pressed: set = field(default_factory=set)
    refused: list = field(default_factory=list)

    def follow(self, starts):
        """Every link from these pages, and each page's forms."""
        waiting = deque(starts)
        while waiting:
            path, page_before = waiting.popleft()
            if shape(path) in self.seen or path.startswith(FOR_ANYBODY):
                continue
            self.seen.add(shape(path))
            if path.partition("?")[0].endswith(FILES):
                self.ask(path, page_before)
                continue
            answer = self.browser.open(path).page
            if page_before and answer.status_code in REFUSED:
                self.refused.append(f"{shape(page_before)} links to {shape(path)}: {answer.status_code}")
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            tree = tinyhtml5.parse(self.browser.text, namespace_html_elements=False)
            for form in tree.iter("form"):
                if (form.get("method") or "get") == "post":
                    self.press(path, form)
            links = [each.get("href") or each.get("hx-get") for each in tree.iter() if isinstance(each.tag, str)]
            waiting.extend((to, path) for link in links if link and (to := within(ADDRESS, link, path)))

    def ask(self, path, page):
        """Whether the role may have a file, by the permissions of its route."""
        adapter = self.app.url_map.bind("portal.example", url_scheme="https")
        endpoint, _ = adapter.match(path.partition("?")[0])
        needed = set(getattr(self.app.view_functions[endpoint], "permissions", ()))
        if needed and not needed & set(PACK.roles[self.role]["permissions"]):
            self.refused.append(f"{shape(page)} links to {shape(path)}")

    def press(self, path, form):
        """Send a form as it stands."""
        action = within(ADDRESS, form.get("action") or path, path)
        if action in ENDS or shape(action) in self.pressed:
            return
        self.pressed.add(shape(action))
        fields = {each.get("name"): each.get("value", "") for each in form.iter("input") if each.get("name")}
        answer = self.browser.client.post(action, data=fields, base_url=ADDRESS)
        if answer.status_code in REFUSED:
            self.refused.append(f"{shape(path)} sends to {shape(action)}: {answer.status_code}")


@pytest.fixture(scope="module")
def starts(real):
    """A child of Almaty that people work with, its case, and what nobody comes to by a link alone."""
    child = real.apis["registry"].as_("registrar").made("/children", {"identity": identity()})
    case = Case(real.apis["placements"], child=UUID(str(child))).to("assessed")
    age = "/places?age=9"
    return ["/", f"/children/{child}", f"/gatekeeping/{case.id}", f"/children/{child}/gatekeeping/new",
            f"/children/{child}/options", f"/emergency/notice?child={child}", age, "/glass"]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_no_page_offers_what_is_refused(real, starts, role):
    found = Offered(real.app, role, real.as_(role, areas=(ALMATY,), subject=f"demo-offered-{role}"))
    found.follow([(path, "") for path in starts])
    assert found.refused == []
    if role in {"social_worker", "gatekeeper", "registrar", "administrator"}:
        assert len(found.seen) >= LEAST and found.pressed
