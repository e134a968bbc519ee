"""The facts that a rule of care went by, by name and value, in the reader's language.

What a pack or a later service names otherwise stands as it came, in English, marked as such. Not here: the numbers of
the law (law_words), the rules themselves (rules).
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import pgettext

from services.portal import formats, rules
from services.portal.house import house
from services.portal.words import role_words

LISTS: Mapping[str, str] = {
    "more_restrictive_than": "care_form", "takes_forms": "care_form", "takes_sex": "sex", "professions": "profession",
    "reasons": "entry_reason", "situation": "decision_situation", "taken_by": "deciding_body",
    "may_decide": "deciding_body", "outcome": "decision_outcome",
}  # fmt: skip
"""Lists of the pack whose codes stand in a fact of another name, several with spaces."""
AREAS = frozenset({"home", "place"})
ROLES = frozenset({"overridden_by"})


def register(app: Flask) -> None:
    """Let templates say facts."""
    app.jinja_env.globals.update(fact_name=name_of, fact_value=value_of)


def value_of(value: Any, name: str) -> str:
    """A fact: codes of the pack by their names, areas, days, and the few words that rules say for what is unknown."""
    said = str(value)
    codes = house().pack.lists.get(LISTS.get(name, name), {})
    if said and codes and all(each in codes for each in said.split()):
        return ", ".join(formats.term(each, LISTS.get(name, name)) for each in said.split())
    if name in AREAS and said in house().pack.areas:
        return formats.area(said)
    if name in ROLES and all(each in house().pack.roles for each in said.split()):
        return ", ".join(role_words(each) for each in said.split())
    if name == "missing":
        return ", ".join(_found(each) or _word(each) for each in said.split())
    shown = formats.fact(said, name)
    return shown if shown != said else _word(said)


def _word(said: str) -> str:
    words = {
        "yes": _("yes"), "no": _("no"), "none": _("none"), "not recorded": _("not recorded"),
        "unknown": _("not known"), "open": _("open, without an end"), "closed": _("closed"),
        "suspended": _("suspended"), "known": _("known"), "no day": _("no day"), "no end": _("no end"),
        "no planned end": _("no planned end"), "another": _("another"), "may be signed": _("may be signed"),
    }.get(said)  # fmt: skip
    plain = not any(each.isalpha() for each in said)
    return words or (said if plain else rules.english(said))


def _found(name: str) -> str | None:
    return {
        "absolutely_necessary": pgettext("decision|fact", "absolutely necessary"),
        "last_resort": pgettext("decision|fact", "last resort"),
        "best_interests": pgettext("decision|fact", "in the child's best interests"),
        "short_with_end": pgettext("decision|fact", "short, with an end"),
    }.get(name)


def name_of(name: str) -> str:
    """What a fact is called; by its own name, in English, where that is all there is."""
    said = _of_stays().get(name) or _of_places().get(name) or _of_deciding().get(name)
    return said or rules.english(name.replace("_", " ").capitalize())


def _of_stays() -> Mapping[str, str]:
    return {
        "care_form": _("Form of care"), "from": _("From"), "planned_to": _("Planned end"),
        "claimed_from": _("Claimed from"), "last": _("Last time"), "due": _("To be done by"),
        "every_months": _("Every so many months"), "without_since": _("Without one since"),
        "third_birthday": _("Third birthday"), "nights_allowed": _("Nights allowed"),
        "nights_until_today": _("Nights until today"), "nights_planned": _("Nights planned"),
        "sibling_exception": _("Exception for siblings"), "least_age": _("Least age"),
        "old_enough_on": _("Old enough on"), "of_age_on": _("Of age on"), "siblings_apart": _("Siblings elsewhere"),
        "siblings_here": _("Siblings here"), "siblings_together": _("Siblings in the same place"),
        "look_again": _("To be looked at again"), "plan": _("Plan for imported stays"),
        "conflicts_with": _("Collides with"), "yields": _("The rule that yields"),
        "more_restrictive_than": _("More restrictive than"),
    }  # fmt: skip


def _of_places() -> Mapping[str, str]:
    return {
        "provider_kind": _("Kind of place"), "approved_from": _("Approved from"), "approved_to": _("Approved to"),
        "state": _("State"), "takes_ages": _("Ages that it takes"), "takes_sex": _("Whom it takes"),
        "takes_forms": _("Forms of care that it gives"), "places": _("Places"), "living_there": _("Living there"),
        "expected": _("Expected there"), "under_one_roof": _("Under one roof"), "house": _("House"),
        "children": _("Children"), "allowed": _("Allowed"), "home": _("Home"), "place": _("Place"),
        "levels": _("Levels of areas apart"), "levels_allowed": _("Levels of areas allowed"),
    }  # fmt: skip


def _of_deciding() -> Mapping[str, str]:
    return {
        "decision": pgettext("decision|fact", "Decision"),
        "decision_from": pgettext("decision|fact", "Decision holds from"),
        "decision_until": pgettext("decision|fact", "Decision holds until"),
        "decision_place": pgettext("decision|fact", "Place of the decision"),
        "necessity": pgettext("decision|fact", "Care is necessary"),
        "suitability": pgettext("decision|fact", "The form of care suits"),
        "missing": pgettext("decision|fact", "Not found"),
        "consents": pgettext("consent|fact", "The child consents"),
        "from_age": pgettext("consent|fact", "Consent from the age of"),
        "parents_agree": pgettext("consent|fact", "The parents agree"),
        "parents_heard": pgettext("rights|fact", "Parents heard"),
        "not_heard_reason": pgettext("rights|fact", "Why not heard"),
        "families_asked": _("Families asked"), "professions": _("Professions"), "needed": _("Needed"),
        "assessor_decides": _("Who assessed decides"), "own_staff_on_panel": _("The place's own staff on the panel"),
        "preference": _("Rank in the order of preference"), "not_asked": _("Ranks that nobody was asked for"),
        "reasons": _("Reasons"), "taken_by": _("Taken by"), "situation": _("Situation"),
        "may_decide": pgettext("decision|fact", "Who may decide"),
        "outcome": pgettext("decision|fact", "Outcome of the decision"),
        "overridden_by": _("Who may set it aside"),
    }  # fmt: skip
