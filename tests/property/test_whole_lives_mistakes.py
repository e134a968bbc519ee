"""The test of whole lives can fail: a program with one mistake is found out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.placements import domain
from services.placements.domain import (
    absences,
    decisions,
    decisions_notices,
    decisions_standing,
    decisions_time,
    exemptions,
    rules_decisions,
    stays,
    turn,
)
from services.placements.domain.decision import DecisionStatus
from services.placements.domain.decisions import By
from services.placements.domain.judgement import Act
from tests.property.test_whole_lives import BUDGET, WholeLife

sign, missed, record = decisions.sign, turn.missed, domain.Whereabouts.record_whereabouts
standing, overdue = decisions_standing.standing, decisions_notices.overdue


def the_clock_starts_anew(stays_: Iterable[Any], window: int) -> Any:
    """The clock of an emergency that runs from the last one."""
    return max(stays_, key=lambda each: each.from_)


def anybody_signs(child: domain.Whereabouts, id_: UUID, by: By, assessed_by: frozenset[str], act: Act) -> None:
    """A second signature that asks nobody who they are."""
    sign(child, id_, replace(by, actor="somebody else"), frozenset(), act).second_by = by.actor


def needs_no_signature(child: domain.Whereabouts, decision: Any) -> DecisionStatus:
    """Confirming, correcting and appealing forget that a signature is missing."""
    status = standing(child, decision)
    return DecisionStatus.IN_FORCE if status is DecisionStatus.UNSIGNED else status


def hours_are_not_looked_back_at(child: domain.Whereabouts, act: Act, hours: Any) -> Any:
    """What lapsed by the hour while nobody looked is seen as of today only."""
    return missed(child, act, lambda: ())


def facts_are_refused(child: domain.Whereabouts, id_: UUID, stay: Any, ground: Any, act: Act, **given: Any) -> None:
    """Whereabouts are taken like a permission."""
    record(child, id_, stay, ground, act, **given)
    domain.whereabouts.refuse(verdict for _, verdict in child.judged(act) if not verdict.met)


def overdue_a_day_late(child: domain.Whereabouts, at: datetime, act: Act) -> int:
    """Notices that are overdue on the day after."""
    return overdue(child, at - timedelta(days=1), act)


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "days on which nobody looked are never looked at": (turn, "missed", lambda *_: ()),
    "what hangs on a stay is not noticed": (stays, "notice", lambda child, act: None),
    "absences are not looked ahead": (stays, "changes_on", lambda child: iter(())),
    "a second place is not refused": (domain.whereabouts.possible, "require_alone", lambda *_, **__: None),
    "two absences at once": (absences, "_require_once", lambda *_: None),
    "a second emergency starts the clock anew": (rules_decisions, "emergency_clock", the_clock_starts_anew),
    "an oral order that nobody confirmed goes on": (decisions_time, "_unconfirmed", lambda child: iter(())),
    "an oral order lapses on the day on which somebody looks": (turn, "missed", hours_are_not_looked_back_at),
    "whoever decided signs as the second person": (decisions, "sign", anybody_signs),
    "whoever assessed names somebody else as who decided": (
        decisions._Judged,
        "needs_second",
        lambda judged, _: judged.second,
    ),
    "what is confirmed needs no second signature": (decisions_standing, "standing", needs_no_signature),
    "a stay is permitted without a decision": (domain.Whereabouts, "_require_permitted", lambda *_: None),
    "a fact is refused by a rule of care": (domain.Whereabouts, "record_whereabouts", facts_are_refused),
    "what is set aside in a stay is set aside in the next one": (exemptions, "_stay_over", lambda *_: None),
    "a notice is overdue on the next day": (decisions_notices, "overdue", overdue_a_day_late),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_program_with_a_mistake_is_found_out(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = settings(BUDGET, max_examples=2000, phases=[Phase.generate], derandomize=True, database=None)
    monkeypatch.setattr(*MISTAKES[mistake])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(WholeLife, settings=looked)
