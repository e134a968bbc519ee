"""The rules: all of care in their order, those that look after what may be recorded, and each with words of its own.

Whoever is refused by a rule may read it: every signed-in person. Numbers of the law in force are for roles that read
them. Not here: what the services say of rules (services.portal.rules).
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext

from services.portal import ordering, rules
from services.portal.formats import term
from services.portal.house import house
from services.portal.law_words import in_force_here
from services.portal.rule_book import Words
from services.portal.signing import signed_in
from services.portal.together import Card
from services.portal.words import role_words

blueprint = Blueprint("rules", __name__)
GROUPS: Mapping[str, Any] = {
    "all": lazy_gettext("All forms"),
    "registry": lazy_gettext("Children, families, papers, and who reads them"),
    "placements": lazy_gettext("Stays, cases and decisions"),
    "social_work": lazy_gettext("Social work"),
    "reporting": lazy_gettext("Figures"),
    rules.ACCOUNTS: lazy_gettext("Accounts and signing in"),
}
TIERS: Mapping[str, Any] = {
    "safety": lazy_gettext("safety"),
    "court order": lazy_gettext("orders of courts, and times"),
    "under three": lazy_gettext("children under three"),
    "siblings": lazy_gettext("brothers and sisters"),
    "close to home": lazy_gettext("nearness to home"),
    "preference": lazy_gettext("the order of preference"),
    "size": lazy_gettext("the size of places"),
}
ASKED: Mapping[str, Any] = {
    "when a body decides": lazy_gettext("when a body decides"),
    "when a stay is authorised": lazy_gettext("when a stay is permitted"),
    "as long as the stay lasts": lazy_gettext("as long as the stay lasts"),
}
DEVIATIONS: Mapping[str, Any] = {
    "none": lazy_gettext("No deviation is possible."),
    "signed": lazy_gettext("A deviation with reasons, signed by a second person, may stand in."),
    "siblings": lazy_gettext(
        "Where brothers or sisters really live there, a deviation with reasons, signed by a second person, may stand in"
        "."
    ),
}
BASES: Mapping[str, Any] = {
    "source": lazy_gettext("a source"),
    "project default": lazy_gettext("the project's default, not law"),
    "to be confirmed": lazy_gettext("to be confirmed"),
}


@blueprint.get("/rules")
@signed_in
def listed() -> Any:
    """The rules of care, in the order in which one yields to another; a hub places no child and has none."""
    if not _of_care():
        return of_records()
    there, law = [each for each in rules.known().values() if each.care], in_force_here()
    order = {id_: at for at, id_ in enumerate(law.value or ())}
    return render_template(
        "rules/list.html", rules=sorted(there, key=lambda each: order.get(each.id, len(order))), law=law, tiers=TIERS
    )


@blueprint.get("/rules/records")
@signed_in
def of_records() -> str:
    """The rules that look after what may be recorded, by what they are about."""
    groups: dict[str, list[tuple[str, Words]]] = {name: [] for name in GROUPS}
    for each in rules.known().values():
        if not each.care:
            groups[_group(each)].append((rules.title(each.id), each))
    ordered = [(GROUPS[name], sorted(found, key=lambda row: ordering.key(row[0]))) for name, found in groups.items()]
    return render_template(
        "rules/records.html", groups=[(words, rows) for words, rows in ordered if rows], of_care=_of_care()
    )


def _of_care() -> bool:
    return "placements" in house().pack.services


@blueprint.get("/rules/<rule>")
@signed_in
def show(rule: str) -> str:
    """One rule: what it asks, its source, its numbers, what helps, who may set it aside."""
    found = rules.of(rule)
    if found is None:
        abort(404)
    law = in_force_here() if found.care else Card(denied=True)
    return render_template(
        "rules/show.html", rule=found, law=law, here=(law.value or {}).get(found.id), codes=_codes(rule),
        tiers=TIERS, asked=ASKED, deviations=DEVIATIONS, bases=BASES, role_words=role_words,
    )  # fmt: skip


def _group(rule: Words) -> str:
    return "all" if len(rule.services) > 1 else rule.services[0]


def _codes(rule: str) -> list[str]:
    """What there is to choose from, where a rule is about a list of the pack."""
    _name, _colon, list_name = rule.partition(":")
    if rule == list_name or not house().pack.lists.get(list_name):
        return []
    return sorted((term(code, list_name) for code in house().pack.codes(list_name)), key=ordering.key)
