"""What the API takes and gives about children. Not here: what identifies a child (children_identity)."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registry.schemas.children_identity import MOST, Birth, Death, Identifier, Identity, Name, span
from shared.http import CodeField, Several

__all__ = ["Birth", "Death", "Identifier", "Identity", "Name", "span"]


class RegisterChild(Schema):
    """A child nobody has registered before."""

    identity = fields.Nested(Identity, required=True)
    identifiers = Several(fields.Nested(Identifier), load_default=(), validate=validate.Length(max=MOST))


class AmendChild(Schema):
    """The child's life changed: all of the identity, as it is from the day `on`; identifiers too where given."""

    identity = fields.Nested(Identity, required=True)
    on = fields.Date(required=True)
    identifiers = Several(fields.Nested(Identifier), load_default=None, validate=validate.Length(max=MOST))


class CorrectChild(Schema):
    """The record was wrong: all of the identity, as it always was; identifiers too where they are given."""

    identity = fields.Nested(Identity, required=True)
    identifiers = Several(fields.Nested(Identifier), load_default=None, validate=validate.Length(max=MOST))


class WithdrawChild(Schema):
    """The whole entry was made in error."""

    reason = CodeField("withdrawal_reason", required=True)


class SearchChildren(Schema):
    """The short reference, or an exact identifier (from any issuer where none is named)."""

    reference = fields.String(load_default=None, validate=validate.Length(max=40))
    kind = CodeField("identifier_kind", load_default=None)
    issuer = fields.String(load_default=None, validate=validate.Length(max=100))
    value = fields.String(load_default=None, validate=validate.Length(min=1, max=100))

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        """One way to search. Raises ValidationError."""
        by_number = data["kind"] is not None and data["value"] is not None
        if by_number == (data["reference"] is not None):
            raise ValidationError("Give a reference, or kind and value of an identifier.", "reference")


class Child(Schema):
    """Everything registry holds on one child; siblings have a permission and a reach of their own."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    withdrawn_because = fields.String(allow_none=True)
    identity = fields.Nested(Identity, required=True)
    identifiers = fields.List(fields.Nested(Identifier), required=True)
    death = fields.Nested(Death, required=True, allow_none=True)


class Revision(Schema):
    """What the record said before a change: the identity, and identifiers and death where they were what changed."""

    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    actor = fields.String(required=True)
    on = fields.Date(required=True, allow_none=True)
    identity = fields.Nested(Identity, required=True)
    identifiers = fields.List(fields.Nested(Identifier), required=True, allow_none=True)
    death = fields.Nested(Death, required=True, allow_none=True)


class Revisions(Schema):
    """What the record of a child said before, oldest first."""

    items = fields.List(fields.Nested(Revision), required=True)


class Children(Schema):
    """The children found."""

    items = fields.List(fields.Nested(Child), required=True)


class Access(Schema):
    """One access to a child's record: who, in which roles, when, and what came of it. Codes and ids, nothing read.

    `who` and `what` say it in plain words; `glass` is the emergency access it was done under, or is about.
    """

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    actor = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    action = fields.String(required=True)
    outcome = fields.String(required=True)
    who = fields.List(fields.String(), required=True)
    what = fields.String(required=True)
    glass = fields.UUID(required=True, allow_none=True)
