"""What time does to decisions: they begin, are carried out, lapse, and end on their day. Functions on whereabouts.

`notice` is called by every review, also as of the days and hours on which nobody looked. A clock calls `lapse_oral` at
the hour of an oral order; whoever acts after that hour and before the clock finds it lapsed too. Not here: notices.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import decision_facts as facts
from services.placements.domain import decisions, decisions_notices, decisions_standing
from services.placements.domain.decision import VOLUNTARY, Decision, DecisionStatus
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Impossible, State
from shared.errors import Conflict

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

DAY = timedelta(days=1)
ENDING = frozenset({DecisionStatus.IN_FORCE, DecisionStatus.ORAL, DecisionStatus.SUSPENDED, DecisionStatus.UNSIGNED})
"""Those whose time still runs."""


def notice(child: "Whereabouts", act: Act) -> None:
    """Notice what became of decisions by the day of the act; facts name the day on which it was so."""
    if child.known.withdrawn:
        _fall_away(child)
    for each in child.decisions:
        if each.carried_out_on is None and each.holds(act.today):
            here = next((one for one in child.placements if one.state is State.ACTIVE and each.permits(one)), None)
            if here is not None:
                _carry_out(child, each, max(here.from_, each.effective_from))
        if _lapses_on(each) <= act.today and each.status in ENDING and child.known.died_on is None:
            end(child, each, DecisionStatus.LAPSED, _lapses_on(each))
        if each.status in ENDING and each.in_force_until is not None and each.in_force_until <= act.today:
            end(child, each, DecisionStatus.ENDED, each.in_force_until)
    for each, hour in _unconfirmed(child):
        if hour <= act.moment:
            end(child, each, DecisionStatus.LAPSED, hour.astimezone(act.law.calendar.zone).date())


def hours(child: "Whereabouts") -> Iterator[datetime]:
    """The hours up to which oral orders are to be confirmed; then they lapse. Not those that were over from the start.

    An order that is written down after its hour lapses as it is written down: nothing is looked at as of before.
    """
    yield from (hour for each, hour in _unconfirmed(child) if hour > each.recorded_at)


def changes_on(child: "Whereabouts", act: Act) -> Iterator[date]:
    """The days to come on which time alone changes a decision."""
    for each in child.decisions:
        if each.status in ENDING:
            days = (each.effective_from, each.in_force_until, _lapses_on(each))
            yield from (day for day in days if day is not None and act.today < day < date.max)
    for _, hour in _unconfirmed(child):  # one that rests has no clock of its own: the day's turn sees to it
        day = hour.astimezone(act.law.calendar.zone).date()
        yield from (each for each in (day, day + DAY) if act.today < each)


def end(child: "Whereabouts", decision: Decision, status: DecisionStatus, on: date) -> None:
    """It holds no longer from a day on."""
    decision.enter(status)
    decision.ended_on = on
    child.record(facts.DecisionEnded(child.id, decision.id, decision.case, str(status), on, decision.area))


def carry_out(child: "Whereabouts", id_: UUID, on: date, act: Act) -> Decision:
    """What was decided was done on a day: also where no stay shows it, such as support at home.

    Raises Impossible for a day in the future or before it held, Conflict where it was done before.
    """
    decision = decisions.find(child, id_)
    if decision.carried_out_on is not None:
        raise Conflict("It was carried out before.", field="decision", rule="not-carried-out-yet")
    if on > act.today or on < decision.effective_from:
        raise Impossible("It cannot have been carried out then.", field="on", rule="not-in-the-future")
    in_time = decision.carry_out_by is not None and on <= decision.carry_out_by
    late_news = decision.status is DecisionStatus.LAPSED and in_time and not decisions_standing.changed(child, decision)
    stands = decisions_standing.standing(child, decision) is DecisionStatus.IN_FORCE
    if not (decision.status is DecisionStatus.IN_FORCE or (late_news and stands)):
        raise Conflict(f"It is {decision.status}.", field="decision", rule="decision-in-force")
    decisions_standing.resume(child, decision)
    _carry_out(child, decision, on)
    child.review(act)
    return decision


def lapse_oral(child: "Whereabouts", at: datetime, act: Act) -> int:
    """Oral orders that were not confirmed by a moment lapse, each at its hour; how many."""
    late = [each for each, hour in _unconfirmed(child) if hour <= at]
    if late:
        child.review(replace(act, today=at.astimezone(act.law.calendar.zone).date(), at=at))
    return len(late)


def agreement_withdrawn(child: "Whereabouts", at: datetime, until: datetime | None, act: Act) -> int:
    """Parents took back their agreement: what rests on it holds until the hours for return or an order are over.

    `until` None: the pack does not know those hours, and nothing holds beyond the day. Returns how many decisions.
    """
    zone = act.law.calendar.zone
    last = (until or at).astimezone(zone).date() + DAY
    found = [each for each in child.decisions if rests_on_agreement(each, at)]
    for each in found:
        each.in_force_until = max(min(last, each.in_force_until or last), each.effective_from + DAY)
        each.agreement_withdrawn_at = at
        child.record(facts.DecisionCorrected(**decisions.stated(each), withdrawn=False))
    if found:
        child.review(act)
    return len(found)


def rests_on_agreement(decision: Decision, at: datetime) -> bool:
    """Whether a decision holds by an agreement that was withdrawn at a moment."""
    earlier = decision.recorded_at < at and decision.agreement_withdrawn_at is None
    return decision.situation == VOLUNTARY and decision.status in ENDING and earlier


def _fall_away(child: "Whereabouts") -> None:
    """The entry of the child was made in error: so were its decisions, and nobody need be told of them."""
    for each in child.decisions:
        if each.status in ENDING:
            each.enter(DecisionStatus.WITHDRAWN)
            child.record(facts.DecisionCorrected(**decisions.stated(each), withdrawn=True))
            decisions_notices.drop(child, each.id)
    for taken in child.emergencies:
        decisions_notices.drop(child, taken.id)


def _unconfirmed(child: "Whereabouts") -> Iterator[tuple[Decision, datetime]]:
    """Oral orders that nobody has confirmed, and their hour; an appeal does not put it off."""
    for each in child.decisions:
        waits = each.status in {DecisionStatus.ORAL, DecisionStatus.SUSPENDED}
        if waits and each.unconfirmed and each.confirm_by is not None:
            yield each, each.confirm_by


def _carry_out(child: "Whereabouts", decision: Decision, on: date) -> None:
    decision.carried_out_on = on
    child.record(facts.DecisionExecuted(child.id, decision.id, decision.case, on))


def _lapses_on(decision: Decision) -> date:
    if decision.carried_out_on is not None or decision.carry_out_by is None:
        return date.max
    return decision.carry_out_by + DAY
