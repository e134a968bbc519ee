"""What becomes of leaving care by itself: a plan, a look or a visit that is overdue; that someone left, or came back.

Not here: what people do (leaving_care), when this is asked (handlers).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.placements.domain import codes
from services.placements.domain import leaving_care_facts as facts
from services.placements.domain.leaving_care import LeavingCare, LeavingCareState
from services.placements.domain.placement import Placement
from services.placements.domain.whereabouts import Whereabouts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class LeavingLaw:
    """What the law says to one young person today.

    `of_age`: the day of certain majority; `until`: the day on which aftercare ends by age; None: not known. `months`:
    when outcomes are asked; `visit_due`: of the next visit, counted from a day.
    """

    of_age: date | None
    until: date | None
    months: Sequence[int]
    visit_due: Callable[[date], date | None]
    formal: Callable[[str], bool]
    new_id: Callable[[], UUID]


def go_on(leaving: LeavingCare, child: Whereabouts, law: LeavingLaw, today: date) -> None:
    """Bring it up to what is known today. Doing it again changes nothing."""
    stay = child.active if child.active and law.formal(child.active.care_form) else None
    if leaving.state is LeavingCareState.ENDED:
        return
    leaving.until = law.until
    if child.known.withdrawn:
        leaving.end(today, facts.IN_ERROR)
    elif child.known.died_on:
        leaving.end(child.known.died_on, facts.DIED)
    elif stay:
        leaving.placement, leaving.area = stay.id, stay.area
        if leaving.state is LeavingCareState.AFTERCARE:
            leaving.resume()
    elif leaving.in_care:
        _left(leaving, child, law, today)
    if leaving.state is LeavingCareState.AFTERCARE and law.until and law.until <= today:
        leaving.end(law.until, facts.CONTACT_ENDED)
    _tell_overdue(leaving, today)
    leaving.seen, leaving.born, leaving.next_on = child.version, child.known.born_to, _next(leaving)


def _left(leaving: LeavingCare, child: Whereabouts, law: LeavingLaw, today: date) -> None:
    """The last stay in care ended: into an own life, or elsewhere; of someone of age always into an own life."""
    stays = [each for each in child.placements if each.lived and each.to and law.formal(each.care_form)]
    last: Placement | None = max(stays, key=lambda each: (each.to or today, each.from_), default=None)
    if last is None or last.to is None:
        leaving.end(today, facts.IN_ERROR)
        return
    grown = law.of_age is not None and law.of_age <= last.to
    if not grown and last.destination not in facts.OWN_LIFE:
        leaving.end(last.to, facts.BACK_HOME if last.destination == codes.HOME else facts.ELSEWHERE)
        return
    ids = [law.new_id() for _ in law.months]
    leaving.leave(last.to, early=not grown, months=law.months, ids=ids, visit_due=law.visit_due(last.to))


def _tell_overdue(leaving: LeavingCare, today: date) -> None:
    child, id_, area = leaving.child, leaving.id, leaving.area
    if leaving.state is LeavingCareState.PLANNED and leaving.review_due and leaving.review_due < today:
        if not leaving.told:
            leaving.record(facts.ReadinessReviewOverdue(child, id_, leaving.review_due, area))
        leaving.told = True
    if leaving.state is not LeavingCareState.AFTERCARE:
        return
    for visit in leaving.visits:
        if visit.due and visit.due < today and not visit.held_on and not visit.told:
            visit.told = True
            leaving.record(facts.AftercareOverdue(child, id_, visit.due, visit.month, visit.id, area))
    if leaving.visit_due and leaving.visit_due < today and not leaving.told:
        leaving.told = True
        leaving.record(facts.AftercareOverdue(child, id_, leaving.visit_due, None, id_, area))


def _next(leaving: LeavingCare) -> date | None:
    """The next day on which time alone changes something; None: none does."""
    days: list[date] = []
    if leaving.state is LeavingCareState.PLANNED and leaving.review_due and not leaving.told:
        days.append(leaving.review_due + ONE_DAY)
    if leaving.state is LeavingCareState.AFTERCARE:
        days += [each.due + ONE_DAY for each in leaving.visits if each.due and not (each.held_on or each.told)]
        days += [leaving.visit_due + ONE_DAY] if leaving.visit_due and not leaving.told else []
        days += [leaving.until] if leaving.until else []
    return min(days, default=None)
