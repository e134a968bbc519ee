"""What the API takes and gives about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registry.domain.guarding import Ground
from shared.http import CodeField

ACCOUNT = validate.Length(min=1, max=200)
WORDS = validate.Length(min=3, max=2000)


class DeclareKin(Schema):
    """I am kin to this child: keep me from its record."""

    child = fields.UUID(required=True)
    relation = CodeField("kin_relation", required=True)


class BlockAccount(Schema):
    """Someone of the staff is kin to this child (`relation`), or was named in an incident (`incident`: its id)."""

    child = fields.UUID(required=True)
    account = fields.String(required=True, validate=ACCOUNT)
    ground = fields.Enum(Ground, by_value=True, required=True, validate=validate.NoneOf([Ground.DETECTED]))
    relation = CodeField("kin_relation", load_default=None)
    incident = fields.UUID(load_default=None)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A ground brings what it rests on, and nothing else."""
        wanted, other = ("incident", "relation") if data["ground"] is Ground.INCIDENT else ("relation", "incident")
        if data[wanted] is None:
            raise ValidationError(f"Say {wanted} for this ground.", wanted)
        if data[other] is not None:
            raise ValidationError(f"Leave {other} out for this ground.", other)


class LiftBlock(Schema):
    """Why the account may see the child again."""

    words = fields.String(required=True, validate=WORDS)


class Block(Schema):
    """Who is kept from which child, why, by whom; and who lifted that."""

    id = fields.UUID(required=True)
    account = fields.String(required=True)
    child = fields.UUID(required=True)
    ground = fields.String(required=True)
    relation = fields.String(required=True, allow_none=True)
    incident = fields.UUID(required=True, allow_none=True)
    set_by = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    status = fields.String(required=True)
    lifted_by = fields.String(required=True, allow_none=True)
    lifted_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    words = fields.String(required=True)
