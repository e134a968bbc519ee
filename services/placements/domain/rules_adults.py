"""Rules on children among adults. Not here: coming of age in care, which is a decision (leaving_care_majority)."""

from services.placements.domain.leaving_care_facts import ADULT_INSTITUTION
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import Situation


def no_adult_institution(now: Situation) -> Finding | None:
    """No child lives in an institution for adults; a child until certainly of age (CARE C10, C12)."""
    place, born = now.provider, now.known.born_to
    if place is None or place.kind != ADULT_INSTITUTION:
        return None
    grown = now.turns(born, now.law.child_until_age) if born else None
    met = grown is not None and grown <= now.on
    facts = {"provider_kind": place.kind, "of_age_on": grown.isoformat() if grown else "unknown"}
    return Finding(satisfied=met, due=now.today, facts=facts, until=None if met else grown)


NO_ADULT_INSTITUTION = Rule(
    id="no-adult-institution",
    title="No child in an institution for adults",
    source="Kinward, CARE C10",
    owner="gatekeeper",
    satisfied_by="A place for children, a family first.",
    judge=no_adult_institution,
    when=frozenset({When.PERMISSION, When.STANDING}),
    tier=Tier.SAFETY,
    parameters=("child_until_age", "leap_birthday"),
)
RULES = (NO_ADULT_INSTITUTION,)
