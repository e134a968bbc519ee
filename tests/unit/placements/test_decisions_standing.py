"""A decision holds once it is confirmed, signed and left in peace by an appeal; none makes up for another (CARE C2)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.placements.domain import decision_facts as facts
from services.placements.domain import decisions, decisions_appeals, decisions_time
from services.placements.domain.decision import Decision, DecisionStatus, Terms
from services.placements.domain.decisions import By
from services.placements.domain.judgement import Act
from shared.errors import Conflict, Invalid
from tests.unit.placements.decided import CASE, DAY, HOUR, LINE, NOW, TERMS, TODAY, appeal, later, record

ASSESSED = CASE.assessed_by


def at(world: Any, moment: datetime) -> Act:
    return replace(world.act(moment.astimezone(world.book.calendar.zone).date()), at=moment)


def oral(world: Any, **given: Any) -> Decision:
    return record(world, instrument="ORAL_ORDER", made_at=NOW - HOUR, **given)


def confirm(world: Any, decision: Decision, on: datetime = NOW) -> None:
    decisions.confirm(world.child, decision.id, on, "ORDER", "7", None, By("duty", NOW + HOUR), world.act())


def correct(world: Any, decision: Decision, by: str = "clerk", terms: Terms = TERMS, **given: Any) -> None:
    terms = replace(terms, **given)
    case = replace(CASE, kind=terms.act)
    decisions.correct(world.child, decision.id, terms, By(by, NOW), world.act(), case)


def sign(world: Any, decision: Decision, by: str) -> None:
    decisions.sign(world.child, decision.id, By(by, NOW), ASSESSED, world.act())


# By the hour.


def test_who_acts_after_the_hour_of_an_oral_order_and_before_the_clock_finds_it_lapsed(ruled: Any) -> None:
    decision = oral(ruled)
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    ruled.child.catch_up(at(ruled, NOW + 22 * HOUR))
    assert (decision.status, ruled.open_rules()) == (DecisionStatus.ORAL, set())
    ruled.child.catch_up(at(ruled, NOW + 23 * HOUR))
    assert (decision.status, decision.ended_on) == (DecisionStatus.LAPSED, TODAY + DAY)
    assert "decision-in-force" in ruled.open_rules()


@pytest.mark.parametrize("clock", [True, False])
def test_after_days_on_which_nobody_looked_the_breach_is_of_the_day_on_which_the_oral_order_lapsed(
    ruled: Any, clock: bool
) -> None:
    decision = oral(ruled)
    ruled.arrive(TODAY, form="FOSTER", provider=None)
    back = NOW + 6 * DAY
    if clock:
        assert decisions_time.lapse_oral(ruled.child, back, at(ruled, back)) == 1
    else:
        ruled.child.review(at(ruled, back))
    (breach,) = (each for each in ruled.child.breaches if each.rule == "decision-in-force")
    assert (breach.opened_on, decision.ended_on) == (TODAY + DAY, TODAY + DAY)


def test_an_appeal_does_not_put_off_the_hour_of_an_oral_order(ruled: Any) -> None:
    decision = oral(ruled)
    lodged = appeal(ruled, decision)
    assert decision.status is DecisionStatus.SUSPENDED
    ruled.child.review(at(ruled, NOW + 2 * DAY))
    assert decision.status is DecisionStatus.LAPSED
    decisions_appeals.decide(ruled.child, lodged, "UPHELD", TODAY, ruled.act(TODAY + 2 * DAY))
    assert decision.status is DecisionStatus.LAPSED


def test_an_oral_order_that_was_not_confirmed_is_not_brought_back_by_having_been_carried_out(ruled: Any) -> None:
    decision = oral(ruled)
    ruled.child.review(at(ruled, NOW + 2 * DAY))
    with pytest.raises(Conflict):
        decisions_time.carry_out(ruled.child, decision.id, TODAY, ruled.act(TODAY + 2 * DAY))
    assert (decision.status, decision.carried_out_on) == (DecisionStatus.LAPSED, None)


def test_the_hour_of_an_oral_order_follows_a_correction_of_when_it_was_given(ruled: Any) -> None:
    decision = oral(ruled)
    correct(ruled, decision, instrument="ORAL_ORDER", made_at=NOW - 5 * HOUR)
    assert decision.confirm_by == NOW + 19 * HOUR
    correct(ruled, decision, instrument="ORAL_ORDER", made_at=NOW - 30 * HOUR)
    assert decision.status is DecisionStatus.LAPSED
    correct(ruled, decision)
    assert (decision.status, decision.confirm_by) == (DecisionStatus.IN_FORCE, None)


# The second signature.


def test_an_oral_order_that_wants_a_second_signature_holds_only_until_it_is_confirmed(ruled: Any) -> None:
    decision = oral(ruled, decided_by="worker")
    assert decision.holds(TODAY)
    ruled.child.pull_facts()
    confirm(ruled, decision)
    assert decision.status is DecisionStatus.UNSIGNED
    told = [each for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionCorrected)]
    assert [(each.alarm().kind, each.status) for each in told if each.alarm()] == [("SECOND_SIGNATURE", "unsigned")]
    sign(ruled, decision, "next level")
    assert decision.holds(TODAY)


def test_a_written_decision_with_an_hour_is_not_confirmed_in_place_of_a_signature(ruled: Any) -> None:
    decision = record(ruled, decided_by="worker", made_at=NOW - HOUR)
    with pytest.raises(Conflict) as error:
        confirm(ruled, decision)
    assert (error.value.rule, decision.status) == ("was-oral", DecisionStatus.UNSIGNED)


def test_what_was_signed_is_signed_anew_where_a_correction_says_something_else(ruled: Any) -> None:
    decision = record(ruled, decided_by="worker")
    sign(ruled, decision, "next level")
    correct(ruled, decision, decided_by="worker", number="12")
    assert decision.status is DecisionStatus.IN_FORCE
    correct(ruled, decision, by="next level", decided_by="worker", in_force_until=TODAY + 100 * DAY)
    assert (decision.status, decision.second_by) == (DecisionStatus.UNSIGNED, None)
    with pytest.raises(decisions.NotASecondPerson):
        sign(ruled, decision, "next level")
    sign(ruled, decision, "clerk")
    assert decision.status is DecisionStatus.IN_FORCE


def test_a_correction_that_makes_another_decision_of_it_asks_for_the_signature_that_this_one_wants(ruled: Any) -> None:
    ruled.book.tables["decision_table"] = [LINE, LINE | {"id": "more", "act": "PROLONGATION", "second_signature": True}]
    decision = record(ruled)
    with pytest.raises(Conflict) as error:
        correct(ruled, decision, act="PROLONGATION")
    assert error.value.rule == "child-in-care"
    ruled.arrive(TODAY, form="FOSTER")
    ruled.child.pull_facts()
    correct(ruled, decision, act="PROLONGATION")
    assert (decision.status, decision.renews) == (DecisionStatus.UNSIGNED, None)
    told = [each for _, _, each in ruled.child.pull_facts() if isinstance(each, facts.DecisionCorrected)]
    assert [each.alarm().kind for each in told] == ["SECOND_SIGNATURE"]


def test_whoever_corrects_without_naming_who_decided_did_not_decide(ruled: Any) -> None:
    decision = record(ruled, decided_by="worker")
    correct(ruled, decision, by="another", decided_by=None, in_force_until=TODAY + 100 * DAY)
    assert (decision.decided_by, decision.status) == ("worker", DecisionStatus.UNSIGNED)


# Appeals, and what goes on for what.


def test_what_is_signed_or_confirmed_while_an_appeal_keeps_it_resting_rests(ruled: Any) -> None:
    signed, heard = record(ruled, decided_by="worker"), oral(ruled)
    lodged = [appeal(ruled, signed), appeal(ruled, heard)]
    sign(ruled, signed, "next level")
    confirm(ruled, heard)
    assert [each.status for each in (signed, heard)] == [DecisionStatus.SUSPENDED] * 2
    for each in lodged:
        decisions_appeals.decide(ruled.child, each, "UPHELD", TODAY, ruled.act())
    assert [each.status for each in (signed, heard)] == [DecisionStatus.IN_FORCE] * 2


def test_an_appeal_that_changes_what_has_lapsed_or_never_was_is_recorded(ruled: Any) -> None:
    lapsed, never = record(ruled), record(ruled)
    lodged = [appeal(ruled, each, suspends=False) for each in (lapsed, never)]
    decisions.withdraw(ruled.child, never.id, ruled.act())
    later(ruled, 40)
    for each in lodged:
        decisions_appeals.decide(ruled.child, each, "CHANGED", TODAY, ruled.act(TODAY + 40 * DAY))
    assert [each.outcome for each in ruled.child.appeals] == ["CHANGED", "CHANGED"]
    assert (lapsed.status, never.status) == (DecisionStatus.LAPSED, DecisionStatus.WITHDRAWN)


def test_a_decision_that_was_changed_on_appeal_does_not_come_back_by_a_correction(ruled: Any) -> None:
    decision = record(ruled)
    decisions_appeals.decide(ruled.child, appeal(ruled, decision, suspends=False), "CHANGED", TODAY, ruled.act())
    correct(ruled, decision, in_force_until=TODAY + 100 * DAY)
    assert decision.status is DecisionStatus.ENDED


def test_what_had_lapsed_before_it_was_changed_on_appeal_does_not_come_back_either(ruled: Any) -> None:
    decision = record(ruled)
    lodged = appeal(ruled, decision, suspends=False)
    later(ruled, 40)
    after = ruled.act(TODAY + 40 * DAY)
    decisions_appeals.decide(ruled.child, lodged, "CHANGED", TODAY + 40 * DAY, after)
    moved = replace(TERMS, made_on=after.today, effective_from=after.today)
    decisions.correct(ruled.child, decision.id, moved, By("clerk", NOW + 40 * DAY), after, CASE)
    assert (decision.effective_from, decision.status) == (after.today, DecisionStatus.LAPSED)
    with pytest.raises(Conflict):
        decisions_time.carry_out(ruled.child, decision.id, after.today, after)


def test_no_decision_goes_on_for_itself(ruled: Any) -> None:
    decision = record(ruled)
    with pytest.raises(Invalid):
        correct(ruled, decision, renews=decision.id)


def test_a_withdrawn_agreement_is_not_prolonged_by_a_correction(ruled: Any) -> None:
    agreed = replace(CASE, parents_agree=True)
    terms = replace(TERMS, situation="VOLUNTARY")
    decision = record(ruled, terms, case=agreed)
    decisions_time.agreement_withdrawn(ruled.child, NOW + HOUR, None, ruled.act())
    ends = decision.in_force_until
    decisions.correct(ruled.child, decision.id, terms, By("clerk", NOW), ruled.act(), agreed)
    assert decision.in_force_until == ends == TODAY + DAY
