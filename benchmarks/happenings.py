"""What happens to invented children: facts of registry and placements, encoded by their own catalogues.

In each of the two logs two types alternate, so that no message and no batch is of one type alone, and every second
event changes a row that an earlier batch wrote: a child's record is amended, a stay ends. Not here: sending and timing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from services.placements.domain import PlacementEnded, PlacementStarted
from services.placements.events import CATALOGUE as PLACEMENTS
from services.registry.domain import ChildAmended, ChildRegistered
from services.registry.events import CATALOGUE as REGISTRY
from shared import countries
from shared.countries import Pack
from shared.event_log import NewEvent
from shared.event_schema import Catalogue
from shared.ids import new_id

BEHIND = 1_000
"""A row is changed so many rows after it was written: not in the same batch, which would merge both."""

_DAY = date(2024, 1, 1)
_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_FORMS = ("CHILDRENS_HOME", "INFANT_HOME", "FOSTER", "GUARDIANSHIP")


def pack() -> Pack:
    """The country pack whose code lists every event is checked against."""
    return countries.load("kz", Path(__file__).parent.parent / "countries")


@dataclass(frozen=True)
class Happenings:
    """`count` events to come, half of them registry's and half placements', numbered from nothing that was before."""

    count: int
    pack: Pack

    def of(self, service: str) -> Iterator[NewEvent]:
        """The events of one service in their order."""
        catalogue, facts = {"registry": (REGISTRY, self._registry), "placements": (PLACEMENTS, self._placements)}[
            service
        ]
        for fact in facts():
            yield _encoded(catalogue, fact, self.pack)

    def _registry(self) -> Iterator[object]:
        children: list[UUID] = []
        for number in range(self.count // 4):
            children.append(new_id())
            yield ChildRegistered(**_stated(children[-1], number))
            changed = _earlier(number)
            yield ChildAmended(**_stated(children[changed], changed + 1), on=_DAY)

    def _placements(self) -> Iterator[object]:
        stays: list[tuple[UUID, UUID]] = []
        provider = new_id()
        for number in range(self.count // 4):
            stays.append((new_id(), new_id()))
            yield _started(*stays[-1], provider, number)
            child, placement = stays[_earlier(number)]
            to = _DAY + timedelta(days=30 + number % 300)
            yield PlacementEnded(child, placement, to, "REUNIFICATION", "PLAN_FULFILLED")


def single(service: str, number: int, pack: Pack) -> tuple[NewEvent, UUID]:
    """One event of daily work that makes a new row in the figures, and the id of that row."""
    child, placement = new_id(), new_id()
    if service == "registry":
        return _encoded(REGISTRY, ChildRegistered(**_stated(child, number)), pack), child
    return _encoded(PLACEMENTS, _started(child, placement, child, number), pack), placement


def _earlier(number: int) -> int:
    """Which of the rows so far is changed now: at the beginning a younger one, yet none over and over."""
    return number - BEHIND if number >= BEHIND else number // 2


def _stated(child: UUID, number: int) -> dict[str, Any]:
    born = date(2008, 1, 1) + timedelta(days=number % 6000)
    return {
        "child": child,
        "sex": "FM"[number % 2],
        "born_from": born,
        "born_to": born,
        "birth_basis": "documented",
        "area": "KZ-75",
        "disability": number % 5 == 0,
    }


def _started(child: UUID, placement: UUID, provider: UUID, number: int) -> PlacementStarted:
    day = _DAY + timedelta(days=number % 28)
    form = _FORMS[number % len(_FORMS)]
    return PlacementStarted(child, placement, provider, form, None, "planned", "KZ-75", day, "ORPHAN", True)


def _encoded(catalogue: Catalogue, fact: object, pack: Pack) -> NewEvent:
    type_, subject, data = catalogue.encode(fact, pack)
    return NewEvent(new_id(), type_, subject, _AT, data, 1, new_id(), None)
