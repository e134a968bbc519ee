"""What it means that the body which decides says nothing in time: by law the request lapses, or counts as refused.

Only where the law itself says so (CARE C2): a line of the decision table that is sourced, and whose silence is no
default of ours. Elsewhere, and where care goes on meanwhile, the step is overdue and that is all. Not here: the clock
(gatekeeping_states).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from services.placements.domain import decision_table
from services.placements.domain.decision import VOLUNTARY
from services.placements.domain.decisions_emergency import ENTRY
from services.placements.domain.gatekeeping_states import CaseStatus, last_day
from services.placements.domain.lawbook import LawBook


class Silence(StrEnum):
    """What follows by law from silence."""

    LAPSES = "lapses"
    REFUSED = "refused"


class Waiting(Protocol):
    """A case, as silence sees it."""

    kind: str
    area: str
    status: CaseStatus
    due_at: datetime | None


@dataclass(frozen=True)
class Silent:
    """The body was silent until the end of a day, and what that means."""

    effect: Silence
    on: date


def of(case: Waiting, situations: Collection[str], law: LawBook, at: datetime, zone: ZoneInfo) -> Silent | None:
    """What the body's silence means for a case by now; None: nothing, as yet or by this law.

    `situations`: in which the child is known to be; of several lines for them that mean different things none counts.
    """
    if case.status is not CaseStatus.RECOMMENDED or case.due_at is None or case.due_at > at:
        return None
    on = last_day(case.due_at, zone)
    voluntary = case.kind == VOLUNTARY
    act, known = (ENTRY, {VOLUNTARY}) if voluntary else (case.kind, set(situations))
    lines = [decision_table.line(law, act, each, on, case.area) for each in sorted(known) or [""]]
    meant = {line.silence if line is not None and line.silence_by_law else None for line in lines}
    effect = meant.pop() if len(meant) == 1 else None
    return Silent(Silence(effect), on) if effect in set(Silence) else None
