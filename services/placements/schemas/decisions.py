"""What the API takes and gives about decisions on children in care."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain import NOT_RECORDED, RULES
from services.placements.domain.decision import Terms
from services.placements.schemas.placements import FIRST, LAST, MOMENTS, OnDay
from shared.http import AreaField, CodeField, MadeAt, PageQuery, Several, page_schema

DAYS = validate.Range(FIRST.date(), LAST.date())
NUMBER = fields.String(load_default="", validate=validate.Length(max=60))


class DecisionTerms(Schema):
    """What a decision says. It holds in [effective_from, in_force_until); `made_at`: the hour of an oral order."""

    act = CodeField("decision_act", required=True)
    situation = CodeField("decision_situation", required=True)
    outcome = CodeField("decision_outcome", required=True)
    body = CodeField("deciding_body", required=True)
    instrument = CodeField("instrument_kind", required=True)
    number = NUMBER
    made_on = fields.Date(required=True, validate=DAYS)
    made_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTS)
    effective_from = fields.Date(required=True, validate=DAYS)
    in_force_until = fields.Date(load_default=None, allow_none=True, validate=DAYS)
    appeal_until = fields.Date(load_default=None, allow_none=True, validate=DAYS)
    area = AreaField(required=True)
    care_forms = Several(CodeField("care_form"), load_default=(), validate=validate.Length(max=20))
    provider = fields.UUID(load_default=None, allow_none=True)
    case = fields.UUID(load_default=None, allow_none=True)
    decided_by = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^\S{1,200}$"),
        metadata={"description": "The account of who decided; null for a court or a body outside."},
    )  # fmt: skip
    file = fields.UUID(load_default=None, allow_none=True)
    renews = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Terms:
        """The domain's value."""
        return Terms(**data | {"care_forms": tuple(data["care_forms"])})


class RecordDecision(Schema):
    """A decision to record. `needs_more_until`: where the outcome is that more is needed before it can be decided."""

    terms = fields.Nested(DecisionTerms, required=True)
    needs_more_until = fields.Date(load_default=None, allow_none=True, validate=DAYS)


class CorrectDecision(Schema):
    """What the decision always said."""

    terms = fields.Nested(DecisionTerms, required=True)


class Nothing(Schema):
    """Nothing more to say."""


class ConfirmOralOrder(Schema):
    """An oral order was confirmed in writing at a moment."""

    confirmed_at = fields.AwareDateTime(required=True, validate=MOMENTS)
    instrument = CodeField("instrument_kind", required=True)
    number = NUMBER
    file = fields.UUID(load_default=None, allow_none=True)


class CarryOutDecision(OnDay):
    """The day on which what was decided was done."""


class LodgeAppeal(Schema):
    """An appeal. `suspends` null: as the decision table says."""

    by = CodeField("appeal_by", required=True)
    lodged_on = fields.Date(required=True, validate=DAYS)
    suspends = fields.Boolean(load_default=None, allow_none=True)


class DecideAppeal(OnDay):
    """The outcome of an appeal."""

    outcome = CodeField("appeal_outcome", required=True)


class SendNotice(Schema):
    """When somebody was told, and how; or why not."""

    sent_at = fields.AwareDateTime(required=True, validate=MOMENTS)
    means = CodeField("notice_means", required=True)


class EmergencyStay(Schema):
    """Where children were brought; the stay begins on the day of arrival."""

    care_form = CodeField("care_form", required=True)
    area = AreaField(required=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    carer_relation = CodeField("carer_relation", load_default=None, allow_none=True)
    entry_reason = CodeField("entry_reason", load_default=NOT_RECORDED)
    planned_to = fields.Date(load_default=None, allow_none=True, validate=DAYS)


class RecordEmergencies(Schema):
    """Children who were taken together at once, and where they were brought; `arrived_at` null: the hour of taking."""

    children = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=20))
    taken_by = CodeField("deciding_body", required=True)
    situation = CodeField("decision_situation", required=True)
    taken_from = CodeField("taken_from", required=True)
    taken_at = fields.AwareDateTime(required=True, validate=MOMENTS)
    arrived_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTS)
    stay = fields.Nested(EmergencyStay, required=True)


class DecisionNotice(Schema):
    """Somebody who is to be told, or was; `about`: the decision or removal."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    about = fields.UUID(required=True)
    after = fields.String(required=True)
    to = fields.String(required=True)
    area = fields.String(required=True)
    due = fields.AwareDateTime(required=True)
    status = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    means = fields.String(required=True, allow_none=True)


NoticePage = page_schema(DecisionNotice)


class NoticeQuery(PageQuery):
    """Which open notices to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)


class OpenedNotice(Schema):
    """Somebody who is to be told by an hour."""

    id = fields.UUID(required=True)
    to = fields.String(required=True)
    due = fields.AwareDateTime(required=True)


class OpenedBreach(Schema):
    """A rule that is not met."""

    id = fields.UUID(required=True)
    rule = fields.String(required=True)
    owner = fields.String(required=True)
    due = fields.Date(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    remedy = fields.Function(lambda breach: RULES[breach.rule].satisfied_by, metadata={"type": "string"})


class RecordedEmergency(Schema):
    """What became of one child: the stay, the rules not met, who is to be told by when."""

    child = fields.UUID(required=True)
    version = fields.Integer(required=True)
    emergency = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    state = fields.String(required=True)
    breaches = fields.List(fields.Nested(OpenedBreach), required=True)
    notices = fields.List(fields.Nested(OpenedNotice), required=True)


class RecordedEmergencies(Schema):
    """What became of each child."""

    items = fields.List(fields.Nested(RecordedEmergency), required=True)


class Appeal(Schema):
    """An appeal; `late`: lodged after the time to appeal was over."""

    id = fields.UUID(required=True)
    decision = fields.UUID(required=True)
    by = fields.String(required=True)
    lodged_on = fields.Date(required=True)
    suspends = fields.Boolean(required=True)
    late = fields.Boolean(required=True)
    decided_on = fields.Date(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    recorded_at = MadeAt()


class Decision(Schema):
    """One decision on a child. `unmet`: the rules it does not meet, with the facts; `to_be_confirmed`: what the
    decision table does not know, so that no clock runs for it."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    status = fields.String(required=True)
    act = fields.String(required=True)
    situation = fields.String(required=True)
    outcome = fields.String(required=True)
    body = fields.String(required=True)
    instrument = fields.String(required=True)
    number = fields.String(required=True)
    made_on = fields.Date(required=True)
    effective_from = fields.Date(required=True)
    in_force_until = fields.Date(required=True, allow_none=True)
    appeal_until = fields.Date(required=True, allow_none=True)
    area = fields.String(required=True)
    care_forms = fields.List(fields.String(), required=True)
    provider = fields.UUID(required=True, allow_none=True)
    case = fields.UUID(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    second_by = fields.String(required=True, allow_none=True)
    file = fields.UUID(required=True, allow_none=True)
    renews = fields.UUID(required=True, allow_none=True)
    unmet = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
    confirm_by = fields.AwareDateTime(required=True, allow_none=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    carry_out_by = fields.Date(required=True, allow_none=True)
    carried_out_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    to_be_confirmed = fields.List(fields.String(), required=True)
    recorded_at = fields.AwareDateTime(required=True)


class Emergency(Schema):
    """A removal. `named`: whether the law lets this body act at once; null: not known."""

    id = fields.UUID(required=True)
    placement = fields.UUID(required=True, allow_none=True)
    taken_by = fields.String(required=True)
    situation = fields.String(required=True)
    taken_from = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    named = fields.Boolean(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class ChildDecisions(Schema):
    """All that was decided about a child, the oldest first."""

    child = fields.UUID(required=True)
    version = fields.Integer(required=True)
    decisions = fields.List(fields.Nested(Decision), required=True)
    appeals = fields.List(fields.Nested(Appeal), required=True)
    notices = fields.List(fields.Nested(DecisionNotice), required=True)
    emergencies = fields.List(fields.Nested(Emergency), required=True)


class SecondSigners(Schema):
    """Who may sign as the second person: these roles in these areas, the nearest first; who of them is on the rota."""

    roles = fields.List(fields.String(), required=True)
    areas = fields.List(fields.String(), required=True)
    accounts = fields.List(fields.String(), required=True)
