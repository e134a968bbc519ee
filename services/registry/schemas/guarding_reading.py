"""What the API takes and gives about alarms of unusual reading."""

from marshmallow import Schema, fields, validate

from services.registry.domain.guarding_reading import AlarmStatus
from shared.http import PageQuery


class AlarmQuery(PageQuery):
    """Which alarms: `status` raised is the list of those that wait for an answer."""

    status = fields.Enum(AlarmStatus, by_value=True, load_default=None)


class AnswerReadingAlarm(Schema):
    """What the reading was, and in words why."""

    verdict = fields.String(
        required=True, validate=validate.OneOf([AlarmStatus.EXPLAINED.value, AlarmStatus.MISUSE.value])
    )
    words = fields.String(required=True, validate=validate.Length(min=10, max=2000))


class ReadingAlarm(Schema):
    """Who read, or was denied, unusually much on a day: how much, against which threshold; who answers until when."""

    id = fields.UUID(required=True)
    account = fields.String(required=True)
    day = fields.Date(required=True)
    measure = fields.String(required=True)
    count = fields.Integer(required=True)
    threshold = fields.Integer(required=True)
    usual = fields.Integer(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, format="iso")
    due = fields.AwareDateTime(required=True, format="iso")
    owner = fields.String(required=True, allow_none=True)
    escalated_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    status = fields.String(required=True)
    answered_by = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    words = fields.String(required=True)
