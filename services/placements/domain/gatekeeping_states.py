"""The steps of a gatekeeping case as a table, and until when each is to be done (CARE C4).

Not here: what is done in a step (gatekeeping), the numbers of the clocks (the country pack).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.errors import Conflict

SUPPORT_AT_HOME, NO_ACTION, NEEDS_MORE, RETURN = "SUPPORT_AT_HOME", "NO_ACTION", "NEEDS_MORE", "RETURN"
CHILD_DIED, IN_ERROR = "CHILD_DIED", "ENTERED_IN_ERROR"
LEAVES_HOME = frozenset({SUPPORT_AT_HOME, NO_ACTION, NEEDS_MORE})
"""Outcomes that take no child from its family: they need no panel."""
RELIED_ON: Mapping[str, frozenset[str]] = {
    "decision_outcome": LEAVES_HOME | {RETURN},
    "gatekeeping_end_reason": frozenset({CHILD_DIED, IN_ERROR}),
}


class CaseStatus(StrEnum):
    """How far a gatekeeping case is. A lapsed one is on the list again until somebody takes it up."""

    REQUESTED = "requested"
    SCREENED = "screened"
    ASSESSED = "assessed"
    OPTIONS_RECORDED = "options_recorded"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"


_S = CaseStatus
_ASIDE = frozenset({_S.DECIDED, _S.WITHDRAWN, _S.JOINED})
TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    _S.REQUESTED: _ASIDE | {_S.SCREENED},
    _S.SCREENED: _ASIDE | {_S.ASSESSED},
    _S.ASSESSED: _ASIDE | {_S.OPTIONS_RECORDED},
    _S.OPTIONS_RECORDED: _ASIDE | {_S.RECOMMENDED},
    _S.RECOMMENDED: _ASIDE | {_S.OPTIONS_RECORDED, _S.LAPSED},
    _S.DECIDED: frozenset({_S.CARRIED_OUT, _S.LAPSED, _S.SCREENED, _S.WITHDRAWN}),
    _S.LAPSED: frozenset({_S.SCREENED, _S.WITHDRAWN, _S.JOINED, _S.DECIDED}),
    _S.JOINED: frozenset({_S.DECIDED, _S.SCREENED, _S.WITHDRAWN}),
    _S.CARRIED_OUT: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""From an open step a case is decided out of turn by a court's order, or where the child stays at home.

A lapsed one by such an order alone. One that waits for the body lapses by its silence where the law says so.
"""
FINAL = frozenset({_S.CARRIED_OUT, _S.WITHDRAWN})
GATHERING = frozenset({_S.REQUESTED, _S.SCREENED, _S.ASSESSED, _S.OPTIONS_RECORDED, _S.RECOMMENDED, _S.JOINED})
STEP_CLOCKS: Mapping[CaseStatus, str] = {
    _S.REQUESTED: "gatekeeping_screening",
    _S.SCREENED: "gatekeeping_assessment",
    _S.ASSESSED: "gatekeeping_options",
    _S.OPTIONS_RECORDED: "gatekeeping_recommendation",
    _S.RECOMMENDED: "gatekeeping_decision",
    _S.LAPSED: "gatekeeping_screening",
}
"""The parameter that says until when the next step is to be done."""


class Deadlines(Protocol):
    """Until when the pack gives time."""

    def deadline(self, name: str, since: datetime, area: str | None, *, rolls: bool = False) -> datetime | None:
        """The moment until which a parameter gives time; None where the pack knows none."""


@dataclass(frozen=True)
class Step:
    """Who does a step, when, and what the pack says about the next one."""

    by: str
    at: datetime
    today: date
    law: Deadlines


def last_day(due: datetime, zone: ZoneInfo) -> date:
    """The day on which something was due at the latest: a deadline at midnight is the end of the day before."""
    return (due - timedelta(microseconds=1)).astimezone(zone).date()


def out_of_turn(status: CaseStatus, wanted: CaseStatus) -> Conflict:
    """The refusal of a step that is not the next one, naming those that are."""
    steps = ", ".join(each for each in CaseStatus if each in TRANSITIONS[status])
    return Conflict(
        f"A case that is {status} does not become {wanted}.",
        field="status",
        rule="case-status",
        remedy=f"From here it becomes: {steps}." if steps else "It is over; ask for a decision anew.",
    )
