"""What the API takes and gives about households."""

from marshmallow import Schema, fields, validate

from services.registry.domain.families import Party
from services.registry.schemas import families
from shared.http import AreaField, CodeField, Several


class StateHousehold(Schema):
    """Where a household is and what weighs on it; stated as a whole."""

    area = AreaField(required=True)
    address = fields.String(load_default="", validate=validate.Length(max=1000))
    vulnerabilities = Several(CodeField("vulnerability"), load_default=(), validate=validate.Length(max=30))


class TakeIn(Schema):
    """A child or a person lives there from a day."""

    member = fields.UUID(required=True)
    member_kind = fields.Enum(Party, by_value=True, required=True)
    from_ = fields.Date(load_default=None, allow_none=True, data_key="from")


class LetGo(Schema):
    """A member left on a day."""

    member = fields.UUID(required=True)
    to = fields.Date(required=True)


class Enrol(Schema):
    """Help drawn from a social-protection programme."""

    programme = CodeField("social_programme", required=True)
    from_ = fields.Date(load_default=None, allow_none=True, data_key="from")
    to = fields.Date(load_default=None, allow_none=True)
    number = fields.String(load_default="", validate=validate.Length(max=100))


class Disenrol(Schema):
    """The help ended on a day."""

    enrolment = fields.UUID(required=True)
    to = fields.Date(required=True)


class NoteFact(Schema):
    """A fact about the household, or one child in it; some need a day on which they are looked at again."""

    fact = CodeField("household_fact", required=True)
    child = fields.UUID(load_default=None, allow_none=True)
    from_ = fields.Date(load_default=None, allow_none=True, data_key="from")
    review_on = fields.Date(load_default=None, allow_none=True)


class ReviewFact(Schema):
    """The fact was looked at: it still holds and is looked at again on a day; or it held until the day `to`."""

    note = fields.UUID(required=True)
    review_on = fields.Date(load_default=None, allow_none=True)
    to = fields.Date(load_default=None, allow_none=True)


class Enrolment(Schema):
    """Help that the household draws or drew."""

    id = fields.UUID(required=True)
    programme = fields.String(required=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from")
    to = fields.Date(required=True, allow_none=True)
    number = fields.String(required=True)


class Fact(Schema):
    """A fact about the household."""

    id = fields.UUID(required=True)
    fact = fields.String(required=True)
    child = fields.UUID(required=True, allow_none=True)
    from_ = fields.String(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)
    review_on = fields.Date(required=True, allow_none=True)


class Household(Schema):
    """A household, with those members who are within reach.

    Address, vulnerabilities, enrolments and facts are left out where no role of the reader sees their group.
    """

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    area = fields.String(required=True)
    address = fields.String()
    vulnerabilities = fields.List(fields.String())
    members = fields.List(fields.Nested(families.Member), required=True)
    enrolments = fields.List(fields.Nested(Enrolment))
    facts = fields.List(fields.Nested(Fact))


class Due(Schema):
    """A household of which a fact is to be looked at again."""

    id = fields.UUID(required=True)
    area = fields.String(required=True)
    review_on = fields.Date(required=True)


class DueList(Schema):
    """The households to look at again, the longest overdue first."""

    items = fields.List(fields.Nested(Due), required=True)
