"""Rules that hang on the child's age: after birth, under three, the least age for residential care.

An uncertain birth date is read protectively, as the youngest possible age (CARE C12). Calendar arithmetic is in days.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from services.placements.domain import legacy
from services.placements.domain.days import Span, birthday, months_later, nights
from services.placements.domain.placement import Placement, State
from services.placements.domain.refusals import UnderThreeInResidentialCare
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.rules_siblings import TOGETHER, living_here
from services.placements.domain.situation import Lived, Situation


def after_birth(now: Situation) -> Finding | None:
    """A stay does not begin before the child can have been born; a corrected birth date may make it seem so."""
    possible = now.known.born_from is None or now.stay.from_ >= now.known.born_from
    return Finding(satisfied=possible, due=now.heal_by, facts={"from": now.stay.from_.isoformat()})


def third_birthday(now: Situation) -> date:
    """The day from which the child certainly is three; date.max where no birth date is known."""
    born = now.known.born_to
    return birthday(born, now.law.under_three_age, now.law.leap_birthday) if born else date.max


def residential_nights(now: Situation) -> tuple[Span, ...]:
    """The child's other residential stays that count towards the allowance, in order; also those of merged records.

    Where a stay is to be permitted, so do those that were permitted and have not begun, under whichever record: of two
    permitted beforehand each would fit alone. They add up over the child's life, also over gaps; a pack may say after
    how many days at home counting begins anew.
    """
    began, book = now.stay.from_, now.book
    others: list[tuple[Lived, date]] = [(each, max(began, each.from_)) for each in now.others]
    others += [(each, max(began, each.from_, now.today)) for each in now.elsewhere]
    spans = [(each, Span(each.from_, each.to or until)) for each, until in others]
    if now.when is not When.STANDING:
        spans += [(each, Span(max(each.from_, now.today), each.planned_to)) for each in _permitted(now)]
        ahead = (each for each in now.planned_elsewhere if each.to is not None and each.to > now.today)
        spans += [(each, Span(max(each.from_, now.today), each.to)) for each in ahead]
    residential = sorted(
        (span for each, span in spans if book.care_form(each.care_form).residential),
        key=lambda span: span.from_,
    )
    reset = now.law.under_three_reset_after
    return tuple(residential) if reset is None else _since_reset(residential, now.stay.from_, reset)


def _permitted(now: Situation) -> Iterable[Placement]:
    """Stays that are to begin, or to go on, up to a planned end that lies ahead."""
    planned = (each for each in now.placements if each.state is State.PLANNED and each is not now.stay)
    return (each for each in planned if each.planned_to is not None and each.planned_to > now.today)


def _since_reset(spans: Iterable[Span], began: date, reset: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        if kept and kept[-1].to and (span.from_ - kept[-1].to).days >= reset:
            kept.clear()
        kept.append(span)
    last = max((span.to or began for span in kept), default=began)
    return () if (began - last).days >= reset and last <= began else tuple(kept)


def under_three(now: Situation) -> Finding | None:
    """All residential nights before the third birthday fit the allowance, and the stay has a planned end.

    The allowance is counted in nights from the first start to the same day so many calendar months later, clipped to
    the month's end. After the third birthday it cannot be breached; the planned end and the reviews stay.
    """
    if not now.form.residential or (now.when is When.STANDING and not now.known.confirmed):
        return None  # the birth date comes with registry's event, which reviews again
    third, stay = third_birthday(now), now.stay
    if stay.from_ >= third or now.today >= third:
        return Finding(satisfied=True, due=now.today)
    ends = stay.planned_to
    if ends and stay.state is State.ACTIVE:
        ends = max(ends, now.today)  # a planned end that has passed ended nothing
    spans = (*(span for span in residential_nights(now) if span.from_ < third), Span(stay.from_, ends))
    first = min(span.from_ for span in spans)
    allowance = (months_later(first, now.law.under_three_residential_stay) - first).days
    used, planned = nights(spans, min(third, now.today)), nights(spans, third) if ends else None
    spent_on = now.today + timedelta(days=allowance - used)
    due = min(spent_on, now.heal_by) if used < allowance and not legacy.came_with(stay, now.today) else now.heal_by
    fits = planned is not None and planned <= allowance
    facts = {
        "care_form": now.form.code,
        "third_birthday": third.isoformat() if now.known.born_to else "unknown",
        "nights_allowed": str(allowance),
        "nights_until_today": str(used),
        "nights_planned": "no planned end" if planned is None else str(planned),
    }
    spent = max(stay.from_, now.today) + timedelta(days=max(0, allowance - used) + 1)  # one night too many
    until = min(third, spent) if fits else third
    here = not fits and len(living_here(now)) > 0
    if here:
        facts["sibling_exception"] = "may be signed"
    return Finding(
        satisfied=fits,
        due=due,
        facts=facts,
        until=until if until < date.max else None,
        against=TOGETHER if here else None,
        deviable=here,
    )


def minimum_age(now: Situation) -> Finding | None:
    """Nobody below the law's least age is in residential care."""
    least, born = now.law.minimum_age_residential, now.known.born_to
    if least is None or not now.form.residential or (now.when is When.STANDING and not now.known.confirmed):
        return None
    old_enough = now.turns(born, least) if born else date.max
    met = old_enough <= now.on
    facts = {
        "care_form": now.form.code,
        "least_age": str(least),
        "old_enough_on": old_enough.isoformat() if born else "unknown",
    }
    return Finding(satisfied=met, due=now.heal_by, facts=facts, until=None if met or not born else old_enough)


AFTER_BIRTH = Rule(
    id="stay-before-birth",
    title="No stay before birth",
    source="arithmetic",
    owner="gatekeeper",
    satisfied_by="Correct the birth date in registry, or the first day of the stay.",
    judge=after_birth,
    when=frozenset({When.STANDING}),
    states=frozenset({State.ACTIVE, State.ENDED}),
    tier=Tier.SAFETY,
    parameters=("breach_due", "legacy_decision_due"),
)
UNDER_THREE = Rule(
    id="under-three-residential",
    title="Under three: residential care short, and with a planned end",
    source="A/RES/64/142 para 22; UNICEF CEE/CIS, November 2013",
    owner="gatekeeper",
    satisfied_by="Care in a family; or a decision whose planned end keeps all residential nights within the allowance; "
    "or, where brothers or sisters really live there, a signed exception with a day to look again.",
    judge=under_three,
    when=frozenset({When.DECIDING, When.PERMISSION, When.STANDING}),
    tier=Tier.UNDER_THREE,
    parameters=(
        "under_three_age",
        "under_three_residential_stay",
        "under_three_reset_after",
        "sibling_exception_review",
        "leap_birthday",
        "breach_due",
        "legacy_decision_due",
    ),
    for_siblings=True,
    look_again="sibling_exception_review",
    refusal=UnderThreeInResidentialCare,
)
MINIMUM_AGE = Rule(
    id="minimum-age-residential",
    title="Nobody below the least age in residential care",
    source="A/RES/64/142 para 22; the number is national law",
    owner="gatekeeper",
    satisfied_by="Care in a family.",
    judge=minimum_age,
    when=frozenset({When.DECIDING, When.PERMISSION, When.STANDING}),
    tier=Tier.UNDER_THREE,
    parameters=("minimum_age_residential", "leap_birthday", "breach_due", "legacy_decision_due"),
)
RULES = (AFTER_BIRTH, UNDER_THREE, MINIMUM_AGE)
