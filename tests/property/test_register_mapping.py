"""Mappings: what another register writes is what ours would say; whatever bytes come, each line is in or in the report.

The foreign register is written here by the mapping read backwards, so the way there and back must be the identity.
"""

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli import register_dates, register_file, register_mapping, register_tables
from services.cli.register_errors import HeaderRefused
from services.cli.register_mapping import Column, Mapping, Split
from services.cli.register_rules import COLUMNS, RegisterLine
from services.cli.register_tables import FormRefused, TableForm
from shared import countries

PACK = countries.load("kz", Path(__file__).parents[2] / "countries")
TODAY = date(2024, 1, 1)
WORDS = {"sex": {"ж": "F", "м": "M", "?": "U"}, "care_form": {"детский дом": "DETSKY_DOM", "дом": "DOM_REBENKA"}}
FORMS = ("DD.MM.YYYY", "MM/DD/YYYY", "YYYY.MM.DD", "DDMMYYYY", "excel")
ENCODINGS = ("utf-8", "utf-16", "cp1251")
days = st.dates(date(1930, 1, 1), date(2100, 1, 1))
letters = st.text("абвгдежзиклмнопрст", min_size=1, max_size=12)


def foreign(day, form):
    """A day as the form writes it."""
    if form == "excel":
        return str((day - register_dates.SERIAL_ZERO).days)
    return form.replace("YYYY", f"{day.year:04}").replace("MM", f"{day.month:02}").replace("DD", f"{day.day:02}")


@given(days, st.sampled_from(FORMS))
def test_a_day_written_in_a_form_is_read_as_that_day(day, form):
    assert register_dates.read(foreign(day, form), (register_dates.parse(form),)) == (day.isoformat(), "day")


@given(st.text(max_size=20), st.lists(st.sampled_from((*FORMS, "YYYY", "MM.YYYY")), unique=True))
def test_any_text_is_a_date_or_a_rule(text, forms):
    found = register_dates.read(text, tuple(map(register_dates.parse, forms)))
    if isinstance(found, tuple):
        day, precision = found
        assert len(day) == {"day": 10, "month": 7, "year": 4}[precision]
        date.fromisoformat(f"{day}-01-01"[:10] if precision == "year" else f"{day}-01"[:10])
    else:
        assert found in {"mapping-date-form", "two-digit-year"}


@given(st.lists(st.sampled_from((*FORMS, "DD/MM/YYYY", "MM.DD.YYYY", "YYYYMMDD")), unique=True), days)
def test_forms_that_are_not_ambiguous_agree_on_every_day(forms, day):
    if register_dates.ambiguous(tuple(forms)) is not None:
        return
    ready = tuple(map(register_dates.parse, forms))
    for form in forms:
        others = [one.read(foreign(day, form)) for one in ready]
        assert {other for other in others if other is not None} == {day.isoformat()}


cells = st.fixed_dictionaries({
    "child_key": st.text("абв0123456789-/", min_size=1, max_size=8).filter(lambda text: text not in {"-"}),
    "family_name": letters,
    "given_name": letters,
    "patronymic": letters | st.just(""),
    "sex": st.sampled_from(sorted(WORDS["sex"].values())),
    "birth_date": days,
    "care_form": st.sampled_from(sorted(WORDS["care_form"].values())),
    "from": days,
})  # fmt: skip


def mapping_of(form, encoding, delimiter, full_name):
    ready = (register_dates.parse(form),)
    columns = [
        Column("child_key", source="№", empty=frozenset({"-"})),
        Column("script", letters=True),
        Column("sex", source="Пол", codes=WORDS["sex"]),
        Column("birth_date", source="Рождение", dates=ready),
        Column("area", value="KZ-75"),
        Column("care_form", source="Форма", codes=WORDS["care_form"]),
        Column("from", source="С", dates=ready),
    ]
    splits = (Split("ФИО", ("family_name", "given_name", "patronymic")),) if full_name else ()
    if not full_name:
        names = {"family_name": "Фамилия", "given_name": "Имя", "patronymic": "Отчество"}
        columns += [Column(name, source=source) for name, source in names.items()]
    return Mapping("mine", "0" * 64, TableForm(encoding, delimiter, header_row=2), tuple(columns), splits)


def written(mapping, lines, form):
    """The lines as the other register has them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mapping.form.delimiter)
    sources = list(dict.fromkeys(mapping.sources().values()))
    writer.writerow(["Реестр"])
    writer.writerow(sources)
    for line in lines:
        theirs = {}
        for column in mapping.columns:
            said = line.get(column.name, "")
            if column.codes:
                said = next(word for word, code in column.codes.items() if code == said)
            elif column.dates:
                said = foreign(said, form)
            if column.source:
                theirs[column.source] = said
        for split in mapping.splits:
            theirs[split.source] = " ".join(line[part] for part in split.into if line[part])
        writer.writerow([theirs[source] for source in sources])
    return out.getvalue().encode(mapping.form.encoding)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("mapping") / "register"


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(cells, min_size=1, max_size=4),
    form=st.sampled_from(FORMS),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t|"),
    full_name=st.booleans(),
)
def test_what_another_register_writes_comes_back_as_it_was(path, lines, form, encoding, delimiter, full_name):
    mapping = mapping_of(form, encoding, delimiter, full_name)
    path.write_bytes(written(mapping, lines, form))
    rows = register_tables.rows(path, mapping.form)
    translator = mapping.on(next(rows)[1])
    found = [translator.cells(number, row) for number, row in rows]
    expected = [
        dict.fromkeys(COLUMNS, "")
        | {name: said.isoformat() if isinstance(said, date) else said for name, said in line.items()}
        | {"script": "Cyrl", "area": "KZ-75", "birth_precision": "day"}
        for line in lines
    ]
    assert found == expected


@settings(max_examples=80, deadline=None)
@given(
    body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    encoding=st.sampled_from((*ENCODINGS, "cp1256", "koi8-r")),
    full_name=st.booleans(),
)
def test_whatever_bytes_follow_the_header_each_line_is_in_or_in_the_report(path, body, encoding, full_name):
    mapping = mapping_of("DD.MM.YYYY", encoding, ";", full_name)
    header = ";".join(dict.fromkeys(mapping.sources().values())).replace("№", "No")
    columns = tuple(Column("child_key", source="No") if each.name == "child_key" else each for each in mapping.columns)
    mapping = register_mapping.Mapping("mine", "0" * 64, mapping.form, columns, mapping.splits)
    if encoding == "cp1256":
        header, mapping = "No", Mapping("mine", "0" * 64, mapping.form, (columns[0],))
    path.write_bytes(f"title\n{header}\n".encode(encoding) + body)
    for _, item in register_file.read(path, PACK, TODAY, mapping):
        assert isinstance(item, RegisterLine) or item
        assert isinstance(item, RegisterLine) or all(each.rule and each.remedy for each in item)


@settings(max_examples=80, deadline=None)
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", register_tables.ZIP, register_tables.OLE]))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(path, content, start):
    path.write_bytes(start + content)
    try:
        list(register_file.read(path, PACK, TODAY))
    except (HeaderRefused, FormRefused) as refused:
        assert refused.remedy


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_workbook_with_a_spoilt_part_is_read_or_refused(path, data, tmp_path_factory):
    whole = tmp_path_factory.mktemp("book") / "whole.xlsx"
    import xlsxwriter

    with xlsxwriter.Workbook(str(whole)) as book:
        sheet = book.add_worksheet("R")
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, ["K-1", "А", "Б", "", "Cyrl", "F", "2010-01-01", "day", "KZ-11"])
    with zipfile.ZipFile(whole) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    place = data.draw(st.integers(0, len(parts[name])))
    filling = data.draw(st.binary(max_size=6) | st.sampled_from([b"<", b">", b'"', b"9" * 400, b"&x;"]))
    cut = data.draw(st.integers(0, 20))
    parts[name] = parts[name][:place] + filling + parts[name][place + cut :]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    try:
        list(register_file.read(path, PACK, TODAY))
    except (HeaderRefused, FormRefused) as refused:
        assert refused.remedy


@given(st.dates(date(1927, 5, 18), date(2100, 1, 1)))
def test_serial_days_are_those_of_a_spreadsheet(day):
    assert foreign(day, "excel") == str((day - date(1900, 1, 1)).days + 2)
    assert register_dates.SERIAL_ZERO + timedelta(days=int(foreign(day, "excel"))) == day
