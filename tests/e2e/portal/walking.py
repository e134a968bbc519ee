"""A reader without JavaScript: signs in by the form, follows every link, and keeps what each page was.

Pages are told apart by shape (the address without ids), so that a hundred children are one page. Not here: the browser.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import tinyhtml5
from tinyhtml5.parser import HTMLParser

ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=/|$)")
NUMBER = re.compile(r"/\d[\d-]*(?=/|$)")
CODE = re.compile(r"/([A-Z]{2,3}(-\w+)?|(PT|KW)_[A-Z0-9_]+)(?=/|$)")
RULE = re.compile(r"^/rules/(?!records$)[^/]+$")
LEFT_OUT = ("/static/", "/sign-in/oidc")


def shape(address: str) -> str:
    """An address without what tells one record from another."""
    parts = urlsplit(address)
    path = RULE.sub("/rules/{rule}", parts.path)
    path = CODE.sub("/{code}", NUMBER.sub("/{n}", ID.sub("/{id}", path)))
    keys = sorted({key for key, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{path}?{'&'.join(keys)}" if keys else path


@dataclass(frozen=True)
class Page:
    """One page as it came."""

    role: str
    path: str
    status: int
    kind: str
    text: str

    @property
    def shape(self) -> str:
        """Its address without ids."""
        return shape(self.path)

    @cached_property
    def tree(self) -> Any:
        """Its elements."""
        return tinyhtml5.parse(self.text, namespace_html_elements=False)

    @property
    def title(self) -> str:
        """Its title."""
        return "".join(self.tree.find("head/title").itertext()).strip()

    def faults(self) -> list[str]:
        """What a strict parser has against it."""
        parser = HTMLParser()
        parser._parse(self.text)
        return [f"{self.shape}: {each}" for each in parser.errors]


@dataclass
class Reader:
    """Somebody signed in, without a browser."""

    address: str
    role: str
    language: str
    client: httpx.Client
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        """A page, redirects followed."""
        return self._asked("GET", path, None)

    def send(self, path: str, **typed: str) -> Page:
        """A form, with the token of the page it stands on."""
        return self._asked("POST", path, typed)

    def speak(self) -> None:
        """Choose the language, before signing in."""
        self.send("/language", csrf_token=csrf(self.get("/sign-in")), language=self.language, next="/sign-in")

    def _asked(self, method: str, path: str, typed: dict[str, str] | None) -> Page:
        for _ in range(5):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            answer = self.client.request(method, self.address + path, data=typed, headers=headers)
            # The cookie is Secure: browsers send it to loopback without TLS, Python's jar does not.
            for line in answer.headers.get_list("set-cookie"):
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            if not answer.is_redirect:
                kind = answer.headers.get("content-type", "").partition(";")[0]
                return Page(self.role, path, answer.status_code, kind, answer.text if kind == "text/html" else "")
            method, typed, path = "GET", None, within(self.address, answer.headers["location"]) or "/"
        raise AssertionError(f"{path} goes round in circles")


def within(address: str, link: str, page: str = "/") -> str | None:
    """The path of a link that stands on a page of this portal; None for others."""
    parts = urlsplit(urljoin(address + page, link))
    if f"{parts.scheme}://{parts.netloc}" != address:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def sign_in(address: str, role: str, language: str, client: httpx.Client) -> Reader:
    """Be a person of the demonstration, in a language."""
    reader = Reader(address, role, language, client)
    reader.speak()
    page = reader.send("/sign-in/demo", csrf_token=csrf(reader.get("/sign-in")), person=role, next="/")
    assert (page.path, page.status) == ("/", 200), (role, page.path, page.status)
    return reader


def csrf(page: Page) -> str:
    """The token of a page's first form."""
    found = next(each for each in page.tree.iter("input") if each.get("name") == "csrf_token")
    return str(found.get("value"))


def walk(reader: Reader, starts: Iterable[str], times: Counter[str], each: int) -> Iterator[Page]:
    """Every page that links lead to, a shape once; and where `each` people have seen it already, not again."""
    waiting, known, seen = deque(starts), set(starts), set()
    while waiting:
        path = waiting.popleft()
        if shape(path) in seen or (path not in starts and times[shape(path)] >= each):
            continue
        seen.add(shape(path))
        times[shape(path)] += 1
        page = reader.get(path)
        yield page
        if page.kind != "text/html":
            continue
        for link in page.tree.iter("a"):
            target = within(reader.address, link.get("href", ""), page.path)
            if target and target not in known and not target.startswith(LEFT_OUT):
                known.add(target)
                waiting.append(target)


def leaning_on_script(page: Page) -> list[str]:
    """Links, buttons and htmx elements of a page that do nothing without JavaScript."""
    found = []
    parents = {child: parent for parent in page.tree.iter() for child in parent}

    def within_form(each: Any) -> bool:
        while each is not None and each.tag != "form":
            each = parents.get(each)
        return each is not None

    for each in page.tree.iter():
        if not isinstance(each.tag, str):
            continue
        href = each.get("href", "")
        dead = each.tag == "a" and (not href or href == "#" or href.startswith("javascript:"))
        button = each.tag == "button" and not (within_form(each) or each.get("form"))
        enhanced = any(name in each.attrib for name in ("hx-get", "hx-post"))
        alone = enhanced and each.tag in {"button", "input", "select"} and not within_form(each)
        inline = any(name.startswith("on") for name in each.attrib) or "style" in each.attrib
        if dead or button or alone or inline:
            found.append(f"{page.shape}: <{each.tag} {dict(each.attrib)}>")
    return found
