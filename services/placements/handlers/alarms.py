"""What happens when placements is asked about alarms and the rota, and when nobody sees to an alarm in time."""

from datetime import date, datetime
from typing import Any, Protocol

from services.placements.commands import alarms as commands
from services.placements.domain import alarms as domain
from services.placements.domain import rota
from shared import uow

ROUND = 500


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def alarms(self) -> domain.Alarms:
        """The alarms."""

    @property
    def rota(self) -> rota.Rota:
        """The rota."""

    @property
    def alarm_kinds(self) -> domain.Kinds:
        """What the country pack says of kinds of alarms."""


def acknowledge_alarm(uow: UnitOfWork, command: commands.AcknowledgeAlarm) -> domain.Alarm:
    """Someone sees to it."""
    alarm = uow.alarms.get(command.id)
    alarm.acknowledge(command.actor, command.at)
    return alarm


def assign_duty(uow: UnitOfWork, command: commands.AssignDuty) -> rota.Duty:
    """Put an account on the rota; alarms that wait for an owner get one at the next round."""
    duty = rota.Duty.assign(
        command.id, command.role, command.area, command.level, command.account, command.from_, command.to
    )
    uow.rota.add(duty)
    return duty


def end_duty(uow: UnitOfWork, command: commands.EndDuty) -> rota.Duty:
    """Take an account off the rota; its alarms go over to who is on it."""
    duty = uow.rota.get(command.id)
    duty.end(command.to)
    return duty


def escalate(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Give alarms that nobody saw to in time to the next level of the rota."""
    found = list(uow.alarms.escalating(at, ROUND))
    for alarm in found:
        higher = uow.rota.owner(alarm.role, alarm.area, alarm.level + 1, today)
        patience = uow.alarm_kinds.patience(alarm.kind, today, alarm.area)
        alarm.escalate(higher[0] if higher else None, patience, at)
    return len(found)


def find_owners(uow: UnitOfWork, _at: datetime, today: date) -> int:
    """Give alarms without an owner, or whose owner is off the rota, to whoever is on it."""
    handed = 0
    for alarm in uow.alarms.astray(uow.rota.on_duty(today), ROUND):
        found = uow.rota.owner(alarm.role, alarm.area, alarm.level, today) or uow.rota.owner(
            alarm.role, alarm.area, 0, today
        )
        new = found[0] if found else None
        if new != alarm.owner:
            alarm.hand_to(new)
            handed += 1
    return handed


def count(uow: UnitOfWork, at: datetime, _today: date) -> int:
    """Tell the metric how many alarms are open, overdue, and without an owner."""
    uow.alarms.count(at)
    return 0


CONSUMED: dict[str, Any] = {}
TIMED = {"alarm-owners": find_owners, "alarm-escalations": escalate, "alarm-counts": count}
