"""What happens when an account reads unusually many records, and when somebody says why."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import guarding_reading as commands
from services.registry.domain import guarding_notices as notices
from services.registry.domain import guarding_reading as domain
from shared import uow
from shared.ids import new_id


class Notices(Protocol):
    """What accounts are told."""

    def tell(self, account: str, kind: str, subject: UUID) -> None:
        """Tell an account of something, once."""


class Alarms(Protocol):
    """The alarms about unusual reading."""

    def get(self, id_: UUID) -> domain.ReadingAlarm:
        """The alarm, locked. Raises NotFound."""

    def add(self, thing: domain.ReadingAlarm) -> None:
        """Take in a new one."""

    def of_day(self, day: date) -> Mapping[str, domain.ReadingAlarm]:
        """The alarms of a day by account, locked."""

    def late(self, at: datetime) -> Sequence[domain.ReadingAlarm]:
        """Up to 500 that nobody answered in time and that were not escalated, or that nobody owns; locked."""

    def show(self, at: datetime) -> None:
        """Tell the monitoring how many wait for an answer."""


class Readings(Protocol):
    """What accounts read, as the audit log has it."""

    def sum_up(self, today: date) -> None:
        """Keep the counts of the days that are over."""

    def now(self, at: datetime, today: date) -> Sequence[domain.Reading]:
        """What each account read and was denied within the last hour and today."""


class Book(Protocol):
    """What the country pack says."""

    def officers(self, on: date) -> Sequence[str]:
        """The data-protection officers, in the roster's order."""

    def limits(self, roles: Collection[str]) -> domain.Limits:
        """The limits of someone with these roles."""

    def habit(self, on: date) -> domain.Habit:
        """How far above the own usual a day may be."""

    def answer_within(self, on: date) -> timedelta:
        """How soon an alarm is answered."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def reading_alarms(self) -> Alarms:
        """The alarms about unusual reading."""

    @property
    def readings(self) -> Readings:
        """What accounts read."""

    @property
    def notices(self) -> Notices:
        """What accounts are told."""

    @property
    def roster(self) -> Book:
        """What the country pack says."""


def watch_reading(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Raise one alarm an account and day where it reads, or is denied, unusually much; tell its owner."""
    uow.readings.sum_up(today)
    known, within, habit = uow.reading_alarms.of_day(today), uow.roster.answer_within(today), uow.roster.habit(today)
    done = 0
    for reading in uow.readings.now(at, today):
        finding = domain.judge(reading, uow.roster.limits(reading.roles), habit)
        if finding is None:
            continue
        alarm = known.get(reading.account)
        if alarm is None:
            alarm = domain.ReadingAlarm.raised(new_id(), reading, finding, day=today, at=at, answer_within=within)
            alarm.give_to(uow.roster.officers(today))
            uow.reading_alarms.add(alarm)
        elif not alarm.go_on(finding, at=at, answer_within=within):
            continue
        _tell(uow, alarm, notices.UNUSUAL_READING)
        done += 1
    done += _escalate(uow, at, today)
    uow.reading_alarms.show(at)
    return done


def answer_reading_alarm(uow: UnitOfWork, command: commands.AnswerReadingAlarm) -> domain.ReadingAlarm:
    """Note what the unusual reading was."""
    alarm = uow.reading_alarms.get(command.id)
    alarm.answer(by=command.actor, misuse=command.misuse, words=command.words, at=command.at)
    return alarm


def _escalate(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Give what nobody owns to an officer; tell every officer of what is late (CARE C12: one escalation)."""
    officers, done = uow.roster.officers(today), 0
    for alarm in uow.reading_alarms.late(at):
        if alarm.give_to(officers):
            _tell(uow, alarm, notices.UNUSUAL_READING)
            done += 1
        if alarm.escalate(at):
            for account in officers:
                if account != alarm.account:
                    uow.notices.tell(account, notices.READING_UNANSWERED, alarm.id)
            done += 1
    return done


def _tell(uow: UnitOfWork, alarm: domain.ReadingAlarm, kind: str) -> None:
    if alarm.owner is not None:
        uow.notices.tell(alarm.owner, kind, alarm.id)


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"unusual-reading": watch_reading}
"""What is done from time to time: (uow, at, today) -> how many things were done."""
