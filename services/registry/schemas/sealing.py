"""What the API takes and gives about seals, their openings and the adoption officer's tasks."""

from marshmallow import Schema, fields, validate

from services.registry.domain import sealing as domain
from services.registry.schemas import children
from shared.http import CodeField, PageQuery

WORDS = validate.Length(min=1, max=4000)


class AskSeal(Schema):
    """Which record, and the decree that it rests on."""

    child = fields.UUID(required=True)
    decree = fields.String(required=True, validate=WORDS)


class Refusal(Schema):
    """Why not."""

    because = fields.String(required=True, validate=WORDS)


class LinkSeal(Schema):
    """The record under which the adopted person was met."""

    child = fields.UUID(required=True)


class AskOpening(Schema):
    """On which ground a seal is to be opened, and why in words."""

    ground = CodeField("seal_ground", required=True)
    reason = fields.String(required=True, validate=WORDS)


class SealsQuery(PageQuery):
    """Which seals are wanted."""

    status = fields.Enum(domain.SealState, by_value=True, load_default=None)


class _Decided(Schema):
    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    asked_by = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True, format="iso")
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True, format="iso")


class Seal(_Decided):
    """A seal, without what it holds."""

    child = fields.UUID(required=True)
    level = fields.String(required=True)


class Opening(_Decided):
    """A request to open a seal."""

    seal = fields.UUID(required=True)
    ground = fields.String(required=True)
    until = fields.AwareDateTime(allow_none=True, format="iso")


class Openings(Schema):
    """The requests to open one seal."""

    items = fields.List(fields.Nested(Opening), required=True)


class OpenedSeal(Schema):
    """What a seal holds: whom the child became, whose siblings it had, and the record itself."""

    child = fields.UUID(required=True)
    decree = fields.String(required=True)
    new_ids = fields.List(fields.UUID(), required=True)
    siblings = fields.List(fields.UUID(), required=True)
    households = fields.List(fields.UUID(), required=True)
    identity = fields.Nested(children.Identity, required=True)
    identifiers = fields.List(fields.Nested(children.Identifier), required=True)


class Task(Schema):
    """Somebody registered, or looked for, whom a sealed record may be of."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    child = fields.UUID(allow_none=True)
    asked_by = fields.String(allow_none=True)
    shared = fields.Integer(allow_none=True)
    seal = fields.UUID(required=True)
