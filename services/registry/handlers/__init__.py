"""What happens when registry is asked, or hears something: one function a command or event; the caller commits.

One module an aggregate; those about the child itself are offered here.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from services.registry.handlers import (
    alerts,
    care,
    families,
    guarding,
    joining,
    legal,
    matching,
    matching_runs,
    matching_sealed,
    papers,
    sealing,
)
from services.registry.handlers.children import (
    amend_child,
    correct_child,
    record_death,
    register_child,
    retract_death,
    withdraw_child,
)
from services.registry.handlers.families import link_siblings, unlink_siblings

__all__ = [
    "CONSUMED",
    "TIMED",
    "amend_child",
    "correct_child",
    "link_siblings",
    "record_death",
    "register_child",
    "retract_death",
    "unlink_siblings",
    "withdraw_child",
]

Timed = Callable[[Any, datetime, date], int]

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {
    **families.CONSUMED,
    **legal.CONSUMED,
    **care.CONSUMED,
    **alerts.CONSUMED,
    **papers.CONSUMED,
    **joining.CONSUMED,
    **matching.CONSUMED,
    **sealing.CONSUMED,
    **guarding.CONSUMED,
}
"""The events that registry listens to, and what happens then."""

TIMED: Mapping[str, Timed] = {
    name: timed
    for aggregate in (legal, care, alerts, papers, sealing, guarding, matching, matching_runs, matching_sealed)
    for name, timed in getattr(aggregate, "TIMED", {}).items()
}
"""What falls due in registry as time passes."""
