"""A missing child: stages, clocks, broadcasts, finding, handing over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.registry.domain import alerts as domain
from services.registry.domain import alerts_content as content
from services.registry.domain import alerts_facts as facts
from services.registry.domain.alerts_facts import Step
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from tests.unit.registry.given import told

NIGHT = datetime(2026, 3, 1, 2, tzinfo=UTC)
TODAY = NIGHT.date()
HOURS = {
    Step.POLICE_TOLD: 1,
    Step.AGENCY_TOLD: 2,
    Step.INVESTIGATION_OPEN: 24,
    Step.INVESTIGATION_DONE: 2160,
    Step.SAFETY_ASSESSED: 24,
    Step.BROADCAST_WITHDRAWN: 24,
    Step.POLICE_RELEASE: 3,
}
SAFE = content.Assessment(TODAY, "worker", "SAFE", True, True, safe=True)
NOT_SAFE = content.Assessment(TODAY, "worker", "NOT_SAFE", True, True)
HOME = content.Handover(NIGHT + timedelta(hours=5), "PARENT_OR_GUARDIAN", back=True)
KIN = content.Handover(NIGHT + timedelta(hours=5), "OTHER_PARENT_OR_KIN")


def later(hours):
    return NIGHT + timedelta(hours=hours)


def description(**changes):
    values = {"missing_since": later(-3), "clothing": "red coat", "sex": "F"}
    return content.Description(**values | changes)


def raised(**changes):
    values = {"child": new_id(), "area": "KZ-75", "owner": "duty officer", "at": NIGHT, "hours": HOURS}
    alert = domain.Alert.raise_(new_id(), 1, changes.pop("description", description()), **values | changes)
    alert.pull_facts()
    return alert


def tell(alert, step, hours):
    alert.tell(step, content.Told(later(hours), "desk"), at=later(hours), hours=HOURS)


def found(alert, *, alive=True, hours=4.0):
    finding = content.Finding(later(hours), alive, "KZ-75")
    alert.find(finding, on=finding.at.date(), at=later(hours), hours=HOURS)


def sent(alert, count=1):
    messages = tuple(
        content.Broadcast(new_id(), later(1), "supervisor", "POLICE", f"unit {number}", "red coat")
        for number in range(count)
    )
    alert.broadcast(messages)
    return messages


def running(alert):
    return {clock.step: clock.due_at for clock in alert.clocks if clock.runs()}


def test_an_alert_is_raised_for_a_child_nobody_has_registered_and_its_clocks_run():
    alert = domain.Alert.raise_(
        new_id(), 7, description(), child=None, area="KZ-75", owner="helpline", at=NIGHT, hours=HOURS
    )
    assert told(alert) == [facts.AlertRaised(alert.id, None, "KZ-75")]
    assert running(alert) == {Step.POLICE_TOLD: later(1), Step.INVESTIGATION_OPEN: later(24)}
    assert (alert.stage, alert.version) == (domain.AlertStage.RAISED, 1)


def test_a_child_does_not_go_missing_in_the_future():
    with pytest.raises(Invalid) as refused:
        raised(description=description(missing_since=later(1)))
    assert (refused.value.field, refused.value.rule) == ("description.missing_since", "not-in-the-future")


@pytest.mark.parametrize(("first", "last"), [(None, date(2015, 1, 1)), (date(2016, 1, 1), date(2015, 1, 1))])
def test_the_birth_of_a_missing_child_is_a_span_with_both_ends(first, last):
    with pytest.raises(Invalid) as refused:
        description(born_from=first, born_to=last)
    assert refused.value.rule == "birth-span"


def test_each_step_stops_its_clock_and_starts_the_next():
    alert = raised()
    tell(alert, Step.POLICE_TOLD, 0.5)
    assert running(alert) == {Step.INVESTIGATION_OPEN: later(24), Step.AGENCY_TOLD: later(2.5)}
    tell(alert, Step.AGENCY_TOLD, 1)
    tell(alert, Step.INVESTIGATION_OPEN, 3)
    assert running(alert) == {Step.INVESTIGATION_DONE: later(2163)}
    assert alert.stage is domain.AlertStage.INVESTIGATION_OPEN


def test_what_is_heard_of_later_is_recorded_and_never_moves_the_search_back():
    alert = raised()
    tell(alert, Step.INVESTIGATION_OPEN, 1)
    assert Step.POLICE_TOLD not in running(alert)  # who investigates has been told
    tell(alert, Step.AGENCY_TOLD, 2)
    tell(alert, Step.POLICE_TOLD, 2)
    assert alert.stage is domain.AlertStage.INVESTIGATION_OPEN
    assert Step.AGENCY_TOLD not in running(alert)
    assert {step for step, _ in alert.told} == set(domain._STAGE_OF)


def test_a_step_is_recorded_once_and_not_in_the_future():
    alert = raised()
    tell(alert, Step.POLICE_TOLD, 1)
    with pytest.raises(Conflict) as refused:
        tell(alert, Step.POLICE_TOLD, 2)
    assert refused.value.rule == "step-once"
    with pytest.raises(Invalid):
        alert.tell(Step.AGENCY_TOLD, content.Told(later(5)), at=later(4), hours=HOURS)


def test_a_pack_without_an_agency_has_no_clock_for_it():
    alert = raised()
    alert.tell(Step.POLICE_TOLD, content.Told(later(1)), at=later(1), hours=HOURS | {Step.AGENCY_TOLD: None})
    assert set(running(alert)) == {Step.INVESTIGATION_OPEN}


def test_a_step_not_taken_in_time_is_told_once_with_its_escalation():
    alert = raised()
    assert alert.tell_overdue(later(0.9)) == 0
    assert alert.tell_overdue(later(1)) == 1
    assert alert.tell_overdue(later(2)) == 0
    assert told(alert) == [
        facts.AlertOverdue(alert.id, alert.child, "KZ-75", Step.POLICE_TOLD, later(1).date(), "supervisor")
    ]
    assert alert.tell_overdue(later(24)) == 1
    assert [fact.step for fact in told(alert)] == [Step.INVESTIGATION_OPEN]


def test_finding_a_child_stops_the_search_and_starts_the_clock_of_its_safety():
    alert = raised()
    tell(alert, Step.POLICE_TOLD, 1)
    found(alert)
    assert running(alert) == {Step.SAFETY_ASSESSED: later(28)}
    assert told(alert) == [facts.AlertRecovered(alert.id, alert.child, "KZ-75", True, TODAY)]
    with pytest.raises(Conflict):
        tell(alert, Step.AGENCY_TOLD, 5)


def test_a_child_found_dead_is_handed_over_to_nobody():
    alert = raised()
    found(alert, alive=False)
    assert (alert.stage, running(alert)) == (domain.AlertStage.FOUND_DEAD, {})
    with pytest.raises(Conflict) as refused:
        alert.hand_over(HOME, SAFE, at=later(6), today=TODAY)
    assert refused.value.rule == "alert-found"


def test_a_child_is_not_found_before_it_went_missing():
    with pytest.raises(Invalid) as refused:
        found(raised(), hours=-4)
    assert refused.value.field == "at"


def test_a_found_child_is_not_handed_over_before_its_safety_is_assessed():
    alert = raised()
    found(alert)
    with pytest.raises(domain.SafetyAssessmentFirst) as refused:
        alert.hand_over(HOME, None, at=later(6), today=TODAY)
    assert (refused.value.field, refused.value.rule) == ("assessment", "safety-assessment-first")
    assert (alert.handover, running(alert)) == (None, {Step.SAFETY_ASSESSED: later(28)})


def test_where_it_is_not_safe_the_child_is_not_handed_back_but_may_go_elsewhere():
    alert = raised()
    found(alert)
    with pytest.raises(domain.NotSafeToHandBack) as refused:
        alert.hand_over(HOME, NOT_SAFE, at=later(6), today=TODAY)
    assert (refused.value.field, alert.assessment) == ("assessment.result", None)
    alert.hand_over(KIN, NOT_SAFE, at=later(6), today=TODAY)
    assert (alert.handover, running(alert)) == (KIN, {})
    with pytest.raises(Conflict) as once:
        alert.hand_over(KIN, SAFE, at=later(6), today=TODAY)
    assert once.value.rule == "handover-once"


def test_an_assessment_does_not_lie_in_the_future():
    alert = raised()
    found(alert)
    tomorrow = content.Assessment(TODAY + timedelta(days=1), "worker", "SAFE", True, True, safe=True)
    with pytest.raises(Invalid) as refused:
        alert.hand_over(HOME, tomorrow, at=later(6), today=TODAY)
    assert refused.value.field == "assessment.on"


def test_a_child_that_came_back_by_itself_is_assessed_too():
    alert = raised()
    with pytest.raises(domain.SafetyAssessmentFirst):
        alert.close(domain.RETURNED, None, at=later(6), today=TODAY, hours=HOURS)
    assert alert.is_open
    alert.close(domain.RETURNED, NOT_SAFE, at=later(6), today=TODAY, hours=HOURS)  # where it is, is a fact
    assert told(alert) == [facts.AlertClosed(alert.id, alert.child, "KZ-75", domain.RETURNED)]
    assert running(alert) == {}


def test_an_alert_raised_in_error_is_closed_without_an_assessment_and_stays_closed():
    alert = raised()
    alert.close(domain.ERROR, None, at=later(6), today=TODAY, hours=HOURS)
    with pytest.raises(Conflict):
        found(alert)
    with pytest.raises(Conflict):
        alert.reopen(at=later(7), hours=HOURS)


def test_a_broadcast_is_withdrawn_by_every_recipient_after_recovery_or_an_alarm_follows():
    alert = raised()
    first, second = sent(alert, 2)
    found(alert)
    assert running(alert)[Step.BROADCAST_WITHDRAWN] == later(28)
    alert.withdraw_broadcast(first.id, on=later(5), by="supervisor", at=later(5))
    assert Step.BROADCAST_WITHDRAWN in running(alert)
    alert.withdraw_broadcast(second.id, on=later(6), by="supervisor", at=later(6))
    assert Step.BROADCAST_WITHDRAWN not in running(alert)
    assert {each.withdrawn_at for each in alert.broadcasts} == {later(5), later(6)}
    with pytest.raises(Conflict) as refused:
        alert.withdraw_broadcast(first.id, on=later(6), by="supervisor", at=later(6))
    assert refused.value.rule == "withdrawn-once"
    with pytest.raises(NotFound):
        alert.withdraw_broadcast(new_id(), on=later(6), by="supervisor", at=later(6))


def test_what_was_withdrawn_before_the_child_was_found_needs_no_clock():
    alert = raised()
    (message,) = sent(alert)
    alert.withdraw_broadcast(message.id, on=later(2), by="supervisor", at=later(2))
    found(alert)
    assert Step.BROADCAST_WITHDRAWN not in running(alert)


def test_nothing_is_broadcast_once_the_child_is_found_and_nothing_empty_ever():
    alert = raised()
    empty = content.Broadcast(new_id(), later(1), "supervisor", "POLICE", "unit", "")
    with pytest.raises(Invalid) as refused:
        alert.broadcast((empty,))
    assert refused.value.rule == "broadcast-empty"
    found(alert)
    with pytest.raises(domain.NothingMoreIsSent):
        sent(alert)


def test_a_finding_that_was_wrong_is_taken_back_and_the_clocks_run_anew():
    alert = raised()
    tell(alert, Step.POLICE_TOLD, 1)
    sent(alert)
    found(alert)
    told(alert)
    alert.reopen(at=later(10), hours=HOURS)
    assert told(alert) == [facts.AlertReopened(alert.id, alert.child, "KZ-75")]
    assert (alert.stage, alert.finding) == (domain.AlertStage.POLICE_TOLD, None)
    assert running(alert) == {Step.INVESTIGATION_OPEN: later(34)}
    found(alert, hours=12)
    assert running(alert)[Step.BROADCAST_WITHDRAWN] == later(36)


def test_police_holding_runs_a_clock_until_the_release_also_after_the_child_is_found():
    alert = raised()
    alert.hold(content.Holding(later(4), "FOUND_ALONE", "station"), at=later(4), hours=HOURS)
    found(alert)
    assert running(alert)[Step.POLICE_RELEASE] == later(7)
    alert.hold(content.Holding(later(4), "FOUND_ALONE", "station", later(6)), at=later(6), hours=HOURS)
    assert Step.POLICE_RELEASE not in running(alert)
    with pytest.raises(Invalid) as refused:
        alert.hold(content.Holding(later(4), "FOUND_ALONE", "station", later(3)), at=later(6), hours=HOURS)
    assert (refused.value.field, refused.value.rule) == ("released_at", "ends-before-it-begins")


def test_another_account_answers_for_the_alert_and_the_description_is_said_anew():
    alert, version = raised(), 1
    alert.hand_to("day shift")
    alert.describe(description(clothing="blue coat"), at=later(1))
    assert (alert.owner, alert.description.clothing, alert.version) == ("day shift", "blue coat", version + 2)


def test_every_stage_is_in_the_table_and_the_search_ends_somewhere():
    assert set(domain.ALERT_TRANSITIONS) == set(domain.AlertStage)
    assert all(domain.ALERT_TRANSITIONS[stage] >= domain.ENDS for stage in domain.OPEN)
