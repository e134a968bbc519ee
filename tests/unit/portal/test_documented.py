"""docs/portal.md tells of every page, and its pictures are there and small."""

import re
from pathlib import Path

import pytest

from tests.e2e.portal.endpoints import endpoint, pages

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "portal.md").read_text(encoding="utf-8")
LARGEST = 80_000


def test_every_page_is_in_the_document_and_every_endpoint_there_exists():
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", TEXT)) - {"portal.po"}
    assert {each for each in pages() if each not in named} == set()
    assert named - set(pages()) == set()


def test_every_picture_is_there_small_and_shown():
    shown = set(re.findall(r"\(portal/([a-z_.]+)\.png\)", TEXT))
    there = {path.stem: path.stat().st_size for path in (DOCS / "portal").glob("*.png")}
    assert shown == set(there)
    assert {name: size for name, size in there.items() if size > LARGEST} == {}


@pytest.mark.parametrize(("path", "name"), [("/children/new", "registering.new"), ("/nowhere", None)])
def test_an_address_is_told_to_be_of_its_page(path, name):
    assert endpoint(path) == name
