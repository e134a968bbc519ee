"""Figures of a period in the browser: shown, downloaded, closed, each by age, sex and area."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.e2e.portal.portals import send

pytestmark = pytest.mark.browser


def test_a_statistician_sees_the_figures_by_age_and_sex_and_by_area_and_keeps_them(rig, browsing):
    page = browsing
    rig.enter(page, "statistician")
    send(page, page.locator("nav.menu a", has_text="Figures"))
    page.select_option("#period", "2025")
    send(page, page.locator("form.choose button"))
    expect(page.locator("h1")).to_have_text("Figures of 2025")
    expect(page.locator("table.figures tbody tr").nth(10)).to_be_visible()
    with page.expect_download() as saved:
        page.locator("a", has_text="Download as CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("indicator,area,sex,age,value")
    assert len(lines) > 100
    with page.expect_download() as saved:
        page.locator("a", has_text="Download as a workbook").click()
    book = openpyxl.load_workbook(io.BytesIO(saved.value.path().read_bytes()))
    assert book.active.max_row == len(lines)
    assert book.active["A1"].value == "Indicator"
    send(page, page.locator("a[href^='/figures/2025/PT_CHLD_INRESIDENTIAL?']"))
    expect(page.locator("h1")).to_contain_text("residential care")
    ages, areas = page.locator("table.figures").nth(0), page.locator("table.figures").nth(1)
    for words in ("0 to 2", "3 to 6", "7 to 17", "0 to 17"):
        expect(ages.locator("tbody th", has_text=re.compile(f"^{words}$"))).to_have_count(1)
    expect(areas.locator("tbody tr", has_text="Almaty").first).to_be_visible()


def test_a_statistician_closes_a_period_and_the_return_is_signed(rig, unscripted):
    page = unscripted
    rig.deployment.kinward("trust", "show-key")  # makes the key that returns are signed with
    rig.enter(page, "statistician")
    page.goto(rig.url("/figures/2023"))
    expect(page.locator("main")).to_contain_text("Open")
    page.fill("#note", "Nothing was recorded then.")
    send(page, page.locator("form[action$='/close'] button"))
    expect(page.locator("main")).to_contain_text("Signed, revision 1")
    expect(page.locator("main")).to_contain_text("Nothing was recorded then.")


def test_a_year_that_is_none_and_an_area_that_is_none_are_not_there(rig, page):
    rig.sign_in(page, "statistician")
    for path in ("/figures/soon", "/figures/20255", "/figures/2025?area=XX-1"):
        assert page.goto(rig.url(path)).status == 404
