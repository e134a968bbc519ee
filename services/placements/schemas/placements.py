"""What placements' API takes and gives, in marshmallow."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements import domain
from shared.http import AreaField, CodeField, PageQuery, Several, page_schema

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a clock can be reckoned with in any zone."""
MOMENTS = validate.Range(FIRST, LAST)
REASONS = Several(CodeField("entry_reason"), load_default=(), validate=validate.Length(max=10))


class RegisterProvider(Schema):
    """A provider with whom children can be placed; `places` null: not known."""

    kind = CodeField("provider_kind", required=True)
    area = AreaField(required=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    places = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class ProviderUnit(Schema):
    """A house, an apartment or a group of a provider."""

    unit = fields.String(required=True)
    places = fields.Integer(required=True)
    age_from = fields.Integer(required=True, allow_none=True)
    age_to = fields.Integer(required=True, allow_none=True)
    sexes = fields.List(fields.String(), required=True)
    accessible = fields.List(fields.String(), required=True)


class Provider(RegisterProvider):
    """A provider; `children` is how many live there, `expected` how many are authorised to come.

    Ages are completed years, first and last. An empty list or null: not known. `free` null: its places are not known.
    """

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    children = fields.Integer(required=True)
    expected = fields.Integer(required=True)
    free = fields.Integer(required=True, allow_none=True)
    care_forms = fields.List(fields.String(), required=True)
    age_from = fields.Integer(required=True, allow_none=True)
    age_to = fields.Integer(required=True, allow_none=True)
    sexes = fields.List(fields.String(), required=True)
    accessible = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    approval_needed = fields.Boolean(required=True)
    approval_number = fields.String(required=True, allow_none=True)
    approved_from = fields.Date(required=True, allow_none=True)
    approved_to = fields.Date(required=True, allow_none=True)
    suspended = fields.Boolean(required=True)
    closed_on = fields.Date(required=True, allow_none=True)
    units = fields.List(fields.Nested(ProviderUnit), required=True)


class _Stay(Schema):
    care_form = CodeField("care_form", required=True)
    area = AreaField(required=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    unit = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    carer_relation = CodeField("carer_relation", load_default=None, allow_none=True)
    from_ = fields.Date(required=True, data_key="from")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Stay:
        """The domain's value."""
        return domain.Stay(**data)


class _Entry(_Stay):
    kind = CodeField("placement_kind", load_default=domain.PLANNED)
    entry_reason = CodeField("entry_reason", load_default=domain.NOT_RECORDED)


class PlannedStay(_Entry):
    """A stay to authorise."""

    planned_to = fields.Date(load_default=None, allow_none=True)


class Whereabouts(_Entry):
    """Where a child is; with `to`, where it was."""

    to = fields.Date(load_default=None, allow_none=True)
    end_reason = CodeField("end_reason", load_default=None, allow_none=True)
    destination = CodeField("exit_destination", load_default=None, allow_none=True)


class CorrectedStay(_Stay):
    """All that a correction states of a stay; without `to` the child never left."""

    to = fields.Date(load_default=None, allow_none=True)
    end_reason = CodeField("end_reason", load_default=None, allow_none=True)
    destination = CodeField("exit_destination", load_default=None, allow_none=True)


class AuthorisePlacement(Schema):
    """Permission for a stay that is to begin; without `decision`, by any that covers it."""

    stay = fields.Nested(PlannedStay, required=True)
    other_reasons = REASONS
    decision = fields.UUID(load_default=None, allow_none=True)


class AuthoriseStay(Schema):
    """Permission for a child to stay where it is; without `decision`, by any that covers it."""

    planned_to = fields.Date(load_default=None, allow_none=True)
    other_reasons = REASONS
    decision = fields.UUID(load_default=None, allow_none=True)


class RecordWhereabouts(Schema):
    """A fact: where a child is or was. `ends_former`: the child has left the place where it was until now."""

    stay = fields.Nested(Whereabouts, required=True)
    ground = fields.Enum(domain.Ground, by_value=True, required=True)
    ends_former = fields.Boolean(load_default=False)
    arrived_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTS)


class OnDay(Schema):
    """The day on which it happened."""

    on = fields.Date(required=True)


class MovePlacement(OnDay):
    """The child left one place for another."""

    reason = CodeField("end_reason", required=True)


class EndPlacement(MovePlacement):
    """The child left."""

    destination = CodeField("exit_destination", required=True)


class CorrectPlacement(Schema):
    """What was always so."""

    stay = fields.Nested(CorrectedStay, required=True)


class WithdrawPlacement(Schema):
    """There never was such a placement, or the plan is given up. Nothing more to say."""


class Placement(Schema):
    """One stay of a child. `place_kept` false: it is away for longer than its place is kept for it."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    authorised = fields.Boolean(required=True)
    ground = fields.String(required=True, allow_none=True)
    care_form = fields.String(required=True)
    area = fields.String(required=True)
    provider = fields.UUID(required=True, allow_none=True)
    carer_relation = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    to = fields.Date(required=True, allow_none=True)
    planned_to = fields.Date(required=True, allow_none=True)
    entry_reason = fields.String(required=True)
    other_reasons = fields.List(fields.String(), required=True)
    end_reason = fields.String(required=True, allow_none=True)
    destination = fields.String(required=True, allow_none=True)
    decision = fields.UUID(required=True, allow_none=True)
    began_at = fields.AwareDateTime(required=True, allow_none=True)
    place_kept = fields.Boolean(required=True)
    unit = fields.String(required=True, allow_none=True)
    recorded_on = fields.Date(required=True)


class Breach(Schema):
    """A rule that is not met, in which facts, and what would heal it."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    area = fields.String(required=True)
    rule = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    owner = fields.String(required=True)
    due = fields.Date(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    opened_on = fields.Date(required=True)
    healed_on = fields.Date(required=True, allow_none=True)
    remedy = fields.Function(lambda breach: domain.RULES[breach["rule"]].satisfied_by, metadata={"type": "string"})


class ChildWhereabouts(Schema):
    """Where a child was, is and is planned to be, and the rules not met.

    `of_age_on`: came of age in care, and decides about itself since (CARE C10).
    """

    child = fields.UUID(required=True)
    version = fields.Integer(required=True)
    confirmed = fields.Boolean(required=True)
    withdrawn = fields.Boolean(required=True)
    of_age_on = fields.Date(required=True, allow_none=True)
    placements = fields.List(fields.Nested(Placement), required=True)
    breaches = fields.List(fields.Nested(Breach), required=True)


class BreachQuery(PageQuery):
    """Which breaches to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)


class UnconfirmedChildren(Schema):
    """Children placed more than an hour ago of whom registry has told nothing."""

    count = fields.Integer(required=True)


class InTwoPlaces(Schema):
    """A child with two records that were merged, who is by them in several places now."""

    child = fields.UUID(required=True)
    placements = fields.List(fields.UUID(), required=True)


BreachPage = page_schema(Breach)


class SubjectAccess(Schema):
    """Why everything held on a child is handed out."""

    ground = CodeField("export_ground", required=True)
