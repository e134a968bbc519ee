"""What the API takes and gives about looking a whole register through for records of one child."""

from marshmallow import Schema, fields, validate

from services.registry.domain.matching_runs import RunKind, RunStatus

KINDS = [kind.value for kind in RunKind]


class BeginRun(Schema):
    """What to look through: every record, those that are due, or (index) make the terms of records anew."""

    kind = fields.Enum(RunKind, by_value=True, required=True)


class Run(Schema):
    """A run and its progress: `looked` of `children` were looked at, `found` new pairs came to the review list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    status = fields.String(required=True, validate=validate.OneOf([status.value for status in RunStatus]))
    asked_by = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True, format="iso")
    children = fields.Integer(required=True)
    looked = fields.Integer(required=True)
    found = fields.Integer(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class Runs(Schema):
    """The latest runs, the newest first, and how many records wait to be looked at."""

    items = fields.List(fields.Nested(Run), required=True)
    due = fields.Integer(required=True)
