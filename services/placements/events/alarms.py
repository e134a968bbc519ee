"""What placements publishes about alarms and the rota: codes, days and levels; never whose account it is."""

from services.placements.domain import RULES, rota
from services.placements.domain import alarms as domain
from services.placements.domain.alarm_roles import ROLES
from shared.event_schema import AreaCode, Code, Day, EventSchema, Id, OneOf, Whole


class _Alarm(EventSchema):
    subject = "alarm"
    alarm = Id()


class AlarmRaisedV1(_Alarm):
    """Somebody must see to the thing `about` until the day `due`; `role` owns it in the area.

    `rule`: the rule of care that it is about, where it is about one.
    """

    type = "placements.alarm-raised.v1"
    fact = domain.AlarmRaised
    kind = Code("alarm_kind")
    about = Id()
    area = AreaCode(optional=True)
    role = OneOf(*ROLES)
    due = Day()
    rule = OneOf(*RULES, optional=True)


class AlarmEscalatedV1(_Alarm):
    """Nobody saw to it in time: the next level of the rota owns it."""

    type = "placements.alarm-escalated.v1"
    fact = domain.AlarmEscalated
    level = Whole()


class AlarmAcknowledgedV1(_Alarm):
    """Someone has taken note and sees to it."""

    type = "placements.alarm-acknowledged.v1"
    fact = domain.AlarmAcknowledged


class AlarmSettledV1(_Alarm):
    """What it was about is seen to, or no longer so."""

    type = "placements.alarm-settled.v1"
    fact = domain.AlarmSettled


class DutyAssignedV1(EventSchema):
    """Someone is on the rota of a role in an area, at a level."""

    type = "placements.duty-assigned.v1"
    fact = rota.DutyAssigned
    subject = "duty"
    duty = Id()
    role = OneOf(*ROLES)
    area = AreaCode(optional=True)
    level = Whole()


class DutyEndedV1(EventSchema):
    """Someone is off the rota from the day `to` on."""

    type = "placements.duty-ended.v1"
    fact = rota.DutyEnded
    subject = "duty"
    duty = Id()
    to = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (
    AlarmRaisedV1,
    AlarmEscalatedV1,
    AlarmAcknowledgedV1,
    AlarmSettledV1,
    DutyAssignedV1,
    DutyEndedV1,
)
