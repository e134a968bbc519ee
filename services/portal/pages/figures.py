"""Figures of a period and its return (portal.md 6, screen 12), each by age, sex and area.

Not here: who has reported to a hub (completeness).
"""

import re
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Answered

from services.portal import csv_answers, figure_lines, xlsx_answers
from services.portal.clients import Down, Refusal
from services.portal.fields import Line
from services.portal.forms import Form
from services.portal.house import apis, house, person
from services.portal.signing import allows

blueprint = Blueprint("figures", __name__)
READ, CLOSE = "reporting.figures.read", "reporting.period.close"
BACK = 6
BAND = re.compile(r"Y(\d+)T(\d+)")
COLUMNS = ("indicator", "area", "sex", "age", "value", "unit", "status", "coverage_time", "footnote")
AGES = {"Y0T17": _l("0 to 17"), "Y18T24": _l("18 to 24"), "_T": _l("all ages")}


class Closing(Form):
    """A period is closed: its figures are computed, checked and signed."""

    note = Line(_l("Note on what was found"), longest=2000)


@blueprint.get("/figures")
@allows(READ)
def latest() -> Answered:
    """The figures of the year that was chosen, or that ended last."""
    year = _year(request.args.get("period") or str(house().today().year - 1))
    area, now = request.args.get("area") or None, request.args.get("now") or None
    return redirect(url_for("figures.show", period=year, area=area, now=now))


@blueprint.get("/figures/<period>")
@allows(READ)
def show(period: str) -> str:
    """The figures of a period, signed or as known now."""
    return _page(_year(period), Closing())


@blueprint.post("/figures/<period>/close")
@allows(CLOSE)
def close(period: str) -> Any:
    """Close the period."""
    year, form = _year(period), Closing()
    if not form.validate_on_submit():
        return _page(year, form), 422
    try:
        made = apis().reporting.close(year, form.note.data or None, form.key).body
    except Refusal as refusal:
        form.refused(refusal)
        return _page(year, form), 422
    flash(
        _("Closed and signed: revision %(number)s.", number=made["revision"])
        if made["changed"]
        else _("Nothing has changed since it was signed.")
    )
    return redirect(url_for("figures.show", period=year), 303)


@blueprint.get("/figures/<period>.csv")
@allows(READ)
def download(period: str) -> Response:
    """All figures of the period in one area as a table."""
    rows = ([item[column] for column in COLUMNS] for item in _held(period))
    return csv_answers.answer(_file(period), COLUMNS, rows)


@blueprint.get("/figures/<period>.xlsx")
@allows(READ)
def workbook(period: str) -> Response:
    """The same as a workbook, for people: headings in the reader's language, codes and cells as in the CSV."""
    headings = {
        "indicator": _("Indicator"), "area": _("Area"), "sex": _("Sex"), "age": _("Age"), "value": _("Value"),
        "unit": _("Unit"), "status": _("Mark"), "coverage_time": _("Period covered"), "footnote": _("Note"),
    }  # fmt: skip
    rows = [
        [xlsx_answers.figure(item[column]) if column == "value" else item[column] for column in COLUMNS]
        for item in _held(period)
    ]
    return xlsx_answers.answer(_file(period), _("Figures"), [headings[column] for column in COLUMNS], rows)


@blueprint.get("/figures/<period>/<indicator>")
@allows(READ)
def split(period: str, indicator: str) -> str:
    """One indicator of the period by age and sex, and by the areas below the one that was chosen."""
    year, area = _year(period), _area()
    found = apis().reporting.figures(year, None, indicator=indicator, now=_now())
    tree, day = house().pack.areas, date.fromisoformat(found["reference_day"])
    below = figure_lines.just_below(tree, area, day)
    ages, areas = figure_lines.by_age(found["items"], area), figure_lines.by_area(found["items"], below)
    names = {row["code"]: row["name"] for row in house().pack.indicators}
    if not found["items"]:
        abort(404)
    above = [] if area == figure_lines.NATIONAL else [(figure_lines.NATIONAL, _("The whole country"))]
    above += [(code, _area_name(code, day)) for code in reversed(tree.ancestors(area, day)[1:])]
    shown = [*ages, *areas]
    return render_template(
        "figures/split.html", found=found, year=year, area=area, now=_now(), indicator=indicator,
        name=names.get(indicator, indicator), by_age=ages, by_area=areas, age_words=age_words, above=above,
        area_name=_("The whole country") if area == figure_lines.NATIONAL else _area_name(area, day),
        names={code: _area_name(code, day) for code in below}, deeper=_deeper(areas, day),
        tiles=figure_lines.tiles(tree, below, areas, day) if areas else [],
        statuses=figure_lines.statuses(shown), notes=figure_lines.notes(shown),
    )  # fmt: skip


def _page(year: str, form: Closing) -> str:
    asking, area = person(), _area()
    found = apis().reporting.figures(year, area, now=_now())
    shown = figure_lines.lines(found["items"], _before(year, area), house().pack.indicators)
    signed = apis().reporting.returns()
    tree, today = house().pack.areas, house().today()
    return render_template(
        "figures/show.html", found=found, lines=shown, statuses=figure_lines.statuses(shown), year=year, area=area,
        notes=figure_lines.notes(shown), form=form, ages=AGES, years=_years(signed),
        returns=[each for each in signed if each["period"] == year], now=_now(),
        areas=[(code, row.name) for code in tree.codes(today) if (row := tree.get(code, today))],
        may_close=asking is not None and asking.may(CLOSE),
    )  # fmt: skip


def _held(period: str) -> list[Any]:
    """All figures of the period in the area that was chosen, protected as the service gives them."""
    items: list[Any] = apis().reporting.figures(_year(period), _area(), now=_now())["items"]
    return items


def _file(period: str) -> str:
    return f"figures-{house().settings.deployment}-{period}"


def _before(year: str, area: str) -> list[Any]:
    try:
        items: list[Any] = apis().reporting.figures(str(int(year) - 1), area)["items"]
    except (Refusal, Down):
        return []
    return items


def _years(signed: list[Any]) -> list[str]:
    this = house().today().year
    return sorted({*(str(this - back) for back in range(BACK)), *(each["period"] for each in signed)}, reverse=True)


def _year(period: str) -> str:
    if not (len(period) == 4 and period.isascii() and period.isdecimal()):
        abort(404)
    return period


def _area() -> str:
    asked = request.args.get("area") or figure_lines.NATIONAL
    if asked != figure_lines.NATIONAL and house().pack.areas.get(asked) is None:
        abort(404)
    return asked


def _now() -> bool:
    return request.args.get("now") == "yes"


def age_words(age: str) -> str:
    """An age band, such as Y3T6, in words."""
    bounds = BAND.fullmatch(age)
    if age in AGES or bounds is None:
        return str(AGES.get(age, age))
    return _("%(youngest)s to %(oldest)s", youngest=bounds[1], oldest=bounds[2])


def _area_name(code: str, day: date) -> str:
    found = house().pack.areas.get(code, day)
    return found.name if found else code


def _deeper(lines: list[figure_lines.Line], day: date) -> set[str]:
    """The areas that have areas below them."""
    tree = house().pack.areas
    return {line.code for line in lines if figure_lines.just_below(tree, line.code, day)}
