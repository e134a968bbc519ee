"""How dates, numbers, codes and areas read, in the reader's language and the pack's words (portal.md 3).

Filters take the context, because Jinja folds a filter on a constant at compile time: the first reader's language would
stay for everybody.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context

from services.portal.house import house
from services.portal.i18n import pseudo
from services.portal.languages import direction, language, locale

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
DAY = "d MMM y"
MOMENT = "d MMM y, HH:mm"


def register(app: Flask) -> None:
    """Make them filters of the templates."""
    for each in (day, moment, until, number, percent, term, area, fact, place_name, percent_of_hundred):
        app.jinja_env.filters[each.__name__] = pass_context(_with_context(each))


def day(value: date | str | None) -> str:
    """9 Mar 2026, in the reader's words; nothing for None."""
    if value is None or value == "":
        return ""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return apart(format_date(found, DAY, locale=locale()))


def moment(value: datetime | str | None) -> str:
    """A point in time, by the country's clocks."""
    if value is None or value == "":
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return apart(format_datetime(found.astimezone(house().pack.zone), MOMENT, locale=locale()))


def until(value: datetime | str | None) -> str:
    """A deadline, by the country's clocks; one at midnight is the end of the day before."""
    if value is None or value == "":
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    there = found.astimezone(house().pack.zone)
    if (there.hour, there.minute) == (0, 0):
        return _("the end of %(day)s", day=day((there - timedelta(minutes=1)).date()))
    return moment(there)


def number(value: float | None) -> str:
    """A number with the reader's separators; nothing for None."""
    return "" if value is None else format_decimal(value, locale=locale())


def percent(value: float | None) -> str:
    """A share of 1 as per cent; nothing for None."""
    return "" if value is None else format_percent(value, locale=locale())


def percent_of_hundred(value: float | None) -> str:
    """A share of 100 as per cent; nothing for None."""
    return "" if value is None else format_percent(value / 100, format="#,##0.0%", locale=locale())


def term(code: str | None, list_name: str) -> str:
    """The pack's word for a code of a list, in the reader's language; the code itself where the pack has none."""
    if code is None:
        return ""
    key = f"{list_name}/{code}"
    found = house().pack.term(key, language())
    return apart(code if found == key else pseudo.of_pack(language(), found))


def area(code: str | None) -> str:
    """The name of an area; the code where the pack does not know it."""
    if code is None:
        return ""
    found = house().pack.areas.get(code)
    return apart(pseudo.of_pack(language(), found.name if found else code))


def apart(text: str) -> str:
    """A text that keeps its order between others on a page from right to left: "Almaty, 23" would be read as one."""
    return f"{ISOLATE}{text}{END_OF_ISOLATE}" if text and direction() == "rtl" else text


def place_name(provider: Mapping[str, Any]) -> str:
    """What a place is called; a carer family has no name of its own, but its kind and the begin of its id."""
    return str(provider["name"]).replace(provider["kind"], term(provider["kind"], "provider_kind"))


def fact(value: str, name: str) -> str:
    """A fact that a rule went by: a code of the list that bears its name, a day, or as it was said."""
    if value in house().pack.lists.get(name, {}):
        return term(value, name)
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value


def _with_context(made: Any) -> Any:
    def filter_(_context: Context, *values: Any) -> str:
        text: str = made(*values)
        return text

    return filter_
