"""What the API takes and gives about children. Not here: what identifies a child (children_identity)."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registry.schemas import matching
from services.registry.schemas.children_identity import MOST, Birth, Death, Identifier, Identity, Name, span
from shared.http import CodeField, Several

__all__ = ["Birth", "Death", "Identifier", "Identity", "Name", "span"]

MOST_AT_ONCE = 50
"""Children asked for by id in one request."""


class RegisterChild(Schema):
    """A child nobody has registered before; with what is said of records that are likely of the same child."""

    identity = fields.Nested(Identity, required=True)
    identifiers = Several(fields.Nested(Identifier), load_default=(), validate=validate.Length(max=MOST))
    compared = Several(fields.Nested(matching.Compared), load_default=(), validate=validate.Length(max=MOST))


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
    """The short reference, an exact identifier (from any issuer where none is named), or what is known of the child.

    Or `children`, by id: who they are, for a list of another service that names them by id alone.
    """

    reference = fields.String(load_default=None, validate=validate.Length(max=40))
    kind = CodeField("identifier_kind", load_default=None)
    issuer = fields.String(load_default=None, validate=validate.Length(max=100))
    value = fields.String(load_default=None, validate=validate.Length(min=1, max=100))
    likeness = fields.Nested(matching.Likeness, load_default=None)
    children = Several(fields.UUID(), load_default=None, validate=validate.Length(min=1, max=MOST_AT_ONCE))

    @validates_schema
    def one_of_four(self, data: dict[str, Any], **_: Any) -> None:
        """One way to search. Raises ValidationError."""
        by_number = data["kind"] is not None and data["value"] is not None
        if [by_number, *(data[way] is not None for way in ("reference", "likeness", "children"))].count(True) != 1:
            raise ValidationError(
                "Give a reference, or kind and value of an identifier, or a likeness, or ids.", "reference"
            )


class Child(Schema):
    """Everything registry holds on one child; siblings have a permission and a reach of their own.

    Identity, identifiers, death and parts of the identity are left out where no role of the reader sees their group.
    """

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    withdrawn_because = fields.String(allow_none=True)
    identity = fields.Nested(Identity)
    identifiers = fields.List(fields.Nested(Identifier))
    death = fields.Nested(Death, allow_none=True)


class Revision(Schema):
    """What the record said before a change: the identity, and identifiers and death where they were what changed.

    What no role of the reader sees is left out, as with the child.
    """

    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    actor = fields.String(required=True)
    on = fields.Date(required=True, allow_none=True)
    identity = fields.Nested(Identity)
    identifiers = fields.List(fields.Nested(Identifier), allow_none=True)
    death = fields.Nested(Death, allow_none=True)


class Revisions(Schema):
    """What the record of a child said before, oldest first."""

    items = fields.List(fields.Nested(Revision), required=True)


class FoundChild(Child):
    """A child found; by a likeness with the reasons why."""

    match = fields.Nested(matching.Match, required=True, allow_none=True)


class Children(Schema):
    """The children found, those of a likeness with the likeliest first, and likely ones out of reach.

    Of a likeness: `terms` is by how many terms was searched (none: too little is known to search by), `crowded` how
    many of them so many records share that not all were looked at.
    """

    items = fields.List(fields.Nested(FoundChild), required=True)
    elsewhere = fields.List(fields.Nested(matching.Elsewhere), required=True)
    terms = fields.Integer(required=True, allow_none=True)
    crowded = fields.Integer(required=True, allow_none=True)
    weights = fields.Integer(
        required=True, allow_none=True, metadata={"description": "number of the set of weights judged with"}
    )


class SideBySide(matching.MatchPair):
    """A pair of records that may be of one child, with both of them, and what they say beside each other today."""

    because = fields.String(required=True)
    today = fields.Nested(matching.MatchToday, required=True)
    records = fields.List(fields.Nested(Child), required=True)


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
