"""Alarms: one owner, one due time, one escalation; facts begin and end them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.placements.domain import alarms, rota
from services.placements.domain.alarms import Alarm, AlarmStatus, Due, Patience
from services.placements.domain.breach import BreachHealed, BreachOpened
from shared.errors import Conflict, Invalid

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
DUE = AT + timedelta(hours=48)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALM, URGENT = Patience(None, DAY), Patience(2 * HOUR, DAY)
ON = date(2026, 3, 10)


def due(about=1, kind="BREACH"):
    return Due(kind=kind, about=UUID(int=about), role="gatekeeper", area="KZ-75", due=DUE)


def raised(patience=CALM, owner="aidana"):
    return Alarm.of(UUID(int=7), due(), DUE, owner, patience, AT)


@dataclass(frozen=True)
class Began:
    about: int

    def alarm(self):
        return due(self.about)


@dataclass(frozen=True)
class Ended:
    about: int

    def settles(self):
        return (UUID(int=self.about),)


def test_an_ordinary_alarm_escalates_when_it_is_due_an_urgent_one_when_nobody_has_seen_it():
    assert raised().escalate_at == DUE
    assert raised(URGENT).escalate_at == AT + 2 * HOUR


def test_acknowledged_it_waits_until_it_is_due_and_stays_on_the_list():
    alarm = raised(URGENT)
    alarm.acknowledge("aidana", AT + HOUR)
    assert (alarm.status, alarm.escalate_at, alarm.acknowledged_by) == (AlarmStatus.ACKNOWLEDGED, DUE, "aidana")
    with pytest.raises(Conflict):
        alarm.acknowledge("other", AT + HOUR)


def test_who_acknowledges_it_too_late_is_not_given_more_time():
    alarm = raised()
    alarm.acknowledge("aidana", DUE + HOUR)
    assert alarm.escalate_at == DUE


def test_the_next_level_owns_it_anew_and_the_highest_keeps_it():
    alarm = raised()
    alarm.acknowledge("aidana", AT)
    alarm.escalate("nurlan", CALM, DUE)
    assert (alarm.owner, alarm.level, alarm.status, alarm.acknowledged_by) == ("nurlan", 1, AlarmStatus.RAISED, None)
    assert alarm.escalate_at == DUE + DAY
    alarm.escalate(None, CALM, DUE + DAY)
    assert (alarm.owner, alarm.level, alarm.escalate_at) == ("nurlan", 1, None)


def test_settled_it_is_over():
    alarm = raised()
    alarm.settle(AT + HOUR)
    assert (alarm.status, alarm.settled_at, alarm.escalate_at) == (AlarmStatus.SETTLED, AT + HOUR, None)
    for act in (lambda: alarm.settle(AT), lambda: alarm.acknowledge("aidana", AT)):
        with pytest.raises(Conflict):
            act()


def test_it_tells_what_happened_but_not_whose_account_it_is():
    alarm = raised()
    alarm.acknowledge("aidana", AT)
    alarm.escalate("nurlan", CALM, DUE)
    alarm.settle(DUE)
    facts = [fact for _, _, fact in alarm.pull_facts()]
    assert [type(fact).__name__ for fact in facts] == [
        "AlarmRaised", "AlarmAcknowledged", "AlarmEscalated", "AlarmSettled"
    ]  # fmt: skip
    assert "aidana" not in str(facts) and "nurlan" not in str(facts)


def test_of_a_rule_it_tells_which_and_of_other_things_none():
    of_a_rule = Alarm.of(UUID(int=9), replace(due(), rule="capacity"), DUE, "aidana", CALM, AT)
    told = [fact.rule for _, _, fact in of_a_rule.pull_facts()]
    assert (of_a_rule.rule, told) == ("capacity", ["capacity"])
    assert raised().rule is None


def test_facts_leave_what_they_begin_and_no_later_fact_ends():
    found, settled = alarms.told([Began(1), Began(2), Ended(1), object(), Ended(3)])
    assert [each.about.int for each in found] == [2]
    assert {about.int for about in settled} == {1, 3}
    found, _ = alarms.told([Ended(1), Began(1)])
    assert [each.about.int for each in found] == [1]


def test_a_breach_is_an_alarm_until_it_is_healed_but_an_imports_decision_has_its_own_calendar():
    opened = BreachOpened(UUID(int=1), UUID(int=2), UUID(int=3), "under-three-residential", "gatekeeper", ON, "KZ-75")
    assert opened.alarm() == Due(
        kind="BREACH", about=UUID(int=2), role="gatekeeper", area="KZ-75", due=ON, child=UUID(int=1),
        rule="under-three-residential",
    )  # fmt: skip
    assert BreachHealed(UUID(int=1), UUID(int=2)).settles() == (UUID(int=2),)
    legacy = BreachOpened(UUID(int=1), UUID(int=2), UUID(int=3), "capacity", "gatekeeper", ON, "KZ-75", later=True)
    assert legacy.alarm() is None


def duty(account, level=0, area="KZ-75", role="gatekeeper", from_=ON, to=None):
    return rota.Duty.assign(UUID(int=hash(account) % 1000), role, area, level, account, from_, to)


def test_the_nearest_area_owns_it_then_what_it_lies_in_then_the_deployment():
    duties = [duty("country", area=None), duty("region", area="KZ"), duty("district")]
    for names in ("district", "region", "country"):
        assert rota.owner(duties, "gatekeeper", ("KZ-75", "KZ"), 0, ON) == (names, 0)
        duties.pop()
    assert rota.owner(duties, "gatekeeper", ("KZ-75", "KZ"), 0, ON) is None


def test_levels_go_before_areas_and_an_empty_level_is_skipped():
    duties = [duty("first"), duty("third", level=2), duty("second", level=1, area=None)]
    assert rota.owner(duties, "gatekeeper", ("KZ-75",), 0, ON) == ("first", 0)
    assert rota.owner(duties, "gatekeeper", ("KZ-75",), 1, ON) == ("second", 1)
    assert rota.owner(duties[:2], "gatekeeper", ("KZ-75",), 1, ON) == ("third", 2)
    assert rota.owner(duties, "supervisor", ("KZ-75",), 0, ON) is None
    assert rota.owner(duties, "gatekeeper", ("KZ-71",), 0, ON) == ("second", 1)


def test_days_on_duty_are_half_open():
    only = duty("aidana", to=ON + DAY)
    assert [only.holds(day) for day in (ON - DAY, ON, ON + DAY)] == [False, True, False]
    only = duty("aidana")
    only.end(ON + 3 * DAY)
    assert only.holds(ON + 2 * DAY) and not only.holds(ON + 3 * DAY)
    with pytest.raises(Conflict):
        only.end(ON + 5 * DAY)
    with pytest.raises(Invalid):
        duty("aidana", to=ON)
