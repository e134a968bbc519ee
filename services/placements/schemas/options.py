"""What the routes about options and room take and give, in marshmallow."""

from marshmallow import Schema, fields, validate

from services.placements.domain import options
from shared.http import AreaField, CodeField, Several


class FindOptions(Schema):
    """What the panel knows beside the record: the languages that the child speaks."""

    languages = Several(CodeField("language"), load_default=())


class OptionFinding(Schema):
    """One point: whether it speaks for the option (null: not known), and the fact behind it, a code or a number."""

    point = fields.Enum(options.Point, by_value=True, required=True)
    fits = fields.Boolean(required=True, allow_none=True)
    fact = fields.String(required=True)


class FoundOption(Schema):
    """A relative (`person` is registry's id) or a provider, with what speaks for and against it.

    `levels`: how many levels one goes up from the child's home in the tree of areas until the place lies there too.
    `kind`, `name`: of a provider; what it is called only where who asks may read it.
    `unmet`: by care form, the rules on the place that a stay there would not meet; judged only where the option fits.
    """

    tier = fields.Enum(options.Tier, by_value=True, required=True)
    provider = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    person = fields.UUID(required=True, allow_none=True)
    relation = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    levels = fields.Integer(required=True, allow_none=True)
    free = fields.Integer(required=True, allow_none=True)
    approved_to = fields.Date(required=True, allow_none=True)
    care_forms = fields.List(fields.String(), required=True)
    fits = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(OptionFinding), required=True)
    unmet = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class Options(Schema):
    """Options in their order: kin, families, small homes, institutions. `children`: looked for together."""

    child = fields.UUID(required=True)
    home = fields.String(required=True, allow_none=True)
    children = fields.Integer(required=True)
    options = fields.List(fields.Nested(FoundOption), required=True)


class SearchVacancies(Schema):
    """Room for so many children, near an area. What is left out does not matter."""

    home = AreaField(load_default=None, allow_none=True)
    kinds = Several(CodeField("provider_kind"), load_default=("CARER_FAMILY",))
    children = fields.Integer(load_default=1, validate=validate.Range(min=1, max=20))
    ages = fields.List(fields.Integer(validate=validate.Range(min=0, max=25)), load_default=list)
    sexes = Several(CodeField("sex"), load_default=())
    care_forms = Several(CodeField("care_form"), load_default=())
    accessible = Several(CodeField("accessibility"), load_default=())
    languages = Several(CodeField("language"), load_default=())
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class Vacancy(Schema):
    """A provider with room; `name` null: not for who asks."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    area = fields.String(required=True)
    levels = fields.Integer(required=True, allow_none=True)
    places = fields.Integer(required=True)
    free = fields.Integer(required=True)
    care_forms = fields.List(fields.String(), required=True)
    age_from = fields.Integer(required=True, allow_none=True)
    age_to = fields.Integer(required=True, allow_none=True)
    sexes = fields.List(fields.String(), required=True)
    accessible = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    approved_to = fields.Date(required=True, allow_none=True)


class Vacancies(Schema):
    """Providers with room, the nearest first."""

    items = fields.List(fields.Nested(Vacancy), required=True)
