"""Unusual reading: what is too much for a role, for an account's habit, of denials; one alarm an account and day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.registry.commands import guarding_reading as commands
from services.registry.domain import guarding_notices as notices
from services.registry.domain import guarding_reading as domain
from services.registry.domain.guarding import NotByOneself
from services.registry.handlers import guarding_reading as handlers
from shared.errors import Conflict
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT, TODAY

LIMITS = domain.Limits(40, 120, 10, 25)
HABIT = domain.Habit(3, 40)
QUIET = domain.Reading("aigul", frozenset({"social_worker"}), hour=40, day=120, denied_hour=10, denied_day=25)
WITHIN = timedelta(hours=72)


def judged(**changes):
    return domain.judge(replace(QUIET, **changes), LIMITS, HABIT)


def test_what_is_within_every_limit_is_not_unusual():
    assert judged() is None
    assert judged(day=40, hour=5, usual=2.0) is None  # the floor


@pytest.mark.parametrize(
    ("changes", "measure", "count", "threshold"),
    [
        ({"hour": 41}, "hour", 41, 40),
        ({"day": 121}, "day", 121, 120),
        ({"denied_hour": 11}, "denied in an hour", 11, 10),
        ({"denied_day": 26}, "denied in a day", 26, 25),
        ({"day": 61, "usual": 20.0}, "usual", 61, 60),
        ({"day": 61, "usual": 20.5}, None, 0, 0),
        ({"day": 62, "usual": 20.5}, "usual", 62, 61),
        ({"day": 41, "usual": 0.0}, "usual", 41, 40),
        ({"hour": 60, "denied_hour": 40}, "denied in an hour", 40, 10),
    ],
)
def test_what_is_most_unusual_is_named_with_its_threshold(changes, measure, count, threshold):
    found = judged(**changes)
    assert found == (None if measure is None else domain.Finding(domain.Measure(measure), count, threshold))


def test_a_limit_of_none_is_passed_by_one():
    assert domain.judge(replace(QUIET, hour=1), replace(LIMITS, per_hour=0), HABIT).count == 1


def test_who_holds_two_roles_has_the_wider_limit_of_each():
    wide = LIMITS.widened(domain.Limits(10, 500, 5, 30))
    assert wide == domain.Limits(40, 500, 10, 30)


def raised(**changes):
    finding = judged(**{"day": 200} | changes)
    return domain.ReadingAlarm.raised(
        new_id(), replace(QUIET, **changes), finding, day=TODAY, at=AT, answer_within=WITHIN
    )


def answer(alarm, *, by="officer", misuse=False, at=AT + timedelta(hours=1)):
    alarm.answer(by=by, misuse=misuse, words="Prepared the yearly review.", at=at)


def test_an_alarm_is_answered_once_and_by_someone_else():
    alarm = raised()
    with pytest.raises(NotByOneself):
        answer(alarm, by="aigul")
    answer(alarm)
    assert (alarm.status, alarm.answered_by, alarm.words) == ("explained", "officer", "Prepared the yearly review.")
    with pytest.raises(domain.AnsweredAlready):
        answer(alarm)


def test_misuse_is_final():
    alarm = raised()
    answer(alarm, misuse=True)
    assert not alarm.go_on(domain.Finding(domain.Measure.DAY, 9000, 120), at=AT, answer_within=WITHIN)
    assert alarm.status is domain.AlarmStatus.MISUSE
    with pytest.raises(Conflict):
        alarm._enter(domain.AlarmStatus.RAISED)


def test_what_was_explained_is_asked_again_when_twice_as_much_was_read():
    alarm, later = raised(), AT + timedelta(hours=3)
    answer(alarm)
    assert not alarm.go_on(domain.Finding(domain.Measure.DAY, 399, 120), at=later, answer_within=WITHIN)
    assert alarm.status is domain.AlarmStatus.EXPLAINED
    assert alarm.go_on(domain.Finding(domain.Measure.DAY, 400, 120), at=later, answer_within=WITHIN)
    assert (alarm.status, alarm.answered_by, alarm.count, alarm.due) == ("raised", None, 400, later + WITHIN)


def test_while_nobody_answered_the_count_goes_up_and_nobody_is_told_again():
    alarm = raised()
    assert not alarm.go_on(domain.Finding(domain.Measure.DAY, 250, 120), at=AT, answer_within=WITHIN)
    assert (alarm.count, alarm.version) == (250, 2)
    assert not alarm.go_on(domain.Finding(domain.Measure.DAY, 250, 120), at=AT, answer_within=WITHIN)
    assert alarm.version == 2


def test_an_alarm_has_one_owner_who_is_not_its_account_and_one_escalation():
    alarm = raised()
    assert not alarm.give_to(["aigul"])
    assert alarm.give_to(["aigul", "officer", "second"])
    assert not alarm.give_to(["second"])
    assert alarm.owner == "officer"
    assert not alarm.escalate(AT + WITHIN - timedelta(minutes=1))
    assert [alarm.escalate(AT + WITHIN) for _ in range(2)] == [True, False]


class FakeUow:
    """What was read, who answers for it, what they were told."""

    def __init__(self, *readings, officers=("officer", "second")):
        self.reading, self.named = list(readings), list(officers)
        self.kept, self.told, self.summed = {}, [], []
        self.readings = self.reading_alarms = self.notices = self.roster = self

    def sum_up(self, today):
        self.summed.append(today)

    def now(self, at, today):
        return self.reading

    def of_day(self, day):
        return {each.account: each for each in self.kept.values() if each.day == day}

    def late(self, at):
        return [
            each
            for each in self.kept.values()
            if each.status == "raised" and (each.owner is None or (each.due <= at and each.escalated_at is None))
        ]

    def add(self, alarm):
        self.kept[alarm.id] = alarm

    def get(self, id_):
        return self.kept[id_]

    def show(self, at):
        self.shown = len(self.kept)

    def tell(self, account, kind, subject):
        self.told.append((account, kind))

    def officers(self, on):
        return self.named

    def limits(self, roles):
        return LIMITS

    def habit(self, on):
        return HABIT

    def answer_within(self, on):
        return WITHIN


def test_one_alarm_is_raised_an_account_and_day_and_its_owner_is_told():
    uow = FakeUow(replace(QUIET, day=200), replace(QUIET, account="damir"))
    assert [handlers.watch_reading(uow, AT, TODAY) for _ in range(2)] == [1, 0]
    (alarm,) = uow.kept.values()
    assert (alarm.account, alarm.owner, alarm.due) == ("aigul", "officer", AT + WITHIN)
    assert uow.told == [("officer", notices.UNUSUAL_READING)]
    assert (uow.summed, uow.shown) == ([TODAY, TODAY], 1)
    assert handlers.watch_reading(uow, AT + timedelta(days=1), TODAY + timedelta(days=1)) == 1
    assert len(uow.kept) == 2


def test_where_the_roster_names_no_officer_the_alarm_waits_for_one():
    uow = FakeUow(replace(QUIET, day=200), officers=())
    handlers.watch_reading(uow, AT, TODAY)
    assert uow.told == []
    uow.named = ["new officer"]
    assert handlers.watch_reading(uow, AT, TODAY) == 1
    assert uow.told == [("new officer", notices.UNUSUAL_READING)]


def test_an_officer_who_reads_too_much_is_answered_for_by_another():
    uow = FakeUow(replace(QUIET, account="officer", day=200))
    handlers.watch_reading(uow, AT, TODAY)
    assert [alarm.owner for alarm in uow.kept.values()] == ["second"]


def test_what_nobody_answers_in_time_is_told_to_every_officer_once():
    uow = FakeUow(replace(QUIET, day=200))
    handlers.watch_reading(uow, AT, TODAY)
    uow.reading, uow.told = [], []
    assert [handlers.watch_reading(uow, AT + WITHIN, TODAY) for _ in range(2)] == [1, 0]
    assert uow.told == [(account, notices.READING_UNANSWERED) for account in ("officer", "second")]


def test_the_answer_is_noted():
    uow = FakeUow(replace(QUIET, day=200))
    handlers.watch_reading(uow, AT, TODAY)
    (alarm,) = uow.kept.values()
    command = commands.AnswerReadingAlarm(id=alarm.id, misuse=True, words="Looked for a neighbour's child.", **ACTS)
    assert handlers.answer_reading_alarm(uow, command).status is domain.AlarmStatus.MISUSE
