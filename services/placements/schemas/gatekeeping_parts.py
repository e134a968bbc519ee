"""What a case gathers, as the API takes and gives it: hearings, parents, options, panel, findings, recommendation."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain import gatekeeping_parts as domain
from shared.http import CodeField, Several

WORDS = validate.Length(max=5000)
ACCOUNT = validate.Length(min=1, max=200)


class Hearing(Schema):
    """The child was heard: by whom, with what support, in its words or by a drawing kept in registry; or why not."""

    heard = fields.Boolean(required=True)
    on = fields.Date(required=True)
    heard_by = fields.String(required=True, validate=ACCOUNT)
    support = CodeField("communication_support", load_default=None, allow_none=True)
    language = CodeField("language", load_default=None, allow_none=True)
    not_heard_reason = CodeField("not_heard_reason", load_default=None, allow_none=True)
    drawing = fields.UUID(load_default=None, allow_none=True)
    weight = CodeField("view_weight", load_default=None, allow_none=True)
    feedback_on = fields.Date(load_default=None, allow_none=True)
    consents = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)
    weight_words = fields.String(load_default="", validate=WORDS)
    feedback_words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Hearing:
        """The domain's value."""
        return domain.Hearing(**data)


class ParentView(Schema):
    """What one of the parents was told and said; `agrees` null: did not say."""

    who = CodeField("parent_kind", required=True)
    notified_on = fields.Date(load_default=None, allow_none=True)
    not_notified_reason = CodeField("not_notified_reason", load_default=None, allow_none=True)
    heard_on = fields.Date(load_default=None, allow_none=True)
    agrees = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.ParentView:
        """The domain's value."""
        return domain.ParentView(**data)


class CaseOption(Schema):
    """A form of care that was considered; `person` is a relative who was asked, by the registry's id."""

    care_form = CodeField("care_form", required=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    person = fields.UUID(load_default=None, allow_none=True)
    asked_on = fields.Date(load_default=None, allow_none=True)
    answer = CodeField("option_answer", load_default=domain.NOT_ASKED)
    reason = CodeField("option_reason", load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Option:
        """The domain's value."""
        return domain.Option(**data)


class PanelMember(Schema):
    """Somebody on the panel; `staff_of`: the providers for which this person works."""

    account = fields.String(required=True, validate=ACCOUNT)
    profession = CodeField("profession", required=True)
    staff_of = Several(fields.UUID(), load_default=(), validate=validate.Length(max=20))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Member:
        """The domain's value."""
        return domain.Member(**data)


class PanelRecommendation(Schema):
    """What the panel recommends; `against`: how many members were against."""

    outcome = CodeField("decision_outcome", required=True)
    on = fields.Date(required=True)
    care_form = CodeField("care_form", load_default=None, allow_none=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    against = fields.Integer(load_default=0, validate=validate.Range(min=0, max=50))
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Recommendation:
        """The domain's value."""
        return domain.Recommendation(**data)


class CaseAssessment(Schema):
    """By whom and when the child was assessed, in which domains."""

    by = fields.String(required=True)
    on = fields.Date(required=True)
    domains = fields.List(fields.String(), required=True)
    words = fields.String(required=True)


class CaseFinding(Schema):
    """One finding."""

    kind = fields.String(required=True)
    found = fields.Boolean(required=True)
    by = fields.String(required=True)
    on = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True)
    words = fields.String(required=True)
