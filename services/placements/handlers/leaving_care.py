"""What happens when placements is asked about leaving care and coming of age, and what time brings.

Each handler locks the child's whereabouts first. Not here: what a step needs (domain.leaving_care).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import leaving_care as commands
from services.placements.domain import leaving_care_course, possible
from services.placements.domain.coming_of_age import MAJORITY, MAJORITY_WITH_GUARDIAN, perhaps_on
from services.placements.domain.days import birthday, months_later
from services.placements.domain.leaving_care import LeavingCare, LeavingCares
from services.placements.domain.leaving_care_facts import EXIT_BEFORE_18, INDEPENDENT, STAY_AFTER_18
from services.placements.domain.leaving_care_majority import ComingOfAge, ComingOfAgeState, ComingsOfAge
from services.placements.domain.reintegration_facts import DECIDED
from services.placements.handlers import placements, reintegration
from shared.errors import Invalid
from shared.ids import new_id

A_TURN = 500
PLAN_AGE, PLAN_DUE, REVIEW = "leaving_care_plan_age", "leaving_care_plan_due", "leaving_care_review"
AFTERCARE_AGE, AFTERCARE_VISIT, OUTCOMES = "aftercare_until_age", "aftercare_visit", "aftercare_outcomes"
DECISION_DUE = "coming_of_age_decision"
ENTITLEMENTS = "entitlements"


class UnitOfWork(reintegration.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def leaving_cares(self) -> LeavingCares:
        """Those who are leaving care."""

    @property
    def comings_of_age(self) -> ComingsOfAge:
        """Who came of age in care."""


def plan_leaving_care(uow: UnitOfWork, command: commands.PlanLeavingCare) -> LeavingCare:
    """Agree on a plan. Raises Invalid where the law of the area gives no such entitlement."""
    child, leaving = _locked(uow, command.id)
    given = {str(line["id"]) for line in uow.law.table(ENTITLEMENTS, command.today, leaving.area)}
    unknown = [each.line for each in command.plan.entitlements if each.line not in given]
    if unknown:
        raise Invalid(
            f"The law of the area gives no such entitlement: {', '.join(sorted(set(unknown)))}.",
            field="entitlements",
            rule="entitlement-known",
            remedy=f"It gives: {', '.join(sorted(given)) or 'none'}.",
        )
    leaving.agree(command.plan, command.today, uow.way_home_law.last_day(REVIEW, command.today, leaving.area))
    _go_on(uow, leaving, child, command.today)
    return leaving


def review_readiness(uow: UnitOfWork, command: commands.ReviewReadiness) -> LeavingCare:
    """Tell what a look at readiness found."""
    child, leaving = _locked(uow, command.id)
    next_due = uow.way_home_law.last_day(REVIEW, command.review.on, leaving.area)
    leaving.review(command.review, next_due, command.today)
    _go_on(uow, leaving, child, command.today)
    return leaving


def permit_early_exit(uow: UnitOfWork, command: commands.PermitEarlyExit) -> LeavingCare:
    """Let someone leave care before coming of age: the placement ends. Raises ExitNotDecided."""
    child, leaving = _locked(uow, command.id)
    act = placements.acting(uow, command.today)
    permitted = command.decision in reintegration.deciding(child, command.on, EXIT_BEFORE_18)
    leaving.permit_early_exit(command.decision if permitted else None, command.requested_on)
    child.end(leaving.placement, command.on, DECIDED, INDEPENDENT, act)
    reintegration.carry_out(child, command.decision, command.on, act, EXIT_BEFORE_18)
    _go_on(uow, leaving, child, command.today)
    return leaving


def visit_care_leaver(uow: UnitOfWork, command: commands.VisitCareLeaver) -> LeavingCare:
    """Tell what a visit after care found."""
    child, leaving = _locked(uow, command.id)
    next_due = uow.way_home_law.last_day(AFTERCARE_VISIT, command.outcome.on, leaving.area)
    leaving.visit(new_id(), command.outcome, next_due, command.today)
    _go_on(uow, leaving, child, command.today)
    return leaving


def decide_adult_care(uow: UnitOfWork, command: commands.DecideAdultCare) -> ComingOfAge:
    """Say what follows after someone came of age in care. Raises StayNotDecided."""
    child = uow.whereabouts.of(uow.comings_of_age.child_of(command.id))
    grown = uow.comings_of_age.get(command.id)
    possible.require_days(child.known, command.on, None, command.today)
    act = placements.acting(uow, command.today)
    permitted = command.decision in reintegration.deciding(child, command.on, STAY_AFTER_18)
    grown.decide(command.outcome, command.on, command.consented_on, command.decision if permitted else None)
    reintegration.carry_out(child, command.decision, command.on, act, STAY_AFTER_18)
    return grown


def await_plans(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Who in care has reached the age of the plan: noticed on the birthday, or when it is known."""
    age = uow.way_home_law.number(PLAN_AGE, None, today)
    if age is None:
        return 0
    by = months_later(today, -12 * age.amount)
    return _page_by_page(
        uow, lambda after: uow.leaving_cares.reaching(by, after, A_TURN), lambda id_: _await_plan(uow, id_, today)
    )


def _await_plan(uow: UnitOfWork, id_: UUID, today: date) -> bool:
    law, child = uow.way_home_law, uow.whereabouts.of(id_)
    stay = child.active
    reached = perhaps_on(child.known, law, PLAN_AGE, stay.area if stay else None, today)
    if stay is None or reached is None or reached > today:
        return False
    since = max(reached, stay.recorded_on)
    due = law.last_day(PLAN_DUE, since, stay.area) or since
    leaving = LeavingCare.awaited(new_id(), id_, stay.area, reached_on=reached, due=due, placement=stay.id)
    uow.leaving_cares.add(leaving)
    _go_on(uow, leaving, child, today)
    return True


def watch_leaving_care(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Looks and visits overdue, exits, returns into care: whatever has come since, also while nobody ran this."""
    stirring = uow.leaving_cares.stirring(today, A_TURN)
    reintegration.expect(uow, stirring)
    for id_ in stirring:
        child, leaving = uow.whereabouts.of(id_), uow.leaving_cares.of(id_)
        if leaving is not None:
            _go_on(uow, leaving, child, today)
    return len(stirring)


def notice_majority(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Who in care is certainly of age: the person decides about itself from that day on."""
    law = uow.way_home_law
    age, later = law.number(MAJORITY, None, today), law.number(MAJORITY_WITH_GUARDIAN, None, today)
    if age is None:
        return 0
    guarded_age = max(age.amount, later.amount if later else 0)
    by, guarded_by = (months_later(today, -12 * years) for years in (age.amount, guarded_age))
    return _page_by_page(
        uow,
        lambda after: uow.comings_of_age.candidates(by, guarded_by, after, A_TURN),
        lambda id_: _notice_majority(uow, id_, today),
    )


def _notice_majority(uow: UnitOfWork, id_: UUID, today: date) -> bool:
    child = uow.whereabouts.of(id_)
    stay, day = child.active, _of_age(uow, child, today)
    if stay is None or day is None or day > today:
        return False
    due = uow.way_home_law.last_day(DECISION_DUE, max(day, stay.from_), stay.area) or today
    grown = ComingOfAge.noticed(new_id(), id_, stay.id, stay.area, on=day, due=due, born=child.known.born_to)
    uow.comings_of_age.add(grown)
    child.of_age_on, grown.seen = day, child.version
    return True


def _page_by_page(
    uow: UnitOfWork,
    page: Callable[[tuple[date, UUID] | None], Sequence[tuple[date, UUID]]],
    see_to: Callable[[UUID], bool],
) -> int:
    """See to the candidates until so many were changed as one turn may; those whose law is another are passed over."""
    done, after = 0, None
    while done < A_TURN:
        found = page(after)
        reintegration.expect(uow, [id_ for _, id_ in found])
        for candidate in found:
            done += see_to(candidate[1])
            after = candidate
            if done >= A_TURN:
                break
        if len(found) < A_TURN:
            break
    return done


def watch_majority(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Who left care, or is not of age after all: its birth was corrected."""
    stirring = uow.comings_of_age.stirring(A_TURN)
    reintegration.expect(uow, stirring)
    for id_ in stirring:
        child, grown = uow.whereabouts.of(id_), uow.comings_of_age.of(id_)
        if grown is None:
            continue
        day = _of_age(uow, child, today)
        stay = child.active if child.active and uow.way_home_law.formal(child.active.care_form) else None
        grown.seen, grown.born = child.version, child.known.born_to
        if child.known.withdrawn or day is None or day > today:
            grown.retract()
            child.of_age_on = None
        else:
            child.of_age_on = grown.on = day
            if stay is None and grown.state is not ComingOfAgeState.LEFT:
                ends = [each.to for each in child.placements if each.lived and each.to]
                grown.leave(child.known.died_on or max(ends, default=today))
            elif stay is not None:
                grown.placement, grown.area = stay.id, stay.area
    return len(stirring)


def _locked(uow: UnitOfWork, id_: UUID) -> tuple[domain.Whereabouts, LeavingCare]:
    child = uow.whereabouts.of(uow.leaving_cares.child_of(id_))
    return child, uow.leaving_cares.get(id_)


def _of_age(uow: UnitOfWork, child: domain.Whereabouts, today: date) -> date | None:
    return reintegration.majority(uow, child, child.active.area if child.active else child.known.area, today)


def _go_on(uow: UnitOfWork, leaving: LeavingCare, child: domain.Whereabouts, today: date) -> None:
    law, area = uow.way_home_law, leaving.area
    until = law.number(AFTERCARE_AGE, area, today)
    born = child.known.born_to
    of_law = leaving_care_course.LeavingLaw(
        of_age=_of_age(uow, child, today),
        until=birthday(born, until.amount, law.leap_birthday(today)) if born and until else None,
        months=law.months(OUTCOMES, area, today),
        visit_due=lambda since: law.last_day(AFTERCARE_VISIT, since, area),
        formal=law.formal,
        new_id=new_id,
    )
    leaving_care_course.go_on(leaving, child, of_law, today)


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "leaving-care-plans": await_plans,
    "leaving-care": watch_leaving_care,
    "came-of-age-in-care": notice_majority,
    "adults-in-care": watch_majority,
}
