"""What the API takes and gives about alarms and the rota."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain import RULES
from services.placements.domain.alarm_roles import ROLES
from services.placements.domain.rota import TOP
from shared.http import AreaField, CodeField, PageQuery


class Alarm(Schema):
    """Something that somebody must see to. `owner` null: nobody is on the rota for it.

    `rule`: the rule of care that it is about; null: it is about something else.
    """

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    rule = fields.String(required=True, allow_none=True)
    about = fields.UUID(required=True)
    child = fields.UUID(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    status = fields.String(required=True)
    due = fields.AwareDateTime(required=True)
    raised_at = fields.AwareDateTime(required=True)
    escalate_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = fields.String(required=True, allow_none=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)


class AlarmQuery(PageQuery):
    """Which alarms to list: the own ones, those of an area and the areas below, of a kind, a rule, overdue, settled."""

    own = fields.Boolean(load_default=False)
    area = AreaField(load_default=None)
    kind = CodeField("alarm_kind", load_default=None)
    rule = fields.String(load_default=None, validate=validate.OneOf(sorted(RULES)))
    overdue = fields.Boolean(load_default=False)
    settled = fields.Boolean(load_default=False)


class AcknowledgeAlarm(Schema):
    """Nothing to say: who it was and when is noted."""


class Duty(Schema):
    """An account on the rota of a role; no area: of the whole deployment."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    role = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    account = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)


class AssignDuty(Schema):
    """Who is put on the rota. Level 0 owns an alarm first, each level above when the one below did not see to it."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    area = AreaField(load_default=None)
    level = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=TOP))
    account = fields.String(required=True, validate=validate.Regexp(r"^\S{1,200}$"))
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(load_default=None)


class EndDuty(Schema):
    """From which day on the account is off the rota."""

    to = fields.Date(required=True)

    @post_load
    def as_given(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As it stands."""
        return given
