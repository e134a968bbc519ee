"""What happens when placements is asked, or hears something: one function a command or event; the caller commits.

One module an aggregate; those about providers and whereabouts are offered here.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import ModuleType
from typing import Any

from services.placements.handlers import (
    alarms,
    decisions,
    exemptions,
    families,
    gatekeeping,
    guardianship,
    leaving_care,
    options,
    placements,
    reintegration,
    stays,
    turn,
)
from services.placements.handlers.placements import (
    authorise_placement,
    authorise_stay,
    confirm_whereabouts,
    correct_placement,
    end_placement,
    move_placement,
    note_child,
    note_child_withdrawn,
    record_whereabouts,
    register_provider,
    start_placement,
    take_register_line,
    withdraw_placement,
)
from shared.happening import in_order

__all__ = [
    "CONSUMED",
    "TIMED",
    "authorise_placement",
    "authorise_stay",
    "confirm_whereabouts",
    "correct_placement",
    "end_placement",
    "move_placement",
    "note_child",
    "note_child_withdrawn",
    "record_whereabouts",
    "register_provider",
    "start_placement",
    "take_register_line",
    "withdraw_placement",
]

Consumed = Callable[[Any, Any], None]
Timed = Callable[[Any, datetime, date], int]

_AGGREGATES: tuple[ModuleType, ...] = (
    placements,
    turn,
    decisions,
    gatekeeping,
    stays,
    exemptions,
    families,
    options,
    reintegration,
    leaving_care,
    guardianship,
    alarms,
)


def _consumed() -> dict[str, Consumed]:
    found: dict[str, list[Consumed]] = {}
    for aggregate in _AGGREGATES:
        for type_, consumer in getattr(aggregate, "CONSUMED", {}).items():
            found.setdefault(type_, []).append(consumer)
    return {type_: each[0] if len(each) == 1 else in_order(each) for type_, each in found.items()}


CONSUMED: Mapping[str, Consumed] = _consumed()
"""The events that placements listens to, and what happens then: in several aggregates, in the order above."""

TIMED: Mapping[str, Timed] = {
    name: timed for aggregate in _AGGREGATES for name, timed in getattr(aggregate, "TIMED", {}).items()
}
"""What falls due in placements as time passes."""
