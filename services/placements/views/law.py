"""The law in force as the country pack says it: numbers that rules use, and who decides, each with its basis.

So that a page can say "to be confirmed" or "not law" beside a number. Not here: what a rule does with it (domain).
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from services.placements import domain
from services.placements.domain import precedence
from services.placements.domain.lawbook import Law
from shared.countries import Pack
from shared.countries.parameters import Value

TO_BE_CONFIRMED = "to be confirmed"
DECISION_TABLE = "decision_table"


def in_force(pack: Pack, area: str | None, on: date) -> dict[str, Any]:
    """The numbers and the decision table that hold in an area (None: wherever no area differs) on a day.

    All numbers of the pack: pages and clocks ask for more of them than the rules do.
    """
    rules = {name: () for own in pack.parameters for name in own} | dict(used())
    numbers = [_number(pack, name, rules[name], area, on) for name in sorted(rules)]
    decisions = [_decision(line) for line in pack.table(DECISION_TABLE, on, area)]
    waiting = [each["name"] for each in numbers if each["to_be_confirmed"]]
    waiting += [f"{DECISION_TABLE}/{each['id']}" for each in decisions if each["to_be_confirmed"]]
    return {"area": area, "on": on, "numbers": numbers, "decisions": decisions, "to_be_confirmed": waiting}


def rules(pack: Pack, area: str | None, on: date) -> dict[str, Any]:
    """The rules of care as they stand in an area on a day, in the pack's order of precedence."""
    ranks = {rule: int(line["rank"]) for line in pack.table(precedence.TABLE, on, area) for rule in line["rules"]}
    ordered = sorted(domain.RULES.values(), key=lambda rule: ranks.get(rule.id, precedence.LAST))
    items = [_rule(pack, rule, ranks.get(rule.id), area, on) for rule in ordered]
    return {"area": area, "on": on, "items": items}


def _rule(pack: Pack, rule: domain.Rule, rank: int | None, area: str | None, on: date) -> dict[str, Any]:
    numbers = [_number(pack, name, (rule.id,), area, on) for name in rule.parameters]
    found = [pack.parameter(name, on, area) for name in rule.parameters]
    return {
        "id": rule.id,
        "rank": rank,
        "tier": rule.tier,
        "asked": sorted(rule.when),
        "owner": rule.owner,
        "deviation": "siblings" if rule.for_siblings else "signed" if rule.deviation else "none",
        "override_by": sorted({role for each in found if each.overridable for role in each.override_by}),
        "silent": any(each.value is None for each in found),
        "numbers": numbers,
    }


def used() -> Mapping[str, tuple[str, ...]]:
    """The parameters that rules ask for, each with the ids of those rules."""
    names = {each.name for each in fields(Law)} | {name for rule in domain.RULES.values() for name in rule.parameters}
    return {name: tuple(rule.id for rule in domain.RULES.values() if name in rule.parameters) for name in names}


def _number(pack: Pack, name: str, rules: tuple[str, ...], area: str | None, on: date) -> dict[str, Any]:
    found = pack.entries(name, on, area)
    if not found:
        return {"name": name, "value": None, "rules": rules, "basis": TO_BE_CONFIRMED, "to_be_confirmed": True}
    nearest, used = found[0], next((each for each in found if each.value is not None), found[0])
    return {
        "name": name,
        "value": _said(used.value),
        "unit": used.unit,
        "basis": used.basis,
        "source": used.source or None,
        "note": used.note or None,
        "pack": used.pack,
        "from": used.since,
        "to": used.until,
        "areas": used.areas,
        "applies_to": used.applies_to,
        "override_by": used.override_by,
        "rules": rules,
        "to_be_confirmed": TO_BE_CONFIRMED in (nearest.basis, used.basis),
    }


def _said(value: Value) -> str | None:
    """A value as text: a list with spaces, yes or no as true or false."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(each) for each in value) if isinstance(value, tuple) else str(value)


def _decision(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the decision table, with the columns of which nothing is known."""
    unknown = list(line.get("unknown", ()))
    return {
        "id": line["id"],
        "act": line["act"],
        "situations": list(line.get("situations", ())),
        "at_once": list(line["at_once"]),
        "decides": list(line["decides"]),
        "basis": line["basis"],
        "source": line.get("source"),
        "note": line.get("note"),
        "unknown": unknown,
        "defaults": list(line.get("defaults", ())),
        "to_be_confirmed": bool(unknown) or line["basis"] == TO_BE_CONFIRMED,
    }
