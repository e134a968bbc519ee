"""Dates of other registers: read by the forms that are declared, never guessed."""

import pytest

from services.cli import register_dates


def read(text, *forms):
    return register_dates.read(text, tuple(register_dates.parse(form) for form in forms))


@pytest.mark.parametrize(
    ("text", "form", "found"),
    [
        ("28.02.2010", "DD.MM.YYYY", ("2010-02-28", "day")),
        ("1.2.2010", "DD.MM.YYYY", ("2010-02-01", "day")),
        ("28.02.2010 г.", "DD.MM.YYYY г.", ("2010-02-28", "day")),
        ("28/02/2010", "DD/MM/YYYY", ("2010-02-28", "day")),
        ("02/28/2010", "MM/DD/YYYY", ("2010-02-28", "day")),
        ("2010-02-28 00:00:00", "YYYY-MM-DD", ("2010-02-28", "day")),
        ("20100228", "YYYYMMDD", ("2010-02-28", "day")),
        ("40237", "excel", ("2010-02-28", "day")),
        ("40237.0", "excel", ("2010-02-28", "day")),
        ("02.2010", "MM.YYYY", ("2010-02", "month")),
        ("2010", "YYYY", ("2010", "year")),
        ("31.02.2015", "DD.MM.YYYY", "mapping-date-form"),
        ("2010", "excel", "mapping-date-form"),
        ("28.02.10", "DD.MM.YYYY", "two-digit-year"),
        ("28/2/10 г.", "DD/MM/YYYY", "two-digit-year"),
        ("28.02.2010 14:30", "DD.MM.YYYY", "mapping-date-form"),
        ("٢٨.٠٢.٢٠١٠", "DD.MM.YYYY", "mapping-date-form"),
        ("01.01.1900", "DD.MM.YYYY", ("1900-01-01", "day")),
        ("31.12.1899", "DD.MM.YYYY", "mapping-date-form"),
        ("1899", "YYYY", "mapping-date-form"),
        ("20010101", "DDMMYYYY", "mapping-date-form"),
    ],
)
def test_a_date_is_read_by_its_form_or_refused_by_rule(text, form, found):
    assert read(text, form) == found


def test_the_first_form_that_fits_is_taken():
    assert read("2010", "DD.MM.YYYY", "YYYY") == ("2010", "year")
    assert read("20010101", "DDMMYYYY", "YYYYMMDD") == ("2001-01-01", "day")


@pytest.mark.parametrize("form", ["DD.MM.YY", "DD.YYYY", "DD.MM", "DD.MM.YYYY.DD", "day", "", "DD MM"])
def test_what_is_no_form_is_none(form):
    assert register_dates.parse(form) is None


@pytest.mark.parametrize(
    ("forms", "pair"),
    [
        (("DD/MM/YYYY", "MM/DD/YYYY"), ("DD/MM/YYYY", "MM/DD/YYYY")),
        (("YYYY", "YYYYMMDD", "YYYYDDMM"), ("YYYYMMDD", "YYYYDDMM")),
        (("DD.MM.YYYY", "DD/MM/YYYY", "MM.YYYY", "YYYY", "excel"), None),
    ],
)
def test_forms_by_which_one_text_would_be_two_days_are_found(forms, pair):
    assert register_dates.ambiguous(forms) == pair
