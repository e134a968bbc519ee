"""Rules on room: a free place, a house of a bearable size, no large institution. Numbers that a pack lacks say nothing.

Brothers and sisters who live there outweigh size (CARE C12): then a signed deviation may stand in. Not here: which
places there are (families, options).
"""

from collections.abc import Mapping

from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.rules_siblings import TOGETHER, living_here
from services.placements.domain.situation import Situation

_STAYS = frozenset({When.PERMISSION, When.STANDING})
_OWNER, _LIMITS = "gatekeeper", "care_form_limits"
FACILITY, FAMILY_TYPE_HOME = "FACILITY", "FAMILY_TYPE_HOME"
RELIED_ON: Mapping[str, frozenset[str]] = {"provider_kind": frozenset({FACILITY, FAMILY_TYPE_HOME})}


def capacity(now: Situation) -> Finding | None:
    """There is a place: those who live there, those who are to come, and this child are not more than the places."""
    place = now.provider
    if place is None or place.places is None or _away(now):
        return None
    expected = place.expected if now.when is When.PERMISSION else 0
    met = place.living + expected + 1 <= place.places
    facts = {"places": str(place.places), "living_there": str(place.living), "expected": str(expected)}
    return _size(now, met, facts)


def house_size(now: Situation) -> Finding | None:
    """Not more children under one roof than the law has; a family-type home has a number of its own.

    Where it is not known in which house the child lives, no more are counted than the largest one has places.
    """
    place, most = now.provider, _most(now)
    if place is None or most is None or _away(now):
        return None
    one_house = place.under_one_roof is None or place.under_one_roof >= place.living
    facts: dict[str, str] = {}
    if now.stay.unit is not None:
        roof = place.roofs.get(now.stay.unit, 0) + 1
        facts = {"house": "known"}
    else:
        roof = place.living + 1 if one_house else place.under_one_roof or 0
    return _size(now, roof <= most, {"under_one_roof": str(roof), "allowed": str(most)} | facts)


def _most(now: Situation) -> int | None:
    for line in now.book.table(_LIMITS, now.on, now.stay.area):
        if line["id"] == now.form.code and "children_at_most" in line:
            return int(line["children_at_most"])
    if now.form.provider_kind == FAMILY_TYPE_HOME:
        return now.law.family_type_home_children
    return now.law.house_children if now.form.residential else None


def institution_size(now: Situation) -> Finding | None:
    """No institution is larger than the law allows; those that are take nobody new."""
    place, most = now.provider, now.law.institution_children
    if place is None or most is None or _away(now) or not now.form.residential or now.form.provider_kind != FACILITY:
        return None
    size = max(place.places or 0, place.living + 1)
    return _size(now, size <= most, {"children": str(size), "allowed": str(most)})


def _away(now: Situation) -> bool:
    """Whether the child is away for so long that its place is another's; who comes back is judged again."""
    return now.when is When.STANDING and not now.stay.place_kept


def _size(now: Situation, met: bool, facts: dict[str, str]) -> Finding:
    siblings = not met and len(living_here(now)) > 0
    return Finding(
        satisfied=met,
        due=now.heal_by,
        facts=facts,
        against=TOGETHER if siblings else None,
        deviable=siblings if not met else None,
    )


CAPACITY = Rule(
    id="capacity",
    title="A free place",
    source="A/RES/64/142 paras 123-127",
    owner=_OWNER,
    satisfied_by="Another place; or, where brothers or sisters live there, a reasoned deviation signed by a second "
    "person.",
    judge=capacity,
    when=_STAYS,
    tier=Tier.SIZE,
    for_siblings=True,
    parameters=("breach_due", "legacy_decision_due"),
)
HOUSE_SIZE = Rule(
    id="house-size",
    title="A house of a bearable size",
    source="A/RES/64/142 para 123; the number is national law",
    owner=_OWNER,
    satisfied_by="A smaller house; or, where brothers or sisters live there, a reasoned deviation signed by a second "
    "person.",
    judge=house_size,
    when=_STAYS,
    tier=Tier.SIZE,
    for_siblings=True,
    parameters=("house_children", "family_type_home_children", "breach_due", "legacy_decision_due"),
)
INSTITUTION_SIZE = Rule(
    id="institution-size",
    title="No large institution",
    source="A/RES/64/142 para 23; the number is national law",
    owner=_OWNER,
    satisfied_by="Care in a family or a small home; or, where brothers or sisters live there, a reasoned deviation "
    "signed by a second person.",
    judge=institution_size,
    when=_STAYS,
    tier=Tier.SIZE,
    for_siblings=True,
    parameters=("institution_children", "breach_due", "legacy_decision_due"),
)
RULES = (CAPACITY, HOUSE_SIZE, INSTITUTION_SIZE)
