"""Taking a child at once: who took it, when, from whom, in which situation, and what must follow (CARE C2, C4).

A fact, never refused. The clock to a decision is the child's and runs from the hour (rules_decisions); the notices are
those of the decision table. Not here: where the child is (placement), the decision that must follow (decisions).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import decision_table, decisions_notices
from services.placements.domain.calendar import Span
from services.placements.domain.decision_facts import ChildTaken
from services.placements.domain.decision_table import After, Line, NoticeDue
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Impossible

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

ENTRY, APPLICATION = "ENTRY", "DECIDING_BODY"
RELIED_ON = {"decision_act": frozenset({ENTRY}), "notice_to": frozenset({APPLICATION})}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Who took the child, when, from whom, in which situation; `area`: of the authority that answers for it."""

    taken_by: str
    situation: str
    taken_from: str
    at: datetime
    area: str


@dataclass(eq=False)
class Emergency:
    """A child was taken at once. `named`: the table lets this body act at once; None: the pack has no such line."""

    id: UUID
    child: UUID
    placement: UUID | None
    taken_by: str
    situation: str
    taken_from: str
    at: datetime
    area: str
    named: bool | None
    recorded_by: str
    recorded_at: datetime


def take(
    child: "Whereabouts", id_: UUID, taken: Taken, placement: UUID | None, actor: str, now: datetime, act: Act
) -> Emergency:
    """Write down that a child was taken; the notices that the law asks for fall due from that moment on.

    Raises Impossible for a moment in the future.
    """
    if taken.at > now:
        raise Impossible("It lies in the future.", field="taken_at", rule="not-in-the-future")
    day = taken.at.astimezone(act.law.calendar.zone).date()
    line = decision_table.line(act.law, ENTRY, taken.situation, day, taken.area)
    named = taken.taken_by in line.at_once if line and line.at_once is not None else None
    emergency = Emergency(
        id=id_, child=child.id, placement=placement, taken_by=taken.taken_by, situation=taken.situation,
        taken_from=taken.taken_from, at=taken.at, area=taken.area, named=named, recorded_by=actor, recorded_at=now,
    )  # fmt: skip
    child.emergencies.append(emergency)
    child.record(
        ChildTaken(child.id, id_, placement, taken.taken_by, taken.situation, taken.taken_from, day, taken.area, named)
    )
    decisions_notices.open_(child, id_, to_be_told(line), After.REMOVAL, taken.at, taken.area, act)
    child.review(act)
    return emergency


def require_hours(taken_at: datetime, arrived_at: datetime, now: datetime) -> None:
    """Raise Impossible where the child arrived before it was taken, or has not yet: its clock runs from there."""
    if arrived_at < taken_at:
        raise Impossible("A child arrives after it was taken.", field="arrived_at", rule="arrived-after-taken")
    if arrived_at > now:
        raise Impossible("It lies in the future.", field="arrived_at", rule="not-in-the-future")


def to_be_told(line: Line | None) -> tuple[NoticeDue, ...]:
    """Whom the table wants told, and the application to the body that decides, which follows a removal."""
    if line is None:
        return ()
    asked: Span | None = line.application
    return (*line.notices, *([NoticeDue(APPLICATION, asked, After.REMOVAL)] if asked else []))
