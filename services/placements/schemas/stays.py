"""What the API takes and gives about absences, reviews and bonds, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain.absences import Away
from services.placements.domain.bonds import Bond
from services.placements.domain.legacy import Step
from services.placements.domain.reviews import Findings, Held
from shared.http import AreaField, CodeField, PageQuery, Several, acting, page_schema


class AwayField(Schema):
    """What is said of an absence; with `back`, it is over. `expected_back` null: nobody can say."""

    kind = CodeField("absence_kind", required=True)
    from_ = fields.Date(required=True, data_key="from")
    expected_back = fields.Date(load_default=None, allow_none=True)
    back = fields.Date(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Away:
        """The domain's value."""
        return Away(**data)


class StartAbsence(Schema):
    """A child is away, or was. `ends_former`: what it was away for until now is over."""

    away = fields.Nested(AwayField, required=True)
    ends_former = fields.Boolean(load_default=False)


class ExpectBack(Schema):
    """The day on which the child is expected back; null: nobody can say."""

    expected_back = fields.Date(required=True, allow_none=True)


class Back(Schema):
    """The first night back in its place."""

    on = fields.Date(required=True)


class WithdrawAbsence(Schema):
    """There never was such an absence. Nothing more to say."""


class Absence(Schema):
    """One absence. `to`: the first night back, or the end of the stay."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    area = fields.String(required=True)
    state = fields.String(required=True)
    kind = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    expected_back = fields.Date(required=True, allow_none=True)
    to = fields.Date(required=True, allow_none=True)
    kept_until = fields.Date(required=True, allow_none=True)
    recorded_on = fields.Date(required=True)


class ChildAbsences(Schema):
    """The absences of a child; `version` is that of its whereabouts."""

    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(Absence), required=True)


class AreaQuery(PageQuery):
    """Which to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)


AbsencePage = page_schema(Absence)


class ReviewFindings(Schema):
    """Goals of the plan reached, care still necessary, the place still suitable, a plan for the way home."""

    goals = CodeField("review_answer", required=True)
    necessary = CodeField("review_answer", required=True)
    suitable = CodeField("review_answer", required=True)
    way_home = CodeField("review_answer", required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Findings:
        """The domain's value."""
        return Findings(**data)


class HeldReview(Schema):
    """What is said of a review. `with`: accounts of others who held it; a child that took no part has a reason."""

    on = fields.Date(required=True)
    with_ = Several(
        fields.String(validate=validate.Length(min=1, max=200)),
        data_key="with", load_default=(), validate=validate.Length(max=20),
    )  # fmt: skip
    findings = fields.Nested(ReviewFindings, required=True)
    not_heard_reason = CodeField("not_heard_reason", load_default=None, allow_none=True)
    again_by = fields.Date(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Held:
        """The domain's value; whoever writes it down held it."""
        by = dict.fromkeys((acting()["actor"], *data.pop("with_")))
        return Held(by=tuple(by), **data)


class HoldReview(Schema):
    """A review that was held, with its words."""

    held = fields.Nested(HeldReview, required=True)
    words = fields.String(load_default="", validate=validate.Length(max=8000))


class WithdrawReview(Schema):
    """There never was such a review. Nothing more to say."""


class PlacementReview(Schema):
    """One review."""

    id = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    status = fields.String(required=True)
    held_on = fields.Date(required=True)
    by = fields.List(fields.String(), required=True)
    not_heard_reason = fields.String(required=True, allow_none=True)
    goals = fields.String(required=True)
    necessary = fields.String(required=True)
    suitable = fields.String(required=True)
    way_home = fields.String(required=True)
    again_by = fields.Date(required=True, allow_none=True)
    words = fields.String(required=True)
    recorded_on = fields.Date(required=True)


class ChildReviews(Schema):
    """The reviews of a child's care; `version` is that of its whereabouts."""

    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(PlacementReview), required=True)


class ReviewDue(Schema):
    """A stay, and the day on which its next review is due."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True)
    care_form = fields.String(required=True)
    provider = fields.UUID(required=True, allow_none=True)
    review_due = fields.Date(required=True)


class RecordBond(Schema):
    """What was found of a child and a brother or sister."""

    sibling = fields.UUID(required=True)
    bond = fields.Enum(Bond, by_value=True, required=True)
    harmed = fields.Boolean(load_default=False)


class SignBond(Schema):
    """The second signature. Nothing more to say."""


class PlanContact(Schema):
    """Contact every so many days, the next until `due`; both null end the plan."""

    every = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=1, max=366))
    due = fields.Date(required=True, allow_none=True)


class HaveContact(Schema):
    """The day on which they had contact."""

    on = fields.Date(required=True)


class SiblingBond(Schema):
    """What was found of a child and a brother or sister, and their contact."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    sibling = fields.UUID(required=True)
    bond = fields.String(required=True)
    harmed = fields.Boolean(required=True)
    status = fields.String(required=True)
    decided_on = fields.Date(required=True)
    contact_every = fields.Integer(required=True, allow_none=True)
    contact_due = fields.Date(required=True, allow_none=True)
    contact_last = fields.Date(required=True, allow_none=True)


class ChildBonds(Schema):
    """The bonds of a child; `version` is that of its whereabouts."""

    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(SiblingBond), required=True)


class ChildWithoutWorker(Schema):
    """A child in care for whom nobody answers; `case`: there is an open case, but no worker is named."""

    child = fields.UUID(required=True)
    area = fields.String(required=True)
    since = fields.Date(required=True)
    due = fields.Date(required=True, allow_none=True)
    case = fields.Boolean(required=True)


class LegacyStep(Schema):
    """Until a day, so many percent of all are to be found or made."""

    until = fields.Date(required=True)
    share = fields.Integer(required=True, validate=validate.Range(min=1, max=100))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Step:
        """The domain's value."""
        return Step(**data)


class SetLegacyPlan(Schema):
    """Which share of the decisions behind imported stays of an area is to be found until when."""

    area = AreaField(required=True)
    steps = Several(fields.Nested(LegacyStep), required=True, validate=validate.Length(min=1, max=24))


class LegacyQuery(Schema):
    """With `area`, it and the areas below."""

    area = AreaField(load_default=None)


class LegacyOfArea(Schema):
    """Imported stays of an area that came without a decision: how many are decided or over, open, overdue."""

    area = fields.String(required=True)
    all = fields.Integer(required=True)
    done = fields.Integer(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    next_due = fields.Date(required=True, allow_none=True)
    last_due = fields.Date(required=True, allow_none=True)


class LegacyProgress(Schema):
    """The areas within reach."""

    items = fields.List(fields.Nested(LegacyOfArea), required=True)


class WhereaboutsConflict(Schema):
    """A place claims a child (`id`: the claim) that is counted in another one; confirm the claim or withdraw it.

    Null: that place lies out of reach.
    """

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True, allow_none=True)
    provider = fields.UUID(required=True, allow_none=True)
    care_form = fields.String(required=True, allow_none=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    counted = fields.UUID(required=True, allow_none=True)
    counted_area = fields.String(required=True, allow_none=True)
    counted_provider = fields.UUID(required=True, allow_none=True)
    counted_form = fields.String(required=True, allow_none=True)
    counted_from = fields.Date(required=True, allow_none=True)


ReviewDuePage = page_schema(ReviewDue)
ConflictPage = page_schema(WhereaboutsConflict)
WithoutWorkerPage = page_schema(ChildWithoutWorker)
