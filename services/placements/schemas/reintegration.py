"""What the API takes and gives about the way home, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain.reintegration_follow_ups import Answers
from services.placements.domain.reintegration_preparation import Cause, Parents, Preparation, Wish
from shared.http import AreaField, CodeField, MadeAt, PageQuery, Several, page_schema

WORDS = validate.Length(max=4000)


class PreparationGiven(Schema):
    """How it stands with what must be settled before a child goes home; null: nothing yet."""

    cause = fields.Enum(Cause, by_value=True, load_default=None, allow_none=True)
    wish = fields.Enum(Wish, by_value=True, load_default=None, allow_none=True)
    parents = fields.Enum(Parents, by_value=True, load_default=None, allow_none=True)
    decision = fields.UUID(load_default=None, allow_none=True)
    support = Several(CodeField("return_support"), load_default=(), validate=validate.Length(max=20))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Preparation:
        """The domain's value."""
        return Preparation(**data | {"support": tuple(data["support"])})


class PrepareReturn(Schema):
    """The preconditions, the carer at home by relation, and what the child said."""

    preparation = fields.Nested(PreparationGiven, required=True)
    relation = CodeField("carer_relation", load_default=None, allow_none=True)
    child_said = fields.String(load_default="", validate=WORDS)


class BeginTrial(Schema):
    """From when, and until when at most, the child is at home on trial."""

    on = fields.Date(required=True)
    until = fields.Date(required=True)


class Answered(Schema):
    """What a look at the child found; after twelve months only `at_home` is asked."""

    month = fields.Integer(required=True, strict=True)
    on = fields.Date(required=True)
    at_home = fields.Boolean(required=True)
    safe = fields.Boolean(load_default=None, allow_none=True)
    in_school = fields.Boolean(load_default=None, allow_none=True)
    healthy = fields.Boolean(load_default=None, allow_none=True)
    supported = fields.Boolean(load_default=None, allow_none=True)
    content = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Answers:
        """The domain's value."""
        return Answers(**data)


class FollowUpReturn(Schema):
    """The answers, and why the child is at home no more where it is not."""

    answers = fields.Nested(Answered, required=True)
    reason = CodeField("breakdown_reason", load_default=None, allow_none=True)


class RecordBreakdown(Schema):
    """Since when, and why the child is at home no more."""

    on = fields.Date(required=True)
    reason = CodeField("breakdown_reason", required=True)


class EndReintegration(Schema):
    """When and why the way home ended otherwise."""

    on = fields.Date(required=True)
    reason = CodeField("reintegration_end_reason", required=True)


class FollowUp(Schema):
    """One look at a child at home: due on a day, and what it found."""

    id = fields.UUID(required=True)
    month = fields.Integer(required=True)
    due = fields.Date(required=True)
    held_on = fields.Date(required=True, allow_none=True)
    missed = fields.Boolean(required=True)
    at_home = fields.Boolean(required=True, allow_none=True)
    safe = fields.Boolean(required=True, allow_none=True)
    in_school = fields.Boolean(required=True, allow_none=True)
    healthy = fields.Boolean(required=True, allow_none=True)
    supported = fields.Boolean(required=True, allow_none=True)
    content = fields.Boolean(required=True, allow_none=True)
    words = fields.String(required=True)


class Reintegration(Schema):
    """One way home. `missing`: what is still to be settled; `unmet`: what was missing when the child went home."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    area = fields.String(required=True)
    state = fields.String(required=True)
    started_on = fields.Date(required=True)
    recorded_at = MadeAt()
    cause = fields.String(required=True, allow_none=True)
    wish = fields.String(required=True, allow_none=True)
    parents = fields.String(required=True, allow_none=True)
    decision = fields.UUID(required=True, allow_none=True)
    support = fields.List(fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)
    relation = fields.String(required=True, allow_none=True)
    child_said = fields.String(required=True)
    trial_from = fields.Date(required=True, allow_none=True)
    trial_until = fields.Date(required=True, allow_none=True)
    returned_on = fields.Date(required=True, allow_none=True)
    unmet = fields.List(fields.String(), required=True)
    over_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    follow_ups = fields.List(fields.Nested(FollowUp), required=True)


class Reintegrations(Schema):
    """A child's ways home, the oldest first."""

    items = fields.List(fields.Nested(Reintegration), required=True)


class FollowUpQuery(PageQuery):
    """Which looks to list: in an area and those below, due on a day or before."""

    area = AreaField(load_default=None)
    until = fields.Date(load_default=None)


class FollowUpDue(Schema):
    """A look that is due; `overdue`: its day has passed."""

    id = fields.UUID(required=True)
    reintegration = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True)
    month = fields.Integer(required=True)
    due = fields.Date(required=True)
    overdue = fields.Boolean(required=True)


class ReintegrationQuery(PageQuery):
    """Which ways home to list: in an area and those below, in a state."""

    area = AreaField(load_default=None)
    state = fields.String(load_default=None)


class ReintegrationLine(Schema):
    """A way home that is not over; `due`: the day on which the next thing is to be done, where there is one."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    area = fields.String(required=True)
    state = fields.String(required=True)
    started_on = fields.Date(required=True)
    trial_until = fields.Date(required=True, allow_none=True)
    returned_on = fields.Date(required=True, allow_none=True)


FollowUpPage = page_schema(FollowUpDue)
ReintegrationPage = page_schema(ReintegrationLine)
