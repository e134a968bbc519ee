"""What the routes about providers in detail and carer families take and give, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements import domain
from services.placements.domain import families, families_parts
from shared.http import AreaField, CodeField, PageQuery, Several, page_schema

AGE = validate.Range(min=0, max=25)
COUNT = validate.Range(min=0, max=10_000)


class _Takes(Schema):
    age_from = fields.Integer(load_default=None, allow_none=True, validate=AGE)
    age_to = fields.Integer(load_default=None, allow_none=True, validate=AGE)
    sexes = Several(CodeField("sex"), load_default=())
    accessible = Several(CodeField("accessibility"), load_default=())

    def takes(self, data: dict[str, Any]) -> domain.Takes:
        """The domain's value, its parts taken out of `data`."""
        return domain.Takes(*(data.pop(name) for name in ("age_from", "age_to", "sexes", "accessible")))


class Unit(_Takes):
    """A house, an apartment or a group with places of its own."""

    unit = fields.String(required=True, validate=validate.Length(min=1, max=100))
    places = fields.Integer(required=True, validate=COUNT)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[str, int, domain.Takes]:
        """The domain's value."""
        takes = self.takes(data)
        return data["unit"], data["places"], takes


class Approval(Schema):
    """A licence or approval in [from, to); `suspended`: nobody is placed there as long as it is."""

    number = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))
    from_ = fields.Date(load_default=None, allow_none=True, data_key="from")
    to = fields.Date(load_default=None, allow_none=True)
    suspended = fields.Boolean(load_default=False)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Approval:
        """The domain's value."""
        return domain.Approval(**data)


class AmendProvider(_Takes):
    """All that is known of a provider; what is left out is not known. With units, their places add up to `places`."""

    area = AreaField(required=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    places = fields.Integer(load_default=None, allow_none=True, validate=COUNT)
    care_forms = Several(CodeField("care_form"), load_default=())
    languages = Several(CodeField("language"), load_default=())
    approval = fields.Nested(Approval, load_default=domain.Approval)
    closed_on = fields.Date(load_default=None, allow_none=True)
    units = fields.List(fields.Nested(Unit), load_default=list, validate=validate.Length(max=200))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The domain's value."""
        takes = self.takes(data)
        return {"details": domain.Details(takes=takes, **data)}


class _Describing(Schema):
    area = AreaField(required=True)
    carers = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=4))
    own_children = fields.Integer(load_default=0, validate=validate.Range(min=0, max=30))
    languages = Several(CodeField("language"), load_default=())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The carers are a set."""
        return data | {"carers": frozenset(data["carers"])}


class ApplyFamily(_Describing):
    """A family that asks to be approved. `provider`: children are placed with it already, under this id."""

    provider = fields.UUID(load_default=None, allow_none=True)
    on = fields.Date(required=True)


class AmendFamily(_Describing):
    """Who belongs to the family (ids of registry's persons), where it lives, what is spoken there."""


class AssessFamily(Schema):
    """What an assessor found; the assessor is who sends it."""

    on = fields.Date(required=True)
    recommendation = CodeField("family_recommendation", required=True)


class TrainFamily(Schema):
    """A course that the carers took, its last day."""

    kind = CodeField("family_training_kind", required=True)
    hours = fields.Integer(required=True, validate=validate.Range(min=1, max=2000))
    on = fields.Date(required=True)


class ApproveFamily(_Takes):
    """For whom the family is approved, in [from, until); without `until`: as long as the law allows."""

    places = fields.Integer(required=True, validate=validate.Range(min=1, max=30))
    care_forms = Several(CodeField("care_form"), required=True, validate=validate.Length(min=1))
    from_ = fields.Date(required=True, data_key="from")
    until = fields.Date(load_default=None, allow_none=True)
    conditions = Several(CodeField("family_condition"), load_default=())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The domain's value."""
        takes = self.takes(data)
        return {"terms": families_parts.FamilyTerms(takes=takes, **data)}


class SuspendFamily(Schema):
    """Why nobody is placed with the family for the time being."""

    on = fields.Date(required=True)
    reason = CodeField("family_suspension_reason", required=True)


class ReinstateFamily(Schema):
    """Since when the suspension is over."""

    on = fields.Date(required=True)


class EndFamily(Schema):
    """Why a family is refused, or has withdrawn."""

    on = fields.Date(required=True)
    reason = CodeField("family_end_reason", required=True)


class DescribeFamily(Schema):
    """What the family says of itself, in its own words; only what the country pack permits to be recorded."""

    religion = fields.String(load_default="", validate=validate.Length(max=200))
    ethnicity = fields.String(load_default="", validate=validate.Length(max=200))


class FamilyAssessment(Schema):
    """An assessment; `by` is the assessor's account."""

    on = fields.Date(required=True)
    by = fields.String(required=True)
    recommendation = fields.String(required=True)


class FamilyTraining(Schema):
    """A course."""

    kind = fields.String(required=True)
    hours = fields.Integer(required=True)
    on = fields.Date(required=True)


class FamilyTaken(Schema):
    """Which children the approval is for."""

    age_from = fields.Integer(required=True, allow_none=True)
    age_to = fields.Integer(required=True, allow_none=True)
    sexes = fields.List(fields.String(), required=True)
    accessible = fields.List(fields.String(), required=True)


class FamilyTerms(Schema):
    """For whom and until when a family is approved, and on which conditions."""

    places = fields.Integer(required=True)
    care_forms = fields.List(fields.String(), required=True)
    takes = fields.Nested(FamilyTaken, required=True)
    from_ = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True)
    conditions = fields.List(fields.String(), required=True)


class Family(Schema):
    """A carer family. `living` and `expected`: children who live there, and who are authorised to come."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    area = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in families.FamilyState]))
    carers = fields.List(fields.UUID(), required=True)
    own_children = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)
    applied_on = fields.Date(required=True)
    assessment = fields.Nested(FamilyAssessment, required=True, allow_none=True)
    trainings = fields.List(fields.Nested(FamilyTraining), required=True)
    terms = fields.Nested(FamilyTerms, required=True, allow_none=True)
    approved_until = fields.Date(required=True, allow_none=True)
    approved_by = fields.String(required=True, allow_none=True)
    suspended_because = fields.String(required=True, allow_none=True)
    ended_because = fields.String(required=True, allow_none=True)
    living = fields.Integer(required=True)
    expected = fields.Integer(required=True)


class FamilyQuery(PageQuery):
    """Which families to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)
    state = fields.Enum(families.FamilyState, by_value=True, load_default=None)


FamilyPage = page_schema(Family)
