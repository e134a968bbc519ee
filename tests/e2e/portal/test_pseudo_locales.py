"""Two languages that nobody speaks find what was never given to the catalogues, and that the portal turns.

The rig's portal runs as a test, so it offers them: en-XA (accented, between marks) and ar-XB (from right to left). Not
here: whether every page turns in a language that people read (test_every_page).
"""

import re

import httpx
import pytest

from tests.e2e.portal import walking
from tests.e2e.portal.walked import VISITOR, by_role

pytestmark = pytest.mark.browser

SAID = ("aria-label", "title", "placeholder", "alt")
DATA = re.compile(r"[A-Z]{2}-\d{7}-[0-9A-Z]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""References and ids."""
MONTHS = frozenset(
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "December"]
)


def is_data(element):
    """What is not in the reader's words: names, free text, codes, times, other languages."""
    classes = element.get("class", "").split()
    return (
        element.tag in {"script", "style", "bdi", "time", "code"}
        or element.get("dir") in {"auto", "ltr"}
        or bool({"brand", "who", "people"} & set(classes))
        or element.get("lang") is not None
    )


def texts(element, of_areas=False):
    """The texts of an element for people, data left out."""
    if not isinstance(element.tag, str) or is_data(element) or (of_areas and element.tag == "option"):
        return
    yield from (element.get(name) for name in SAID if element.get(name))
    yield element.text or ""
    for child in element:
        yield from texts(child, of_areas or element.get("name") == "area")
        yield child.tail or ""


def never_given(text):
    """Words outside of the marks of en-XA."""
    left, before = DATA.sub(" ", text), None
    while before != left:
        before, left = left, re.sub(r"⟦[^⟦⟧]*⟧", " ", left)
    return [word for word in re.findall(r"[A-Za-z]{3,}", left) if word not in MONTHS]


def test_every_word_was_given_to_the_catalogues(rig, english):
    found = {}
    with httpx.Client(timeout=30) as client:
        for role, pages in by_role(english.shapes()).items():
            if role == VISITOR:
                reader = walking.Reader(rig.address, role, "en-XA", client)
                reader.speak()
            else:
                reader = walking.sign_in(rig.address, role, "en-XA", client)
            for page in pages:
                body = reader.get(page.path).tree.find("body")
                attributes_apart = "\n".join(texts(body))
                if wrong := never_given(attributes_apart):
                    found[page.shape] = wrong
    assert found == {}


def test_words_that_were_never_given_are_seen():
    assert never_given("⟦Ĥéļļö 3 ⟦ýöû⟧ ~⟧ 12 Mar 2026 KZ-75 Hello") == ["Hello"]


def test_a_language_from_right_to_left_turns_the_page(rig, page):
    rig.speak(page, "ar-XB")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
