"""What becomes of a way home by itself: when days pass, and when the child is recorded elsewhere (CARE C13).

Re-entry into care breaks a return down; death and coming of age end it; a look or a trial that is overdue is told.
Not here: what people do (reintegration), when this is asked (handlers).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from services.placements.domain import codes
from services.placements.domain import reintegration_facts as facts
from services.placements.domain.absences import AbsenceState
from services.placements.domain.days import months_later
from services.placements.domain.placement import Placement, State
from services.placements.domain.reintegration import Reintegration, ReintegrationState
from services.placements.domain.situation import Lived, OtherRecord, StayElsewhere
from services.placements.domain.whereabouts import Whereabouts

ONE_DAY = timedelta(days=1)


def go_on(
    way: Reintegration,
    child: Whereabouts,
    formal: Callable[[str], bool],
    of_age: date | None,
    months: Sequence[int],
    new_id: Callable[[], UUID],
    today: date,
    deciding: Collection[UUID] = (),
    others: Sequence[OtherRecord] = (),
) -> None:
    """Bring a way home up to what is known today. Doing it again changes nothing.

    `of_age`: the day on which the child is certainly of age; `formal`: whether a care form is formal care; `months`:
    when follow-ups fall due; `deciding`: the decisions that permit the return; `others`: records merged with this one.
    """
    stay = child.placement(way.placement)
    if way.state is ReintegrationState.BROKEN_DOWN and way.re_entry and not _counts(child, others, way.re_entry):
        way.resume()
    if way.before_return:
        _before_return(way, child, stay, of_age, today)
    if way.before_return and _went_home(stay) and stay.to:
        way.return_home(stay.to, months, [new_id() for _ in months], today, way.preparation.unmet(deciding))
    if way.at_home:
        _at_home(way, child, stay, formal, of_age, today, others)
    _tell_overdue(way, today)
    way.seen = child.version + sum(each.version for each in others if each.id in child.known.same)
    way.born_to, way.next_on = child.known.born_to, _next(way, of_age)


def _before_return(way: Reintegration, child: Whereabouts, stay: Placement, of_age: date | None, today: date) -> None:
    if way.state is ReintegrationState.TRIAL and (back := _back(way, child)):
        way.stop_trial(back)
    if child.known.withdrawn or stay.state is State.WITHDRAWN:
        way.end(today, facts.IN_ERROR)
    elif _went_home(stay):
        return
    elif child.known.died_on:
        way.end(child.known.died_on, facts.DIED)
    elif of_age and of_age <= (stay.to or today):
        way.end(of_age, facts.CAME_OF_AGE)
    elif stay.to and child.active:
        if way.state is ReintegrationState.TRIAL:
            way.stop_trial(max(stay.to, way.trial_from or stay.to))
        way.placement, way.area = child.active.id, child.active.area
        way.version += 1
    elif stay.to:
        way.end(stay.to, facts.LEFT_CARE_OTHERWISE)


def _at_home(
    way: Reintegration,
    child: Whereabouts,
    stay: Placement,
    formal: Callable[[str], bool],
    of_age: date | None,
    today: date,
    others: Sequence[OtherRecord],
) -> None:
    if child.known.withdrawn or not _went_home(stay) or stay.to is None:
        way.end(today, facts.IN_ERROR)
        return
    if stay.to != way.returned_on:
        _redate(way, stay.to)
    lived: list[Lived] = [each for each in child.placements if each.lived and each.id != stay.id]
    lived += _stays(others)
    back = [each for each in lived if each.from_ >= stay.to and formal(each.care_form)]
    again = min(back, key=lambda each: each.from_, default=None)
    died = child.known.died_on
    days = (again.from_ if again else None, died, of_age)
    first = min((day for day in days if day is not None and day <= today), default=None)
    if first is None:
        return
    if again and first == again.from_:
        way.break_down(first, facts.RE_ENTRY, again.id)
    else:
        way.end(max(first, stay.to), facts.DIED if first == died else facts.CAME_OF_AGE)


def _redate(way: Reintegration, returned_on: date) -> None:
    """The day of the return was corrected: the looks that were not held move with it."""
    way.returned_on = returned_on
    for look in way.follow_ups:
        if look.held_on is None:
            look.due = months_later(returned_on, look.month)
    way.version += 1


def _tell_overdue(way: Reintegration, today: date) -> None:
    if way.state is ReintegrationState.TRIAL and way.trial_until and way.trial_until < today and not way.trial_told:
        way.trial_told = True
        way.record(facts.TrialOverdue(way.child, way.id, way.trial_until, way.area))
    for look in way.follow_ups if way.at_home else ():
        if look.held_on is None and not look.missed and not look.told and look.due < today:
            look.told = True
            way.record(facts.FollowUpOverdue(way.child, way.id, look.month, look.due, look.id, way.area))


def _next(way: Reintegration, of_age: date | None) -> date | None:
    """The next day on which time alone may change something; None: it does not any more."""
    days = [look.due + ONE_DAY for look in way.follow_ups if not (look.told or look.held_on or look.missed)]
    if way.before_return:
        days = [way.trial_until + ONE_DAY] if way.trial_until and not way.trial_told else []
    if not (way.before_return or way.at_home):
        return None
    return min([*days, *([of_age] if of_age else [])], default=None)


def _back(way: Reintegration, child: Whereabouts) -> date | None:
    """The day on which the absence that the trial is was over, where it was so recorded alone."""
    over = {AbsenceState.BACK, AbsenceState.WITHDRAWN}
    trials = [each for each in child.absences if each.kind == facts.TRIAL_AT_HOME and each.from_ == way.trial_from]
    if not trials or any(each.state not in over for each in trials):
        return None
    return max(each.to if each.to and each.state is AbsenceState.BACK else each.from_ for each in trials)


def _went_home(stay: Placement) -> bool:
    return stay.state is State.ENDED and stay.destination == codes.HOME


def _counts(child: Whereabouts, others: Sequence[OtherRecord], placement: UUID) -> bool:
    if child.has(placement):
        return child.placement(placement).lived
    return any(each.id == placement for each in _stays(others))


def _stays(others: Sequence[OtherRecord]) -> tuple[StayElsewhere, ...]:
    return tuple(stay for each in others for stay in each.stays)
