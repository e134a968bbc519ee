"""Rules on the place: registered, of the kind that gives the form, approved, for this child, near home.

Not here: its size and room (rules_room).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from services.placements.domain.leaving_care_facts import ADULT_INSTITUTION
from services.placements.domain.refusals import ProviderNotRegistered
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import ProviderFacts, Situation

_STAYS = frozenset({When.PERMISSION, When.STANDING})
LIMITS = "care_form_limits"
HOMEWARDS = frozenset({"RETURN", "TRIAL_AT_HOME", "EXIT_BEFORE_18"})
OF_A_PERSON = frozenset({"BY_CARER", "KINSHIP"})
"""Care by somebody whom the child knows, or who was appointed: by a person, who need be no place on record."""
RELIED_ON: Mapping[str, frozenset[str]] = {"decision_act": HOMEWARDS}


def registered_provider(now: Situation) -> Finding | None:
    """Residential care has a registered provider; family care may have a carer without one."""
    known = now.stay.provider is not None or not now.form.residential
    return Finding(satisfied=known, due=now.heal_by, facts={"care_form": now.form.code})


def form_permitted(now: Situation) -> Finding | None:
    """The law of the country knows the care form."""
    # What leads home, or out of care, permits none: that act asks for less, and other bodies may decide it. A court's
    # order is taken as it is.
    act = None if getattr(now.decision, "ordered", False) else getattr(now.decision, "act", None)
    met = now.form.permitted and not (now.form.formal and act in HOMEWARDS)
    return Finding(satisfied=met, due=now.heal_by, facts={"care_form": now.form.code})


def form_fits_place(now: Situation) -> Finding | None:
    """The place is of the kind that gives this form of care: no home counts as a family, nor a family as a home.

    Of an institution for adults another rule speaks.
    """
    place = now.provider
    if place is None or place.kind == ADULT_INSTITUTION:
        return None
    facts = {"care_form": now.form.code, "provider_kind": place.kind}
    return Finding(satisfied=place.kind == now.form.provider_kind, due=now.heal_by, facts=facts)


def approved(now: Situation) -> Finding | None:
    """The licence or approval holds on the day; it lapses as time passes, on the day it names.

    A form of care that asks for an approval is permitted at a named place that has one on record. Kin and a guardian
    need be no place on record; where they are named as one, it is approved too.
    """
    place = now.provider
    if place is None:
        asks = now.form.approval and now.form.bucket not in OF_A_PERSON and now.when is When.PERMISSION
        return Finding(satisfied=False, due=now.heal_by, facts={"state": "none named"}) if asks else None
    # What is lived where no approval was ever on record, as after an import, is not held against the place.
    needed = place.approval_needed or (now.form.approval and now.when is When.PERMISSION)
    if not (needed or place.suspended or place.closed):
        return None
    begins, ends = place.approved_from, place.approved_to
    holds = begins is not None and begins <= now.on and (ends is None or now.on < ends)
    met = not place.closed and not place.suspended and (holds or not needed)
    facts = {
        "approved_from": begins.isoformat() if begins else "none",
        "approved_to": ends.isoformat() if ends else "open",
        "state": "closed" if place.closed else "suspended" if place.suspended else "open",
    }
    return Finding(satisfied=met, due=now.heal_by, facts=facts, until=_ahead(now.on, (begins, ends)))


def _ahead(on: date, days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None and day > on), default=None)


def takes_this_child(now: Situation) -> Finding | None:
    """The place, and the care form by law, take a child of this age and sex in this form.

    An uncertain birth date is read as the youngest possible age. Where it is not known whom the place takes, nothing is
    said.
    """
    place = now.provider
    ages = [each for each in (place.ages if place else None, _form_ages(now)) if each]
    sex = now.known.sex if now.known.sex in {"F", "M"} else None
    sexes = place.sexes if place else frozenset[str]()
    forms = place.care_forms if place else frozenset[str]()
    if not (ages or forms or (sexes and sex)):
        return None
    born = now.known.born_to
    bounds = [(now.turns(born, first), now.turns(born, last + 1)) for first, last in ages] if born else []
    fits = all(begins <= now.on < ends for begins, ends in bounds)
    met = fits and (not sexes or sex is None or sex in sexes) and (not forms or now.form.code in forms)
    facts = {"care_form": now.form.code}
    facts |= {"takes_ages": " ".join(f"{first}-{last}" for first, last in ages)} if ages else {}
    facts |= {"takes_sex": " ".join(sorted(sexes))} if sexes else {}
    facts |= {"takes_forms": " ".join(sorted(forms))} if forms else {}
    until = _ahead(now.on, (day for pair in bounds for day in pair))
    return Finding(satisfied=met, due=now.heal_by, facts=facts, until=until)


def _form_ages(now: Situation) -> tuple[int, int] | None:
    for line in now.book.table(LIMITS, now.on, now.stay.area):
        if line["id"] == now.form.code and ("from_age" in line or "until_age" in line):
            return int(line.get("from_age", 0)), int(line.get("until_age", 25)) - 1
    return None


def close_to_home(now: Situation) -> Finding | None:
    """The place lies in or near the area of the child's home, counted in levels of the tree of areas."""
    allowed, home = now.law.close_to_home_levels, now.known.area
    if allowed is None or home is None or not now.form.formal:
        return None
    where = _area(now.provider, now)
    levels = now.book.levels_between(home, where, now.on)
    if levels is None:
        return None
    facts = {"home": home, "place": where, "levels": str(levels), "levels_allowed": str(allowed)}
    against = "siblings-together" if levels > allowed and _siblings_there(now) else None
    return Finding(satisfied=levels <= allowed, due=now.heal_by, facts=facts, against=against)


def _area(place: ProviderFacts | None, now: Situation) -> str:
    return place.area if place else now.stay.area


def _siblings_there(now: Situation) -> bool:
    return any(each.provider is not None and each.provider == now.stay.provider for each in now.siblings)


REGISTERED_PROVIDER = Rule(
    id="registered-provider",
    title="Residential care at a registered provider",
    source="A/RES/64/142 para 105",
    owner="gatekeeper",
    satisfied_by="Register the provider, and record the placement there.",
    judge=registered_provider,
    when=_STAYS,
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
    refusal=ProviderNotRegistered,
)
FORM_PERMITTED = Rule(
    id="care-form-permitted",
    title="A form of care that the law knows",
    source="national law (care_form.csv, column permitted)",
    owner="gatekeeper",
    satisfied_by="Another form of care.",
    judge=form_permitted,
    when=_STAYS | {When.DECIDING},
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
)
FORM_FITS_PLACE = Rule(
    id="form-fits-place",
    title="A form of care that the place gives",
    source="Kinward, DOMAIN 3; which kind of place gives a form is the pack's (care_form.csv, column provider_kind)",
    owner="gatekeeper",
    satisfied_by="A place of the kind that gives this form of care; or record the form that the place gives.",
    judge=form_fits_place,
    when=_STAYS,
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
)
APPROVAL = Rule(
    id="approval-in-force",
    title="A licence or approval in force",
    source="A/RES/64/142 para 105",
    owner="gatekeeper",
    satisfied_by="Name the approved family or place; renew the licence or approval; or another place for the child.",
    judge=approved,
    when=_STAYS,
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
)
TAKES_THIS_AGE = Rule(
    id="takes-this-age",
    title="A place for a child of this age and sex",
    source="Kinward, DOMAIN 3; ages of care forms are national law",
    owner="gatekeeper",
    satisfied_by="A place that takes the child; or a reasoned deviation, signed by a second person.",
    judge=takes_this_child,
    when=_STAYS,
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due", "leap_birthday"),
    deviation=True,
)
CLOSE_TO_HOME = Rule(
    id="close-to-home",
    title="Close to home",
    source="A/RES/64/142 para 11",
    owner="gatekeeper",
    satisfied_by="A place nearer home; or a reasoned deviation, signed by a second person, with how contact is kept.",
    judge=close_to_home,
    when=_STAYS,
    tier=Tier.CLOSE_TO_HOME,
    parameters=("close_to_home_levels", "breach_due", "legacy_decision_due"),
    deviation=True,
)
RULES = (REGISTERED_PROVIDER, FORM_PERMITTED, FORM_FITS_PLACE, APPROVAL, TAKES_THIS_AGE, CLOSE_TO_HOME)
