"""What happens when registry hears of care and cases elsewhere. A child that registry does not know is no error."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.registry.domain import care as domain
from shared import uow
from shared.happening import Happening

PATIENCE = timedelta(hours=1)
"""How long others may speak of a child before registry tells of it: events of two services come in any order."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def care(self) -> domain.CareOfAll:
        """What was heard of children's care."""

    @property
    def care_forms(self) -> domain.CareForms:
        """What the country pack says of forms of care."""


def note_placement_started(uow: UnitOfWork, event: Happening) -> None:
    """The child is in a place from a day on."""
    data = event.data
    stay = domain.Stay(
        provider=_id(data["provider"]),
        care_form=data["care_form"],
        from_=date.fromisoformat(data["from"]),
        care=uow.care_forms.is_care(data["care_form"]),
    )
    uow.care.get(event.subject).started(UUID(data["placement"]), stay)


def note_placement_ended(uow: UnitOfWork, event: Happening) -> None:
    """The child left this place."""
    placement, to = UUID(event.data["placement"]), date.fromisoformat(event.data["to"])
    uow.care.get(event.subject).ended(placement, to)


def note_placement_moved(uow: UnitOfWork, event: Happening) -> None:
    """The child went from one place to another: the end and the start tell all; here is only that it was one way."""
    uow.care.get(event.subject).ended(UUID(event.data["from_placement"]), date.fromisoformat(event.data["on"]))


def note_placement_corrected(uow: UnitOfWork, event: Happening) -> None:
    """A placement was never so, or has other days."""
    data, known = event.data, uow.care.get(event.subject)
    placement = UUID(data["placement"])
    stay = domain.Stay(
        provider=_id(data["provider"]) if "provider" in data else known.provider_of(placement),
        care_form=data["care_form"],
        from_=date.fromisoformat(data["from"]),
        to=date.fromisoformat(data["to"]) if data["to"] else None,
        care=uow.care_forms.is_care(data["care_form"]),
        withdrawn=data["withdrawn"],
    )
    known.corrected(placement, stay)


def note_case_opened(uow: UnitOfWork, event: Happening) -> None:
    """A centre took charge of a matter of the child."""
    uow.care.get(event.subject).opened(UUID(event.data["case"]))


def note_case_closed(uow: UnitOfWork, event: Happening) -> None:
    """A case is finished."""
    uow.care.get(event.subject).closed(UUID(event.data["case"]))


def count_unknown(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell the metric how many children others have spoken of for an hour whom registry does not hold."""
    uow.care.count_unknown(at - PATIENCE)
    return 0


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {
    "placements.placement-started.v1": note_placement_started,
    "placements.placement-ended.v1": note_placement_ended,
    "placements.placement-moved.v1": note_placement_moved,
    "placements.placement-corrected.v1": note_placement_corrected,
    "social_work.case-opened.v1": note_case_opened,
    "social_work.case-closed.v1": note_case_closed,
}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"unknown-children": count_unknown}
