"""What the API takes and gives about breaches of personal data."""

from marshmallow import Schema, fields, validate

from services.registry.domain import sealing_breaches as domain
from shared.http import CodeField, PageQuery

WORDS = validate.Length(min=1, max=8000)


class NoteBreach(Schema):
    """What happened, to how many children at most, and since when it is known."""

    kind = CodeField("breach_kind", required=True)
    children = fields.Integer(required=True, validate=validate.Range(min=0))
    known_at = fields.AwareDateTime(required=True, format="iso")
    text = fields.String(required=True, validate=WORDS)


class DecideBreach(Schema):
    """The authority was told, or why it need not be."""

    status = fields.Enum(domain.BreachState, by_value=True, required=True)
    decision = fields.String(required=True, validate=WORDS)


class NoticesQuery(PageQuery):
    """Which notices are wanted."""

    overdue = fields.Boolean(load_default=False)


class BreachNotice(Schema):
    """One breach and its clock."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    children = fields.Integer(required=True)
    known_at = fields.AwareDateTime(required=True, format="iso")
    due_at = fields.AwareDateTime(required=True, format="iso")
    authority = fields.String(required=True)
    status = fields.String(required=True)
    text = fields.String(required=True)
    decision = fields.String(allow_none=True)
    noted_by = fields.String(required=True)
    noted_at = fields.AwareDateTime(required=True, format="iso")
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True, format="iso")
