"""Rules on brothers and sisters: they stay together, and the exception they make for a child under three.

They count by bond, not by blood: unknown is yes; one who harmed the child, is grown up, or is adopted does not count
(CARE C12). Not here: who records a bond (bonds), contact of those who were parted (reviews).
"""

from collections.abc import Sequence

from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import SiblingFacts, Situation

UNDER_THREE, TOGETHER = "under-three-residential", "siblings-together"


def bonded(now: Situation) -> Sequence[SiblingFacts]:
    """The brothers and sisters who count."""
    return [each for each in now.siblings if not (each.adult or each.died or each.harmed) and each.bond != "no"]


def living_here(now: Situation) -> Sequence[SiblingFacts]:
    """Those of them who really live where the stay is, not only mean to."""
    place = now.stay.provider
    return [each for each in bonded(now) if place is not None and each.provider == place]


def siblings_together(now: Situation) -> Finding | None:
    """Brothers and sisters in care live together, or one is to come to the other."""
    if not now.form.formal:
        return None
    placed = [each for each in bonded(now) if _in_care(each, now)]
    place = now.stay.provider
    apart = [each for each in placed if each.provider != place and (place is None or each.planned_with != place)]
    if not placed:
        return None
    facts = {"siblings_apart": str(len(apart)), "siblings_together": str(len(placed) - len(apart))}
    return Finding(satisfied=not apart, due=now.heal_by, facts=facts, against=_against(now, apart))


def _in_care(sibling: SiblingFacts, now: Situation) -> bool:
    """Whether it is known with whom the sibling lives in care."""
    if sibling.provider is None or sibling.care_form is None:
        return False
    return now.book.care_form(sibling.care_form).formal


def _against(now: Situation, apart: Sequence[SiblingFacts]) -> str | None:
    """Whether going to where a sibling lives would break the rule for children under three."""
    forms = {each.care_form for each in apart if each.care_form}
    if not any(now.book.care_form(form).residential for form in forms):
        return None
    born = now.known.born_to
    young = born is None or now.turns(born, now.law.under_three_age) > now.on
    return UNDER_THREE if young else None


def sibling_exception(now: Situation) -> Finding | None:
    """A child under three is in residential care for the sake of siblings: they live there, and it is looked at again.

    Asked only where an exemption from the limit stands and the child is under three; the day to look again is the one
    on which the first of these ends.
    """
    exemption, born = now.exemption(UNDER_THREE), now.known.born_to
    third = now.turns(born, now.law.under_three_age) if born else None
    if exemption is None or (third is not None and third <= now.today):
        return None
    here = len(living_here(now))
    facts = {"siblings_here": str(here), "look_again": exemption.until.isoformat() if exemption.until else "no day"}
    until = min((day for day in (exemption.until, third) if day), default=None)
    return Finding(satisfied=here > 0, due=now.heal_by, facts=facts, until=until)


SIBLINGS_TOGETHER = Rule(
    id=TOGETHER,
    title="Brothers and sisters together",
    source="A/RES/64/142 para 17",
    owner="gatekeeper",
    satisfied_by="A place where all of them live; or a reasoned deviation, signed by a second person, with contact.",
    judge=siblings_together,
    when=frozenset({When.PERMISSION, When.STANDING}),
    tier=Tier.SIBLINGS,
    parameters=("legacy_decision_due", "breach_due"),
    deviation=True,
)
SIBLING_EXCEPTION = Rule(
    id="sibling-exception-review",
    title="Under three for the sake of siblings: they live there, and it is looked at again",
    source="A/RES/64/142 para 22; Kinward, CARE C12",
    owner="gatekeeper",
    satisfied_by="Care in a family, best for all of them; the exception holds only where they really live together.",
    judge=sibling_exception,
    when=frozenset({When.PERMISSION, When.STANDING}),
    tier=Tier.UNDER_THREE,
    parameters=("sibling_exception_review", "under_three_age"),
)
RULES = (SIBLINGS_TOGETHER, SIBLING_EXCEPTION)
