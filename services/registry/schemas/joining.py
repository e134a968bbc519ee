"""What the API takes and gives about two records of one child made one, and undone."""

from marshmallow import Schema, fields, validate

from services.registry.domain import joining as domain
from shared.http import CodeField, Several

REASON = validate.Length(min=1, max=4000)


class MergeChildren(Schema):
    """The record that gives way, as it was read, and what the one that stays takes from it."""

    merged = fields.UUID(required=True)
    merged_version = fields.Integer(required=True, validate=validate.Range(min=1))
    chosen = Several(
        fields.String(validate=validate.OneOf(sorted(domain.CHOICES))),
        load_default=(),
        validate=validate.Length(max=30),
    )
    ground = CodeField("merge_ground", required=True)
    reason = fields.String(required=True, validate=REASON)


class UnmergeChildren(Schema):
    """Why the two are not one child after all."""

    reason = fields.String(required=True, validate=REASON)


class Merge(Schema):
    """One merge into the record."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    merged = fields.UUID(required=True)
    status = fields.String(required=True)
    ground = fields.String(required=True)
    chosen = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    undone_by = fields.String(allow_none=True)
    undone_at = fields.AwareDateTime(allow_none=True, format="iso")
    undone_because = fields.String(allow_none=True)


class FieldOrigin(Schema):
    """From which record a field of the identity came."""

    field = fields.String(required=True)
    record = fields.UUID(required=True)


class IdentifierOrigin(Schema):
    """From which record an identifier came."""

    kind = fields.String(required=True)
    record = fields.UUID(required=True)


class Recorded(Schema):
    """How much of a kind (relationships, measures, papers) stands under which record."""

    kind = fields.String(required=True)
    record = fields.UUID(required=True)
    count = fields.Integer(required=True)


class Origins(Schema):
    """From which record each fact of a child came."""

    fields_ = fields.List(fields.Nested(FieldOrigin), required=True, data_key="fields", attribute="fields")
    identifiers = fields.List(fields.Nested(IdentifierOrigin), required=True)
    recorded = fields.List(fields.Nested(Recorded), required=True)


class Merges(Schema):
    """The merges into a record, those undone too; and what came from which record."""

    items = fields.List(fields.Nested(Merge), required=True)
    origins = fields.Nested(Origins, required=True)
