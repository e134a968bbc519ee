"""What the API takes and gives about erasing a record."""

from marshmallow import Schema, fields, validate

from services.registry.domain import sealing_erasure as domain
from shared.http import CodeField, PageQuery

WORDS = validate.Length(min=1, max=4000)


class AskErasure(Schema):
    """Which record, on which of the three grounds, and why in words."""

    child = fields.UUID(required=True)
    ground = fields.Enum(domain.Ground, by_value=True, required=True)
    reason = fields.String(required=True, validate=WORDS)


class RefuseErasure(Schema):
    """Why the record stays."""

    because = fields.String(required=True, validate=WORDS)


class OfferFile(Schema):
    """When the file was offered to the person it is about, and what the person said."""

    offered_on = fields.Date(required=True)
    answer = CodeField("file_answer", required=True)


class ErasuresQuery(PageQuery):
    """Which requests are wanted."""

    status = fields.Enum(domain.State, by_value=True, load_default=None)


class ListedErasure(Schema):
    """A request, without its words."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    ground = fields.String(required=True)
    status = fields.String(required=True)
    asked_by = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True, format="iso")
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True, format="iso")


class Verdict(Schema):
    """What one rule says of erasing the record now."""

    rule = fields.String(required=True)
    satisfied = fields.Boolean(required=True)
    text = fields.String(required=True)
    remedy = fields.String(allow_none=True)


class Erasure(ListedErasure):
    """A request with its words while they are kept, and what each rule says of it now (none once it is decided)."""

    reason = fields.String(allow_none=True)
    refused_because = fields.String(allow_none=True)
    verdicts = fields.List(fields.Nested(Verdict), required=True)
