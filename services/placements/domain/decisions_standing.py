"""Which status a decision that is not over has, by what is recorded of it: word of mouth, signatures, appeals.

Whoever signs, confirms, corrects, or decides an appeal asks here, so that none of it makes up for another one that is
missing. Functions on whereabouts. Not here: what time does (decisions_time).
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from services.placements.domain.decision import HOLDING, Decision, DecisionStatus, Terms

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

CHANGED = "CHANGED"
RELIED_ON: Mapping[str, frozenset[str]] = {"appeal_outcome": frozenset({CHANGED})}
UNSIGNED_TERMS = frozenset({"number", "file", "appeal_until", "case", "made_at", "instrument"})
"""What may be put right without another signature: it is not what was decided."""


def standing(child: "Whereabouts", decision: Decision) -> DecisionStatus:
    """The status that it has as long as its time runs."""
    if not decision.unconfirmed and decision.needs_second and decision.second_by is None:
        return DecisionStatus.UNSIGNED
    if any(each.decision == decision.id and each.suspends and each.outcome is None for each in child.appeals):
        return DecisionStatus.SUSPENDED
    return DecisionStatus.ORAL if decision.unconfirmed else DecisionStatus.IN_FORCE


def resume(child: "Whereabouts", decision: Decision) -> None:
    """It has the status that it should. Raises DecisionIsOver where the table has no such step."""
    status = standing(child, decision)
    if status is not decision.status:
        decision.enter(status)
    if status in HOLDING:
        decision.ended_on = None


def over(child: "Whereabouts", decision: Decision, at: datetime, today: date) -> bool:
    """Whether its time is over: it ended, was changed on appeal, was not confirmed or not carried out in time."""
    if changed(child, decision):
        return True
    if decision.status is DecisionStatus.ENDED:
        return decision.in_force_until is not None and decision.in_force_until <= today
    undone = decision.carried_out_on is None and decision.carry_out_by is not None and decision.carry_out_by < today
    unheard = decision.unconfirmed and decision.confirm_by is not None and decision.confirm_by <= at
    return undone or unheard


def changed(child: "Whereabouts", decision: Decision) -> bool:
    """Whether another decision took its place on appeal: nothing that is said of it later brings it back."""
    return any(each.decision == decision.id and each.outcome == CHANGED for each in child.appeals)


def says_otherwise(decision: Decision, terms: Terms) -> bool:
    """Whether terms are others than those that a second person signed."""
    names = (each.name for each in fields(Terms) if each.name not in UNSIGNED_TERMS)
    said: dict[str, Any] = vars(terms)
    return any(said[name] != getattr(decision, name) for name in names)
