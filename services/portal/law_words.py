"""The numbers of the law that a rule of care uses, by name and with their unit, in the reader's language.

What the country's pack adds of its own has no name here and stands in English, marked as such. Not here: what rules say
(rules), what a number rests on (placements).
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import ngettext

from services.portal import rules
from services.portal.clients import Refusal
from services.portal.house import person
from services.portal.together import Card, ask

LAW = "placements.law.read"
TO_HEAL = frozenset({"breach_due", "legacy_decision_due", "leap_birthday"})
"""Numbers that say until when a breach is healed, or how days are counted: no bound that a form has crossed."""


def register(app: Flask) -> None:
    """Let templates name the numbers of the law."""
    app.jinja_env.globals.update(law_numbers=of_rule, law_name=name_of, law_quantity=quantity)


def in_force_here() -> Card:
    """The rules of care as they stand here today, where the person reads them. Raises Refusal."""
    who = person()
    return ask(law=rules.in_force if who is not None and who.may(LAW) else None)["law"]


def of_rule(rule: str | None) -> list[tuple[str, str]]:
    """The bounds that a rule of care sets, as (name, quantity); none where the person does not read the law."""
    found = rules.of(rule) if rule else None
    if found is None or not found.care:
        return []
    if "law" not in g:
        g.law = _asked()
    numbers = g.law.get(found.id, {}).get("numbers", ())
    return [
        (name_of(each["name"]), quantity(each["value"], each.get("unit")))
        for each in numbers
        if each["name"] not in TO_HEAL and each["value"] is not None
    ]


def _asked() -> Mapping[str, Any]:
    try:
        return in_force_here().value or {}
    except Refusal:
        return {}


def name_of(name: str) -> str:
    """What a number of the law is called; by its name in the pack, in English, where that is all there is."""
    said = {
        "child_until_age": _("A child until the age of"),
        "leap_birthday": _("Birthday of who was born on 29 February"),
        "breach_due": _("A breach is healed within"),
        "legacy_decision_due": _("A decision behind an imported stay within"),
        "emergency_decision": _("A decision after an emergency within"),
        "emergency_repeat_window": _("Emergencies are looked at together within"),
        "review_interval_temporary": _("Review of a temporary stay every"),
        "review_interval_long_term": _("Review of a long stay every"),
        "guardian_appointment": _("A representative within"),
        "under_three_age": _("Young child: below the age of"),
        "under_three_residential_stay": _("Longest residential stay of a young child"),
        "under_three_reset_after": _("Nights are counted anew after"),
        "sibling_exception_review": _("Review of an exception for siblings every"),
        "minimum_age_residential": _("Least age in residential care"),
        "close_to_home_levels": _("Farthest from home"),
        "panel_professions": _("Professions on a panel, at least"),
        "house_children": _("Children in a house, at most"),
        "family_type_home_children": _("Children in a family-type home, at most"),
        "institution_children": _("Children in an institution, at most"),
    }.get(name)
    return said or rules.english(name.replace("_", " ").capitalize())


UNITS: Mapping[str, Callable[[int], str]] = {
    "years": lambda count: ngettext("%(num)s year", "%(num)s years", count),
    "calendar months": lambda count: ngettext("%(num)s calendar month", "%(num)s calendar months", count),
    "days": lambda count: ngettext("%(num)s day", "%(num)s days", count),
    "hours": lambda count: ngettext("%(num)s hour", "%(num)s hours", count),
    "children": lambda count: ngettext("%(num)s child", "%(num)s children", count),
    "professions": lambda count: ngettext("%(num)s profession", "%(num)s professions", count),
    "levels of areas": lambda count: ngettext("%(num)s level of areas", "%(num)s levels of areas", count),
}
"""How often a unit of the pack is said of so many."""


def quantity(value: str, unit: str | None) -> str:
    """A value of the law with its unit."""
    said = UNITS.get(unit or "")
    if said is not None and value.isdecimal():
        return said(int(value))
    return rules.english(f"{value} {unit or ''}".strip())
