"""What falls due in gatekeeping cases as time passes: steps not done in time, cases that needed more until a day.

Also when the system was down: a fact names the day it was due. Not here: what people do in a case (gatekeeping).
"""

from datetime import date, datetime

from services.placements.domain import gatekeeping_silence
from services.placements.domain.gatekeeping_states import CaseStatus, Step
from services.placements.handlers.gatekeeping_work import UnitOfWork

A_TURN = 500
SYSTEM = "system"


def tell_overdue_steps(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell of every step that was not done in time, once each; returns how many.

    Where the law says what the silence of the body that decides means, that happens instead.
    """
    told, zone = 0, uow.law.calendar.zone
    for child_id in sorted(uow.gatekeeping_cases.overdue(at, A_TURN)):
        child = uow.whereabouts.of(child_id)
        situations = {each.situation for each in child.emergencies[-1:]}
        for case in uow.gatekeeping_cases.open_of(child_id):
            silent = gatekeeping_silence.of(case, situations, uow.law, at, zone)
            if silent is not None:
                case.fall_silent(silent, Step(SYSTEM, at, today, uow.law))
            told += silent is not None or case.tell_overdue(at, zone)
    return told


def bring_back(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Cases that needed more until a day that is there go on where assessment begins; returns how many."""
    back = 0
    for child in sorted(uow.gatekeeping_cases.coming_back(today, A_TURN)):
        uow.whereabouts.of(child)
        for case in uow.gatekeeping_cases.open_of(child):
            if case.status is CaseStatus.DECIDED and case.comes_back_on is not None and case.comes_back_on <= today:
                case.come_back(Step(SYSTEM, at, today, uow.law))
                back += 1
    return back


TIMED = {"gatekeeping-clocks": tell_overdue_steps, "gatekeeping-comes-back": bring_back}
