"""What happens in the search for a missing child, as facts: codes, days and ids; never a name, a place or a word.

Not here: when they may happen (alerts), how they become events (events/alerts.py).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Step(StrEnum):
    """What must happen in time after a child went missing. Each has a clock in the country pack (CARE C9)."""

    POLICE_TOLD = "police-told"
    AGENCY_TOLD = "agency-told"
    INVESTIGATION_OPEN = "investigation-open"
    INVESTIGATION_DONE = "investigation-done"
    SAFETY_ASSESSED = "safety-assessed"
    BROADCAST_WITHDRAWN = "broadcast-withdrawn"
    POLICE_RELEASE = "police-release"


SEARCH = frozenset({Step.POLICE_TOLD, Step.AGENCY_TOLD, Step.INVESTIGATION_OPEN, Step.INVESTIGATION_DONE})
"""The clocks that stand still as soon as the child is found."""
ESCALATION = "supervisor"
"""The role that an overrun goes to; the person who answers for the alert owns it."""


@dataclass(frozen=True)
class AlertRaised:
    """A child is missing. `child` is None where nobody has registered it."""

    alert: UUID
    child: UUID | None
    area: str


@dataclass(frozen=True)
class AlertRecovered:
    """The child was found, alive or dead."""

    alert: UUID
    child: UUID | None
    area: str
    alive: bool
    on: date


@dataclass(frozen=True)
class AlertReopened:
    """The child was not found after all: it was another, or the report was wrong."""

    alert: UUID
    child: UUID | None
    area: str


@dataclass(frozen=True)
class AlertClosed:
    """The search ended otherwise than by finding."""

    alert: UUID
    child: UUID | None
    area: str
    reason: str


@dataclass(frozen=True)
class AlertOverdue:
    """A step was not taken in time. Told once a step; `escalation` is the role it goes to."""

    alert: UUID
    child: UUID | None
    area: str
    step: Step
    due: date
    escalation: str
