"""Workbooks: cells by their kind, rows by their number, what is no plain value by rule, no archive that is a bomb."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from services.cli import register_file, register_tables, register_workbook
from services.cli.register_rules import COLUMNS, RegisterLine
from services.cli.register_tables import DayCell, FormRefused, SpoiltCell, TableForm
from shared import countries

PACK = countries.load("kz", Path(__file__).parents[3] / "countries")
TODAY = date(2024, 3, 1)
LINE = (
    "K-1", "Мұсабекова", "Ұлжан", "", "Cyrl", "F", datetime(2010, 2, 28), "day", "KZ-75", "DETSKY_DOM", 77, "№ 1",
    datetime(2015, 1, 1), "", "", "", "C-1", "W-1", "",
)  # fmt: skip


class Workbook:
    """A workbook under the pen; `written` closes it."""

    def __init__(self, folder, **options):
        self.path = folder / "register.xlsx"
        self.book = xlsxwriter.Workbook(str(self.path), {"default_date_format": "dd.mm.yyyy", **options})

    def sheet(self, name="Register", rows=(), header=COLUMNS, first=0):
        sheet = self.book.add_worksheet(name)
        for number, row in enumerate([header, *rows], start=first):
            sheet.write_row(number, 0, row)
        return sheet

    def written(self):
        self.book.close()
        return self.path


@pytest.fixture
def workbook(tmp_path):
    return Workbook(tmp_path)


def rows(path, **form):
    return list(register_tables.rows(path, TableForm(**form)))


def checked(path):
    return list(register_file.read(path, PACK, TODAY))


def faults(found):
    return [(each.line, each.column, each.rule) for _, item in found if isinstance(item, list) for each in item]


def rewritten(path, change):
    """The workbook with its parts changed by `change(name, content)`."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))
    return path


def changed_sheet(path, before, after):
    def change(name, content):
        assert name != "xl/worksheets/sheet1.xml" or before in content
        return content.replace(before, after) if name == "xl/worksheets/sheet1.xml" else content

    return rewritten(path, change)


@pytest.mark.parametrize("inline", [False, True])
def test_a_register_in_a_workbook_is_read_as_one_in_a_csv_file(tmp_path, inline):
    workbook = Workbook(tmp_path, constant_memory=inline)
    workbook.sheet(rows=[LINE])
    [(number, line)] = checked(workbook.written())
    assert isinstance(line, RegisterLine)
    assert (number, line.provider_key, line.given_name) == (2, "77", "Ұлжан")
    assert (line.born_from, line.from_day) == (date(2010, 2, 28), date(2015, 1, 1))


def test_cells_come_as_their_kind_says(workbook):
    cells = (12, 12.0, 12.5, "007", True, datetime(2010, 2, 28), 40237, "", "a\nb", 10**15, None, "й")
    workbook.sheet(rows=[cells], header=[f"c{place}" for place in range(len(cells))])
    row = rows(workbook.written())[1][1]
    assert row == ["12", "12", "12.5", "007", "yes", "2010-02-28", "40237", "", "a\nb", "1000000000000000", "", "й"]
    assert isinstance(row[5], DayCell)
    assert (isinstance(row[9], SpoiltCell), row[9].rule) == (True, "number-lost-digits")


def test_numbers_of_rows_are_those_that_people_see(workbook):
    sheet = workbook.sheet(rows=[], first=3)
    sheet.write(0, 0, "Register of children")
    sheet.write_row(9, 0, LINE)
    sheet.write_row(20, 0, ["K-2"])
    path = workbook.written()
    assert [number for number, _ in rows(path, header_row=4)] == [4, 10, 21]


@pytest.mark.parametrize(
    ("write", "rule"),
    [
        (lambda sheet: sheet.write_formula(1, 5, '=IF(1,"F","M")', None, "F"), "formula-cell"),
        (lambda sheet: sheet.write_formula(1, 5, "=NA()", None, "#N/A"), "formula-cell"),
        (lambda sheet: sheet.merge_range("F2:F3", "F"), "merged-cell"),
        (lambda sheet: sheet.write(1, 5, 1e20), "number-lost-digits"),
    ],
)
def test_what_holds_no_plain_value_is_refused_where_its_column_is_used(workbook, write, rule):
    sheet = workbook.sheet(rows=[LINE])
    write(sheet)
    sheet.write_row(3, 0, ("K-2", *LINE[1:]))
    found = checked(workbook.written())
    assert (2, "sex", rule) in faults(found)
    assert isinstance(dict(found)[4], RegisterLine)


def test_an_error_value_is_refused(workbook):
    workbook.sheet(rows=[LINE])
    path = changed_sheet(workbook.written(), b'<c r="K2"><v>77</v></c>', b'<c r="K2" t="e"><v>#REF!</v></c>')
    assert faults(checked(path)) == [(2, "provider_key", "error-cell")]


def test_merged_titles_above_the_header_and_notes_beside_the_table_do_no_harm(workbook):
    sheet = workbook.sheet(rows=[LINE], first=1)
    sheet.merge_range("A1:D1", "Register of children")
    sheet.write(2, 30, "checked by A.")
    assert len(rows(workbook.written(), header_row=2)[1][1]) == len(COLUMNS)


def test_the_first_sheet_that_is_shown_is_read_unless_one_is_named(workbook):
    workbook.sheet("Draft", header=["hidden"]).hide()
    workbook.sheet("Register", header=["shown"]).activate()
    workbook.sheet("Other", header=["other"])
    workbook.book.worksheets()[1].set_first_sheet()
    path = workbook.written()
    assert rows(path) == [(1, ["shown"])]
    assert rows(path, sheet="Other") == [(1, ["other"])]
    for name in ("Draft", "Nowhere"):
        with pytest.raises(FormRefused) as refused:
            rows(path, sheet=name)
        assert "Register, Other" in str(refused.value.remedy)


def test_rich_text_is_text_and_phonetic_help_is_not(workbook):
    sheet = workbook.sheet(header=["name"])
    sheet.write_rich_string(1, 0, workbook.book.add_format({"bold": True}), "Ұл", "жан")
    path = workbook.written()
    assert rows(path)[1][1] == ["Ұлжан"]

    def phonetic(name, content):
        return content.replace(b"<t>name</t>", b"<t>name</t><rPh><t>x</t></rPh>")

    assert rows(rewritten(path, phonetic))[0][1] == ["name"]


def test_xls_and_opendocument_are_refused_with_a_remedy(tmp_path):
    path = tmp_path / "register"
    opendocument = io.BytesIO()
    with zipfile.ZipFile(opendocument, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    for content in (register_tables.OLE + b"\0" * 512, opendocument.getvalue()):
        path.write_bytes(content)
        with pytest.raises(FormRefused) as refused:
            rows(path)
        assert "XLSX" in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MOST_PARTS", 3), ("LARGEST_WHOLE", 1000), ("LARGEST_TEXTS", 100), ("LARGEST_PART", 100), ("MOST_MERGES", 0)],
)
def test_an_archive_beyond_a_limit_is_refused(workbook, monkeypatch, limit, value):
    workbook.sheet(rows=[LINE] * 2).merge_range("A9:B9", "x")
    path = workbook.written()
    monkeypatch.setattr(register_workbook, limit, value)
    with pytest.raises(FormRefused) as refused:
        rows(path)
    assert refused.value.rule in {"workbook-size", "workbook-broken"}


def test_a_part_that_shrinks_too_far_is_a_bomb(workbook):
    workbook.sheet(rows=[LINE])
    path = changed_sheet(workbook.written(), b"</sheetData>", b" " * (3 << 20) + b"</sheetData>")
    with pytest.raises(FormRefused) as refused:
        rows(path)
    assert refused.value.rule == "workbook-size"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        (b"</row>", b"</rov>"),
        (b'<row r="2"', b'<row r="1"'),
        (b'<row r="2"', b'<row r="99999999"'),
        (b'r="B2"', b'r="A2"'),
        (b'r="B2"', b'r="XFE2"'),
        (b"<v>77</v>", b"<v>seven</v>"),
        (b'r="B2" t="s"><v>', b'r="B2" t="s"><v>99999'),
    ],
)
def test_a_sheet_that_is_not_of_the_form_is_refused_as_a_whole(workbook, before, after):
    workbook.sheet(rows=[LINE])
    with pytest.raises(FormRefused) as refused:
        rows(changed_sheet(workbook.written(), before, after))
    assert refused.value.rule == "workbook-broken"


def test_a_truncated_workbook_is_refused(workbook):
    workbook.sheet(rows=[LINE])
    path = workbook.written()
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FormRefused):
        rows(path)
