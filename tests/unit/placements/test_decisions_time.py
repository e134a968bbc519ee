"""What time, appeals and parents do to decisions; who is told of them by when (CARE C2, C4)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.placements.domain import decision_facts as facts
from services.placements.domain import decisions, decisions_appeals, decisions_notices, decisions_time
from services.placements.domain.decision import Decision, DecisionStatus
from services.placements.domain.decisions import By
from services.placements.domain.placement import Impossible
from shared.errors import Conflict, Invalid, Refused
from tests.unit.placements.decided import CASE, DAY, HOUR, LINE, NOW, TERMS, TODAY, appeal, later, record


def test_a_court_is_recorded_whatever_the_rules_say_and_somebody_is_told_to_appeal(ruled: Any) -> None:
    ruled.child.pull_facts()
    decision = record(ruled, body="COURT", case=None, care_forms=("INFANT_HOME",), in_force_until=None)
    assert {"body-not-named", "longest-decision", "necessity-found"} <= set(decision.unmet)
    told = next(each for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionRecorded))
    due = told.alarm()
    assert due is not None
    assert (due.kind, due.role, due.about, due.due) == (
        "APPEAL_OR_REVIEW", "supervisor", decision.id, TODAY + 10 * DAY,
    )  # fmt: skip
    decisions.answer(ruled.child, decision.id, By("supervisor", NOW))
    assert ruled.child.pull_facts()[-1][2].settles() == (decision.id,)
    with pytest.raises(Conflict):
        decisions.answer(ruled.child, decision.id, By("supervisor", NOW))


@pytest.mark.parametrize("how", ["confirmed", "corrected"])
def test_somebody_is_told_to_appeal_also_where_the_order_was_oral_at_first_or_met_the_rules(
    ruled: Any, how: str
) -> None:
    court: dict[str, Any] = {"body": "COURT", "case": None}
    against = court | {"care_forms": ("INFANT_HOME",), "in_force_until": None}
    if how == "confirmed":
        decision = record(ruled, instrument="ORAL_ORDER", made_at=NOW - HOUR, **against)
        told = [each for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionRecorded)]
        assert [each.alarm().kind for each in told] == ["CONFIRM_ORAL_ORDER"]
        decisions.confirm(ruled.child, decision.id, NOW, "ORDER", "7", None, By("duty", NOW + HOUR), ruled.act())
    else:
        decision = record(ruled)
        assert decision.unmet == {}
        ruled.child.pull_facts()
        terms = replace(TERMS, **against)
        decisions.correct(ruled.child, decision.id, terms, By("clerk", NOW), ruled.act(), CASE)
    seen = [each.alarm() for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionCorrected)]
    assert [(each.kind, each.role, each.about) for each in seen] == [("APPEAL_OR_REVIEW", "supervisor", decision.id)]
    decisions.answer(ruled.child, decision.id, By("supervisor", NOW))
    decisions.correct(ruled.child, decision.id, replace(TERMS, **against, number="8"), By("clerk", NOW), ruled.act())
    last = [each for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionCorrected)][-1]
    assert last.alarm() is None


def test_an_oral_order_holds_until_it_must_be_confirmed_and_then_lapses(ruled: Any) -> None:
    decision = record(ruled, instrument="ORAL_ORDER", made_at=NOW - HOUR)
    assert decision.confirm_by == NOW + 23 * HOUR
    assert decision.holds(TODAY)
    assert decisions_time.lapse_oral(ruled.child, NOW + 22 * HOUR, ruled.act()) == 0
    assert decisions_time.lapse_oral(ruled.child, NOW + 23 * HOUR, ruled.act(TODAY + DAY)) == 1
    assert (decision.status, decision.ended_on) == (DecisionStatus.LAPSED, TODAY + DAY)
    assert decisions_time.lapse_oral(ruled.child, NOW + 30 * HOUR, ruled.act(TODAY + DAY)) == 0


def confirm(world: Any, decision: Decision, on: datetime, at: datetime, instrument: str = "ORDER") -> None:
    decisions.confirm(world.child, decision.id, on, instrument, "7", None, By("duty", at), world.act(TODAY + 2 * DAY))


def test_an_oral_order_confirmed_in_time_holds_also_where_that_is_written_down_late(ruled: Any) -> None:
    decision = record(ruled, instrument="ORAL_ORDER", made_at=NOW - HOUR)
    decisions_time.lapse_oral(ruled.child, NOW + 40 * HOUR, ruled.act(TODAY + 2 * DAY))
    late = NOW + 40 * HOUR
    with pytest.raises(Refused) as too_late:
        confirm(ruled, decision, NOW + 24 * HOUR, late)
    assert too_late.value.rule == "oral-confirmed-in-time"
    with pytest.raises(Impossible):
        confirm(ruled, decision, NOW - 2 * HOUR, late)
    with pytest.raises(Invalid):
        confirm(ruled, decision, NOW + HOUR, late, "ORAL_ORDER")
    confirm(ruled, decision, NOW + HOUR, late)
    assert (decision.status, decision.number) == (DecisionStatus.IN_FORCE, "7")


def test_a_decision_that_nobody_carries_out_lapses_on_the_day_after(ruled: Any) -> None:
    decision = record(ruled)
    assert ruled.child.next_on is not None
    later(ruled, 30)
    assert decision.status is DecisionStatus.IN_FORCE
    later(ruled, 45)
    assert (decision.status, decision.ended_on) == (DecisionStatus.LAPSED, TODAY + 31 * DAY)


def test_a_stay_that_it_permits_carries_it_out(ruled: Any) -> None:
    decision = record(ruled)
    id_ = ruled.ids()
    ruled.child.authorise(id_, ruled.stay(TODAY, form="FOSTER", planned_to=TODAY + 60 * DAY), (), ruled.act())
    assert ruled.child.placement(id_).decision == decision.id
    assert decision.carried_out_on is None
    ruled.child.start(id_, TODAY, ruled.act())
    assert decision.carried_out_on == TODAY
    later(ruled, 45)
    assert decision.status is DecisionStatus.IN_FORCE


def test_a_stay_carries_it_out_also_where_the_law_gives_no_time_for_that(ruled: Any) -> None:
    ruled.book.tables["decision_table"] = [{name: said for name, said in LINE.items() if name != "carry_out"}]
    decision = record(ruled)
    assert decision.carry_out_by is None
    ruled.arrive(TODAY, form="FOSTER")
    assert decision.carried_out_on == TODAY


def test_the_end_of_force_is_noticed_on_its_day_and_the_stay_lacks_a_decision_from_then_on(ruled: Any) -> None:
    decision = record(ruled)
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    assert "decision-in-force" not in ruled.open_rules()
    later(ruled, 89)
    assert "decision-in-force" not in ruled.open_rules()
    later(ruled, 100)
    assert (decision.status, decision.ended_on) == (DecisionStatus.ENDED, TODAY + 90 * DAY)
    assert "decision-in-force" in ruled.open_rules()


def test_an_appeal_suspends_where_the_table_says_so_and_the_stay_then_lacks_a_decision(ruled: Any) -> None:
    decision = record(ruled)
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    first, second = appeal(ruled, decision), appeal(ruled, decision)
    assert decision.status is DecisionStatus.SUSPENDED
    assert "decision-in-force" in ruled.open_rules()
    decisions_appeals.decide(ruled.child, first, "UPHELD", TODAY, ruled.act())
    assert decision.status is DecisionStatus.SUSPENDED
    decisions_appeals.decide(ruled.child, second, "APPEAL_WITHDRAWN", TODAY, ruled.act())
    assert decision.status is DecisionStatus.IN_FORCE
    assert "decision-in-force" not in ruled.open_rules()
    with pytest.raises(Conflict):
        decisions_appeals.decide(ruled.child, second, "QUASHED", TODAY, ruled.act())


@pytest.mark.parametrize(
    ("outcome", "status"), [("QUASHED", DecisionStatus.QUASHED), ("CHANGED", DecisionStatus.ENDED)]
)
def test_an_appeal_that_succeeds_ends_the_decision(ruled: Any, outcome: str, status: DecisionStatus) -> None:
    decision = record(ruled)
    lodged = appeal(ruled, decision, suspends=False)
    assert decision.status is DecisionStatus.IN_FORCE
    decisions_appeals.decide(ruled.child, lodged, outcome, TODAY, ruled.act())
    assert (decision.status, decision.ended_on) == (status, TODAY)
    assert not decision.holds(TODAY)


def test_an_appeal_after_its_time_is_recorded_as_late(ruled: Any) -> None:
    decision = record(ruled, made_on=TODAY - 20 * DAY, effective_from=TODAY - 20 * DAY)
    appeal(ruled, decision)
    assert ruled.child.appeals[0].late
    with pytest.raises(Impossible):
        appeal(ruled, decision, on=TODAY + DAY)


def test_notices_run_by_the_clock_and_are_overdue_to_the_hour(ruled: Any) -> None:
    decision = record(ruled)
    (notice,) = ruled.child.notices
    assert (notice.about, notice.to, notice.due) == (decision.id, "PARENTS", NOW + 24 * HOUR)
    assert decisions_notices.overdue(ruled.child, NOW + 23 * HOUR, ruled.act()) == 0
    ruled.child.pull_facts()
    assert decisions_notices.overdue(ruled.child, NOW + 24 * HOUR, ruled.act()) == 1
    ((_, _, told),) = ruled.child.pull_facts()
    assert (told.alarm().kind, told.alarm().due) == ("NOTICE_OVERDUE", NOW + 24 * HOUR)
    with pytest.raises(Impossible):
        decisions_notices.send(ruled.child, notice.id, NOW + 30 * HOUR, "LETTER", "clerk", NOW + 25 * HOUR)
    decisions_notices.send(ruled.child, notice.id, NOW + 25 * HOUR, "LETTER", "clerk", NOW + 25 * HOUR)
    assert not ruled.child.pull_facts()[-1][2].in_time
    with pytest.raises(Conflict):
        decisions_notices.send(ruled.child, notice.id, NOW + 25 * HOUR, "LETTER", "clerk", NOW + 25 * HOUR)


def test_a_decision_that_never_was_takes_its_notices_and_its_stay_with_it(ruled: Any) -> None:
    decision = record(ruled)
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    decisions.withdraw(ruled.child, decision.id, ruled.act())
    assert ruled.child.notices[0].status is decisions_notices.NoticeStatus.DROPPED
    assert "decision-in-force" in ruled.open_rules()
    with pytest.raises(Conflict):
        decisions.withdraw(ruled.child, decision.id, ruled.act())


def test_parents_who_take_back_their_agreement_end_what_rests_on_it_when_the_hours_are_over(ruled: Any) -> None:
    agreed = record(ruled, case=replace(CASE, parents_agree=True), situation="VOLUNTARY")
    ordered = record(ruled, body="COURT")
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    at = NOW + HOUR
    assert decisions_time.agreement_withdrawn(ruled.child, at, at + 48 * HOUR, ruled.act()) == 1
    assert (agreed.in_force_until, ordered.in_force_until) == (TODAY + 3 * DAY, TODAY + 90 * DAY)
    assert decisions_time.agreement_withdrawn(ruled.child, at, at + 48 * HOUR, ruled.act()) == 0
    later(ruled, 3)
    assert agreed.status is DecisionStatus.ENDED
    decisions.withdraw(ruled.child, ordered.id, ruled.act(TODAY + 3 * DAY))
    assert "decision-in-force" in ruled.open_rules()


def test_of_a_child_entered_in_error_nothing_is_left_to_decide_or_to_tell(ruled: Any) -> None:
    decision = record(ruled)
    ruled.child.hear(replace(ruled.child.known, withdrawn=True), ruled.act())
    assert decision.status is DecisionStatus.WITHDRAWN
    assert {str(each.status) for each in ruled.child.notices} == {"dropped"}
    later(ruled, 60)
    assert decision.status is DecisionStatus.WITHDRAWN


def test_a_decision_on_a_child_who_died_does_not_lapse(ruled: Any) -> None:
    decision = record(ruled)
    ruled.child.hear(replace(ruled.child.known, died_on=TODAY), ruled.act())
    later(ruled, 60)
    assert decision.status is DecisionStatus.IN_FORCE


def test_a_stay_that_began_before_is_carried_out_from_the_day_the_decision_holds(ruled: Any) -> None:
    ruled.arrive(TODAY - 10 * DAY, form="FOSTER", provider=None)
    assert record(ruled, made_on=TODAY - DAY, effective_from=TODAY - DAY).carried_out_on == TODAY - DAY


def test_an_appeal_on_the_last_day_is_in_time(ruled: Any) -> None:
    decision = record(ruled, made_on=TODAY - 10 * DAY, effective_from=TODAY - 10 * DAY)
    assert decision.appeal_until == TODAY
    appeal(ruled, decision)
    assert not ruled.child.appeals[0].late
