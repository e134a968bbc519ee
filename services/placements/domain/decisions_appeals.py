"""Appeals against decisions: a record beside the decision, with or without suspensive effect (CARE C4).

Functions on whereabouts. Not here: the decision that stands in place of one that was changed (decisions.record).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import decision_facts as facts
from services.placements.domain import decision_table, decisions, decisions_standing, decisions_time
from services.placements.domain.decision import HOLDING, DecisionStatus
from services.placements.domain.decisions_standing import CHANGED
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Impossible
from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

UPHELD, QUASHED, GIVEN_UP = "UPHELD", "QUASHED", "APPEAL_WITHDRAWN"
RELIED_ON: Mapping[str, frozenset[str]] = {"appeal_outcome": frozenset({UPHELD, CHANGED, QUASHED, GIVEN_UP})}


@dataclass(eq=False)
class Appeal:
    """One appeal; `outcome` None: not decided yet. `late`: lodged after the time to appeal was over."""

    id: UUID
    child: UUID
    decision: UUID
    by: str
    lodged_on: date
    suspends: bool
    late: bool
    recorded_by: str
    decided_on: date | None = None
    outcome: str | None = None


def lodge(
    child: "Whereabouts", id_: UUID, decision_id: UUID, by: str, on: date, suspends: bool | None, actor: str, act: Act
) -> Appeal:
    """Somebody appealed. `suspends` None: as the decision table says; where that does not say, the decision goes on.

    Raises Impossible for a day in the future or before the decision, Conflict where the decision never was or is void.
    """
    decision = decisions.find(child, decision_id)
    if on > act.today or on < decision.made_on:
        raise Impossible("It cannot have been lodged then.", field="lodged_on", rule="not-in-the-future")
    if decision.status in {DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN}:
        raise Conflict(f"The decision is {decision.status}.", field="decision", rule="decision-is-open")
    if suspends is None:
        line = decision_table.line(act.law, decision.act, decision.situation, decision.made_on, decision.area)
        suspends = bool(line and line.appeal_suspends)
    late = decision.appeal_until is not None and on > decision.appeal_until
    appeal = Appeal(id_, child.id, decision_id, by, on, suspends, late, actor)
    child.appeals.append(appeal)
    if suspends and decision.status in HOLDING:
        decision.enter(DecisionStatus.SUSPENDED)
    suspended = decision.status is DecisionStatus.SUSPENDED
    child.record(facts.DecisionAppealed(child.id, decision_id, decision.case, id_, by, suspended))
    child.review(act)
    return appeal


def decide(child: "Whereabouts", id_: UUID, outcome: str, on: date, act: Act) -> Appeal:
    """An appeal was decided. Raises Impossible for a day in the future or before it, Conflict where it was before."""
    appeal = _find(child, id_)
    if appeal.outcome is not None:
        raise Conflict("It was decided before.", field="appeal", rule="appeal-is-open")
    if on > act.today or on < appeal.lodged_on:
        raise Impossible("It cannot have been decided then.", field="on", rule="not-in-the-future")
    decision = decisions.find(child, appeal.decision)
    appeal.outcome, appeal.decided_on = outcome, on
    if outcome == QUASHED and decision.status not in {DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN}:
        decisions_time.end(child, decision, DecisionStatus.QUASHED, on)
    elif outcome == CHANGED and decision.status in decisions_time.ENDING:
        decisions_time.end(child, decision, DecisionStatus.ENDED, on)
    elif decision.status is DecisionStatus.SUSPENDED:
        decisions_standing.resume(child, decision)
    told = facts.AppealDecided(child.id, decision.id, decision.case, id_, outcome, str(decision.status), on)
    child.record(told)
    child.review(act)
    return appeal


def _find(child: "Whereabouts", id_: UUID) -> Appeal:
    for each in child.appeals:
        if each.id == id_:
            return each
    raise NotFound("No appeal with this id.", field="appeal")
