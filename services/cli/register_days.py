"""Days as the register file writes them, known to the day, month or year. Not here: other forms (register_dates)."""

import calendar
import re
from datetime import date

FORMS = {
    "day": re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    "month": re.compile(r"([0-9]{4})-([0-9]{2})"),
    "year": re.compile(r"([0-9]{4})"),
}


def span(value: str, precision: str) -> tuple[date, date] | None:
    """First and last possible day, or None where the value has not the form of its precision."""
    form = FORMS[precision].fullmatch(value)
    if form is None:
        return None
    year, month, day = (*map(int, form.groups()), 0, 0)[:3]
    try:
        earliest = date(year, month or 1, day or 1)
    except ValueError:  # the form of a date, but no day of the calendar
        return None
    last_month = month or 12
    return earliest, date(year, last_month, day or calendar.monthrange(year, last_month)[1])
