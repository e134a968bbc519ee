"""Rules on the reasons for care. Not here: who decided it (rules_deciding), where the child goes (rules_places)."""

from services.placements.domain.refusals import PovertyTheOnlyReason
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import Situation


def not_for_poverty(now: Situation) -> Finding | None:
    """Of all reasons for formal care, at least one is not of the class of poverty (CARE V9)."""
    if not now.form.formal:
        return None
    reasons = (now.stay.entry_reason, *now.stay.other_reasons)
    only_poverty = {now.book.reason_class(code) for code in reasons} == {"poverty"}
    return Finding(satisfied=not only_poverty, due=now.heal_by, facts={"reasons": " ".join(sorted(set(reasons)))})


NOT_FOR_POVERTY = Rule(
    id="not-for-poverty",
    title="Poverty is never the only reason",
    source="A/RES/64/142 para 15",
    owner="gatekeeper",
    satisfied_by="Support for the family, and the child at home; what else is a reason is recorded where it is one.",
    judge=not_for_poverty,
    when=frozenset({When.DECIDING, When.PERMISSION, When.STANDING}),
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
    refusal=PovertyTheOnlyReason,
)
RULES = (NOT_FOR_POVERTY,)
