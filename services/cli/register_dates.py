"""Dates as other registers write them, in the form of ours: a form says what is day, month and year; none is guessed.

A form is made of DD, MM and YYYY with marks between them ("DD.MM.YYYY", "MM/YYYY", "YYYY"), or is "excel": the serial
number of a day as spreadsheet programs count them from 1900. Two-digit years are read by no form.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

SIGNS = re.compile(r"DD|MM|YYYY|г\.|[-./ ]")
EXCEL = "excel"
SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,]0+)?")  # five digits: 1927 to 2173, so that no year is taken for a serial
FIRST_YEAR = 1900
SERIAL_ZERO = date(1899, 12, 30)
MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"  # databases write days so
TWO_DIGITS = re.compile(r"[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2}(?:\s*г\.?)?")
OURS = ("YYYY-MM-DD", "YYYY-MM", "YYYY")


@dataclass(frozen=True, slots=True)
class DateForm:
    """One form, ready to read; `precision` is day, month or year."""

    form: str
    pattern: re.Pattern[str]
    precision: str

    def read(self, text: str) -> str | None:
        """The date as YYYY-MM-DD, YYYY-MM or YYYY; None where the text has not the form or is no day of our time.

        So 20010101 is a day by YYYYMMDD alone: DDMMYYYY would have it in the year 101.
        """
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        if self.form == EXCEL:
            return (SERIAL_ZERO + timedelta(days=int(found.group(1)))).isoformat()
        parts = {name: int(value) for name, value in found.groupdict().items()}
        if parts["YYYY"] < FIRST_YEAR:
            return None
        try:
            day = date(parts["YYYY"], parts.get("MM", 1), parts.get("DD", 1))
        except ValueError:  # 31.02.2015
            return None
        return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]


def parse(form: str) -> DateForm | None:
    """The form ready to read; None where it is none."""
    if form == EXCEL:
        return DateForm(form, SERIAL, "day")
    signs = SIGNS.findall(form)
    parts = [sign for sign in signs if sign in {"DD", "MM", "YYYY"}]
    if "".join(signs) != form or len(set(parts)) < len(parts) or "YYYY" not in parts:
        return None
    if "DD" in parts and "MM" not in parts:
        return None
    digits = "[0-9]{2}" if len(signs) == len(parts) else "[0-9]{1,2}"  # 20150231 needs all its digits
    pattern = "".join(
        f"(?P<{sign}>{'[0-9]{4}' if sign == 'YYYY' else digits})" if sign in parts else re.escape(sign)
        for sign in signs
    )
    precision = "day" if "DD" in parts else "month" if "MM" in parts else "year"
    return DateForm(form, re.compile(pattern + (MIDNIGHT if precision == "day" else "")), precision)


def ambiguous(forms: tuple[str, ...]) -> tuple[str, str] | None:
    """Two forms by which one text could be two days, such as DD/MM/YYYY and MM/DD/YYYY."""
    seen: dict[str, str] = {}
    for form in dict.fromkeys(forms):
        shape = form.replace("DD", "##").replace("MM", "##")
        if shape in seen:
            return seen[shape], form
        seen[shape] = form
    return None


def read(text: str, forms: tuple[DateForm, ...]) -> tuple[str, str] | str:
    """The date and its precision by the first form that fits, or the rule that the text breaks."""
    for form in forms:
        if (day := form.read(text)) is not None:
            return day, form.precision
    return "two-digit-year" if TWO_DIGITS.fullmatch(text) else "mapping-date-form"
