"""What the API gives about what registry hears of care and cases elsewhere."""

from marshmallow import Schema, fields


class Care(Schema):
    """How a child is cared for now, as the other services tell it. `named`: one of them has spoken of it at all."""

    child = fields.UUID(required=True)
    named = fields.Boolean(required=True)
    in_care = fields.Boolean(required=True)
    in_care_since = fields.Date(required=True, allow_none=True)
    provider = fields.UUID(required=True, allow_none=True)
    placement = fields.UUID(required=True, allow_none=True)
    care_form = fields.String(required=True, allow_none=True)
    since = fields.Date(required=True, allow_none=True)
    cases = fields.List(fields.UUID(), required=True)
