"""What the API takes and gives about the people around a child."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.registry.domain.families import Party
from services.registry.domain.families_people import Particulars as SaidOfAPerson
from services.registry.schemas import children
from shared.http import AreaField, CodeField, Several

PARTIES = [each.value for each in Party]
PHONE = validate.Regexp(r"^\+?[0-9][0-9 ()-]{2,28}$")
SEVERAL = validate.Length(max=20)


class Particulars(Schema):
    """What is said of a person; stated as a whole. Only the area must be known."""

    area = AreaField(required=True)
    names = Several(fields.Nested(children.Name), load_default=(), validate=SEVERAL)
    birth = fields.Nested(children.Birth, load_default=None, allow_none=True)
    identifiers = Several(fields.Nested(children.Identifier), load_default=(), validate=SEVERAL)
    phones = Several(fields.String(validate=PHONE), load_default=(), validate=SEVERAL)
    address = fields.String(load_default="", validate=validate.Length(max=1000))
    languages = Several(CodeField("language"), load_default=(), validate=SEVERAL)
    account = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=200))
    confidential = fields.Boolean(load_default=False)
    deceased = fields.Boolean(load_default=False)
    died_on = fields.Date(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SaidOfAPerson:
        """The domain's value."""
        return SaidOfAPerson(**data)


class RegisterPerson(Schema):
    """An adult relative or carer nobody has registered before."""

    particulars = fields.Nested(Particulars, required=True)


class AmendPerson(Schema):
    """All that is said of a person: as it is from the day `on`, or without a day as it always was."""

    particulars = fields.Nested(Particulars, required=True)
    on = fields.Date(load_default=None, allow_none=True)


class Person(Schema):
    """A person. Of one who wished not to be named, nothing personal (`withheld`)."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    area = fields.String(required=True)
    deceased = fields.Boolean(required=True)
    withheld = fields.Boolean(required=True)
    particulars = fields.Nested(Particulars, required=True, allow_none=True)


class People(Schema):
    """The persons found."""

    items = fields.List(fields.Nested(Person), required=True)


class RecordRelationship(Schema):
    """What another child or a person is to the child; from and to may be unknown."""

    other = fields.UUID(required=True)
    other_kind = fields.Enum(Party, by_value=True, required=True)
    kind = CodeField("relationship_kind", required=True)
    from_ = fields.Date(load_default=None, allow_none=True, data_key="from")
    to = fields.Date(load_default=None, allow_none=True)


class EndRelationship(Schema):
    """The day until which it held."""

    to = fields.Date(required=True)


class WithdrawRelationship(Schema):
    """Why it was an error."""

    reason = CodeField("relationship_error", required=True)


class Relationship(Schema):
    """`other` is to `child` what `kind` says."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    other = fields.UUID(required=True)
    other_kind = fields.String(required=True)
    kind = fields.String(required=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True)
    withdrawn_because = fields.String(required=True, allow_none=True)


class Relationships(Schema):
    """The relationships of a child."""

    items = fields.List(fields.Nested(Relationship), required=True)


class Siblings(Schema):
    """The children to link to this one, or to unlink."""

    siblings = Several(fields.UUID(), required=True, validate=validate.Length(min=1, max=30))


class Sibling(Schema):
    """A sibling, without identity: reading that is a reading of its own. `declared`: also, or only, by hand."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["full", "half", "step", "declared"]))
    declared = fields.Boolean(required=True)
    status = fields.String(required=True)
    area = fields.String(required=True)


class SiblingList(Schema):
    """The siblings of a child."""

    items = fields.List(fields.Nested(Sibling), required=True)


class Relative(Schema):
    """Someone on the family map: a child by its reference; a person by name too, but who wished not to be named."""

    relationship = fields.UUID(required=True)
    id = fields.UUID(required=True)
    other_kind = fields.String(required=True, validate=validate.OneOf(PARTIES))
    reference = fields.String(required=True)
    kind = fields.String(required=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True)
    deceased = fields.Boolean(required=True)
    withheld = fields.Boolean(required=True)
    names = fields.List(fields.Nested(children.Name), required=True)


class Member(Schema):
    """A member of a household."""

    member = fields.UUID(required=True)
    member_kind = fields.String(required=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)


class HouseholdOfChild(Schema):
    """A household that the child lives or lived in, and who of it is within reach."""

    id = fields.UUID(required=True)
    area = fields.String(required=True)
    vulnerabilities = fields.List(fields.String(), required=True)
    members = fields.List(fields.Nested(Member), required=True)


class FamilyMap(Schema):
    """A child's parents, own children, siblings, other kin and others close to it, and households; within reach."""

    child = fields.UUID(required=True)
    parents = fields.List(fields.Nested(Relative), required=True)
    children = fields.List(fields.Nested(Relative), required=True)
    siblings = fields.List(fields.Nested(Sibling), required=True)
    kin = fields.List(fields.Nested(Relative), required=True)
    others = fields.List(fields.Nested(Relative), required=True)
    households = fields.List(fields.Nested(HouseholdOfChild), required=True)
