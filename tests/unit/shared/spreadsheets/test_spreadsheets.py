"""Tables for people: nothing in them is computed, nothing is lost, and memory does not grow with them."""

import csv
import io
import tracemalloc
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.spreadsheets import csv_bytes, without_formula, xlsx_bytes

HEADER = ("id", "=name")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)


def as_csv(rows):
    return list(csv.reader(io.StringIO(b"".join(csv_bytes(HEADER, rows)).decode("utf-8-sig"), newline="")))


def as_workbook(rows, **options):
    return openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_bytes("Children", HEADER, rows, **options))))


@pytest.mark.parametrize("cell", ["=1+1", "+7 701", "-5", "@SUM(A1)", "\tx", "=HYPERLINK(0)"])
def test_a_text_that_would_be_computed_is_marked_in_csv_and_is_text_in_xlsx(cell):
    assert without_formula(cell) == f"'{cell}"
    assert as_csv([(1, cell)]) == [["id", "'=name"], ["1", f"'{cell}"]]
    found = as_workbook([(1, cell)]).active["B2"]
    assert (found.value, found.data_type) == (cell, "s")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), TEXTS), max_size=12))
def test_what_goes_in_comes_out(rows):
    assert as_csv(rows)[1:] == [[str(number), without_formula(words)] for number, words in rows]
    found = list(as_workbook(rows).active.iter_rows(min_row=2, values_only=True))
    kept = [
        (number, "".join(c for c in words if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF))))
        for number, words in rows
    ]
    assert [(number, words or "") for number, words in found if number is not None] == kept


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_under_the_same_header():
    book = as_workbook([(number, "x") for number in range(25)], sheet_rows=11)
    assert book.sheetnames == ["Children", "Children2", "Children3"]
    assert [sheet["B1"].value for sheet in book] == ["=name"] * 3
    assert [cell.value for sheet in book for cell in sheet["A"][1:]] == list(range(25))
    assert as_workbook([(n, "x") for n in range(10)], sheet_rows=11).sheetnames == ["Children"]
    assert as_workbook([]).sheetnames == ["Children"]


@pytest.mark.parametrize("write", [csv_bytes, lambda header, rows: xlsx_bytes("Children", header, rows)])
def test_memory_does_not_grow_with_the_rows(write):
    def highest(rows):
        tracemalloc.start()
        try:
            for _ in write(HEADER, ((n, f"Тестова {n}") for n in range(rows))):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert highest(60_000) < highest(6_000) + 512 * 1024


def test_the_workbook_is_a_whole_zip_and_names_no_file_of_ours():
    archive = zipfile.ZipFile(io.BytesIO(b"".join(xlsx_bytes("A & B <c>", HEADER, [(1, "a & <b>")]))))
    assert archive.testzip() is None
    assert "A &amp; B &lt;c&gt;" in archive.read("xl/workbook.xml").decode()


def test_a_decimal_is_a_number_and_the_sheet_runs_from_right_to_left_where_it_is_asked_to():
    sheet = as_workbook([(1, Decimal("12.50")), (2, Decimal("NaN"))], right_to_left=True).active
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B3"].data_type) == (12.5, "n", "s")
    assert sheet.sheet_view.rightToLeft is True
    assert not as_workbook([(1, "x")]).active.sheet_view.rightToLeft
