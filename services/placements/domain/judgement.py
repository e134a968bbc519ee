"""Which rules apply to which of a child's placements, and what they say. Pure; whereabouts acts on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain import rules
from services.placements.domain.days import Span
from services.placements.domain.placement import Ground, Placement, State
from services.placements.domain.possible import KnownChild


@dataclass(frozen=True)
class Act:
    """What every act needs to know: the day, the law, and where fresh ids come from."""

    today: date
    law: rules.LawBook
    new_id: Callable[[], UUID]


def standing(known: KnownChild, placements: Sequence[Placement], act: Act) -> Iterator[tuple[Placement, rules.Verdict]]:
    """The verdicts on what is: on every claim, every stay, and the stay that goes on."""
    for each in placements:
        if each.state is State.CLAIMED:
            yield each, rules.one_place(each.span, _law(each, act), act.today)
        if each.lived:
            yield each, rules.after_birth(known.born_from, each.span, _law(each, act), act.today)
        if each.state is State.ACTIVE:
            yield from ((each, verdict) for verdict in _going_on(known, placements, each, act))


def permission(
    known: KnownChild, placements: Sequence[Placement], asked: Placement, act: Act
) -> Iterator[rules.Verdict]:
    """The verdicts on a stay that someone asks to authorise, in the order of their precedence (CARE C12)."""
    form = act.law.care_form(asked.care_form)
    reasons = {code: act.law.reason_class(code) for code in (asked.entry_reason, *asked.other_reasons)}
    yield _under_three(known, placements, asked, act)
    yield rules.registered_provider(form, asked.provider is not None, _law(asked, act), act.today)
    yield rules.not_for_poverty(form, reasons, act.today)


def _going_on(known: KnownChild, placements: Sequence[Placement], stay: Placement, act: Act) -> Iterator[rules.Verdict]:
    law, form = _law(stay, act), act.law.care_form(stay.care_form)
    if known.confirmed:  # the birth date comes with registry's event, which reviews again
        yield _under_three(known, placements, stay, act)
    yield rules.registered_provider(form, stay.provider is not None, law, act.today)
    if stay.ground is Ground.IMPORTED:
        yield rules.legacy_decision(form, stay.decided, law, stay.recorded_on)
    else:
        emergencies = [each.span for each in placements if each.lived and each.urgent] if stay.urgent else []
        yield rules.decision(form, stay.decided, emergencies, law, act.today)


def _under_three(known: KnownChild, placements: Sequence[Placement], stay: Placement, act: Act) -> rules.Verdict:
    form = act.law.care_form(stay.care_form)
    earlier = [
        Span(each.from_, each.to or max(stay.from_, each.from_))
        for each in placements
        if each.lived and each.id != stay.id and act.law.care_form(each.care_form).residential
    ]
    ends = stay.planned_to
    if ends and stay.state is State.ACTIVE:
        ends = max(ends, act.today)  # a planned end that has passed ended nothing
    return rules.under_three(known.born_to, earlier, Span(stay.from_, ends), form, _law(stay, act), act.today)


def _law(placement: Placement, act: Act) -> rules.Law:
    return act.law.law(placement.area, placement.from_, act.today)
