"""What happens when placements hears of social_work's cases: who answers for a child in care (CARE C17)."""

from uuid import UUID

from services.placements.domain import Whereabouts, care_cases
from services.placements.handlers.placements import acting
from services.placements.handlers.turn import UnitOfWork
from shared.happening import Happening


def note_case_opened(uow: UnitOfWork, event: Happening) -> None:
    """A centre took charge of a child's matter."""
    child = uow.whereabouts.of(event.subject)
    care_cases.opened(child, UUID(event.data["case"]), acting(uow, uow.today))
    _answers(uow, child)


def note_case_assigned(uow: UnitOfWork, event: Happening) -> None:
    """A worker answers for it."""
    child = uow.whereabouts.of(event.subject)
    care_cases.assigned(child, UUID(event.data["case"]), acting(uow, uow.today))
    _answers(uow, child)


def note_case_closed(uow: UnitOfWork, event: Happening) -> None:
    """It is finished."""
    child = uow.whereabouts.of(event.subject)
    care_cases.closed(child, UUID(event.data["case"]), acting(uow, uow.today))
    _answers(uow, child)


def _answers(uow: UnitOfWork, child: Whereabouts) -> None:
    """A case under one record of a child answers for it under the others."""
    if child.known.same:
        uow.turn.concern(sorted(child.known.same), uow.today)


CONSUMED = {
    "social_work.case-opened.v1": note_case_opened,
    "social_work.case-assigned.v1": note_case_assigned,
    "social_work.case-closed.v1": note_case_closed,
}
"""What is listened to, and who handles it."""
