"""All rules of care, in their order of precedence (CARE C12). Where several refuse, the first is named first."""

from collections.abc import Mapping, Sequence

from services.placements.domain import (
    rules_adults,
    rules_age,
    rules_deciding,
    rules_decisions,
    rules_places,
    rules_reasons,
    rules_reviews,
    rules_room,
    rules_siblings,
)
from services.placements.domain.placement import State
from services.placements.domain.rules import Rule, Tier, When

_MODULES = (
    rules_adults,
    rules_age,
    rules_decisions,
    rules_deciding,
    rules_reasons,
    rules_places,
    rules_siblings,
    rules_room,
    rules_reviews,
)
_TIERS = tuple(Tier)

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in sorted((rule for module in _MODULES for rule in module.RULES), key=lambda rule: _TIERS.index(rule.tier))
}

_JUDGED = {
    When.DECIDING: (State.PLANNED, State.ACTIVE),
    When.PERMISSION: (State.PLANNED, State.ACTIVE),
    When.STANDING: (State.CLAIMED, State.ACTIVE, State.ENDED),
}


def _asked() -> Mapping[tuple[When, State], Sequence[Rule]]:
    return {
        (when, state): tuple(rule for rule in RULES.values() if when in rule.when and state in rule.states)
        for when, states in _JUDGED.items()
        for state in states
    }


ASKED: Mapping[tuple[When, State], Sequence[Rule]] = _asked()
"""The rules that are asked on an occasion about a stay in a state."""
