"""What the API takes and gives about exemptions from rules, and verdicts, in marshmallow."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.placements import domain
from services.placements.domain.exemption_facts import KINDS
from services.placements.domain.exemptions import ExemptionState
from services.placements.schemas.placements import REASONS, PlannedStay
from shared.http import AreaField, CodeField, PageQuery, page_schema

RULE = validate.OneOf(tuple(domain.RULES))


class SetAside(Schema):
    """That a rule be set aside: in a placement, or in a stay that someone means to authorise.

    `until`: the day on which it ends, and is looked at again. `words`: the reason, sealed under the child's key.
    """

    rule = fields.String(required=True, validate=RULE)
    reason = CodeField("exemption_reason", required=True)
    words = fields.String(required=True, validate=validate.Length(min=10, max=4000))
    placement = fields.UUID(load_default=None, allow_none=True)
    stay = fields.Nested(PlannedStay, load_default=None, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError unless there is either a placement or a stay."""
        if (data.get("placement") is None) == (data.get("stay") is None):
            raise ValidationError("Either a placement or a stay.", "stay")


class Sign(Schema):
    """The second person signs. Nothing more to say."""


class EndExemption(Schema):
    """Why it is not signed, or stands in no longer."""

    reason = CodeField("exemption_end_reason", required=True)


class OverseenExemption(Schema):
    """Which rule was set aside where, why and until when; of no child."""

    id = fields.UUID(required=True)
    rule = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    care_form = fields.String(required=True)
    area = fields.String(required=True)
    conflicts_with = fields.String(required=True, allow_none=True)
    proposed_on = fields.Date(required=True)
    signed_on = fields.Date(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)


class ListedExemption(OverseenExemption):
    """An exemption, with whom it is about and who stands behind it."""

    child = fields.UUID(required=True)
    placement = fields.UUID(required=True, allow_none=True)
    provider = fields.UUID(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    proposed_by = fields.String(required=True)
    signed_by = fields.String(required=True, allow_none=True)


class Exemption(ListedExemption):
    """An exemption with its reason in words."""

    words = fields.String(required=True)


class ChildExemptions(Schema):
    """The exemptions of a child; `version` is that of its whereabouts."""

    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(Exemption), required=True)


class ExemptionQuery(PageQuery):
    """Which to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)
    rule = fields.String(load_default=None, validate=RULE)
    state = fields.String(load_default=None, validate=validate.OneOf([str(each) for each in ExemptionState]))
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))


ExemptionPage = page_schema(ListedExemption)
OverseenPage = page_schema(OverseenExemption)


class JudgeStay(Schema):
    """A stay that someone thinks of; nothing is written. With `case`, also what rules say to a decision on it."""

    stay = fields.Nested(PlannedStay, required=True)
    other_reasons = REASONS
    case = fields.UUID(load_default=None, allow_none=True)


class Verdict(Schema):
    """What a rule says to the stay. `met`: the rule is satisfied, or what `exemption` names stands in for it.

    Where `conflicts_with` names a rule that cannot be met beside it, `yields` is the one that comes after by the pack.
    """

    rule = fields.String(required=True)
    title = fields.String(required=True)
    source = fields.String(required=True)
    satisfied = fields.Boolean(required=True)
    met = fields.Boolean(required=True)
    exemption = fields.UUID(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    conflicts_with = fields.String(required=True, allow_none=True)
    yields = fields.String(required=True, allow_none=True)
    deviation = fields.Boolean(required=True)
    overridden_by = fields.List(fields.String(), required=True)
    remedy = fields.String(required=True)
    until = fields.Date(required=True, allow_none=True)


class Verdicts(Schema):
    """What all rules say to a stay, in the order of their precedence. `permitted`: it could be authorised."""

    permitted = fields.Boolean(required=True)
    verdicts = fields.List(fields.Nested(Verdict), required=True)
