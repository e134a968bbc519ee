"""What the API takes and gives about parents' agreements to care, cases looked at again, profiles of reasons."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain.gatekeeping_voluntary import SETTLED, Agreed, VoluntaryStatus
from services.placements.schemas.gatekeeping_parts import WORDS
from shared.http import AreaField, CodeField, Several, page_schema


class AgreedBy(Schema):
    """Who agreed, when, in what form; in which language it was explained."""

    who = CodeField("parent_kind", required=True)
    on = fields.Date(required=True)
    form = CodeField("agreement_form", required=True)
    language = CodeField("language", required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Agreed:
        """The domain's value."""
        return Agreed(**data)


class AgreeVoluntaryPlacement(Schema):
    """Parents agree that their child lives in care; `case`: the gatekeeping case it belongs to."""

    area = AreaField(required=True)
    case = fields.UUID(load_default=None, allow_none=True)
    agreed_by = Several(fields.Nested(AgreedBy), required=True, validate=validate.Length(min=1, max=5))
    words = fields.String(load_default="", validate=WORDS)


class WithdrawVoluntaryPlacement(Schema):
    """A parent withdraws the agreement; `withdrawn_at` null: now."""

    by = CodeField("parent_kind", required=True)
    withdrawn_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class SettleVoluntaryPlacement(Schema):
    """The child is back (`returned`), or an order was applied for (`order_applied`) to a body."""

    how = fields.String(required=True, validate=validate.OneOf([each.value for each in sorted(SETTLED, reverse=True)]))
    on = fields.Date(required=True)
    applied_to = CodeField("deciding_body", load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """How it was settled as the domain has it."""
        return data | {"how": VoluntaryStatus(data["how"])}


class EndVoluntaryPlacement(Schema):
    """Why the agreement falls away."""

    reason = CodeField("agreement_end_reason", required=True)


class VoluntaryAgreement(Schema):
    """An agreement of parents; `due_at`: until when the child returns, or an order is applied for."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    case = fields.UUID(required=True, allow_none=True)
    area = fields.String(required=True)
    agreed_on = fields.Date(required=True)
    agreed_by = fields.List(fields.Nested(AgreedBy), required=True)
    words = fields.String(required=True)
    status = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    withdrawn_by = fields.String(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    ended_on = fields.Date(required=True, allow_none=True)
    applied_to = fields.String(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)


class VoluntaryAgreements(Schema):
    """The agreements about a child, the newest first."""

    items = fields.List(fields.Nested(VoluntaryAgreement), required=True)


class DrawCases(Schema):
    """So many decided cases, drawn by chance of those requested since a day, in an area and below it."""

    area = AreaField(required=True)
    since = fields.Date(required=True)
    size = fields.Integer(required=True, validate=validate.Range(min=1, max=100))


class FindInSample(Schema):
    """What was found in a case looked at again."""

    finding = CodeField("sample_finding", required=True)
    words = fields.String(load_default="", validate=WORDS)


class CaseSample(Schema):
    """A case drawn by chance."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    case = fields.UUID(required=True)
    area = fields.String(required=True)
    drawn_by = fields.String(required=True)
    drawn_on = fields.Date(required=True)
    looked_by = fields.String(required=True, allow_none=True)
    looked_on = fields.Date(required=True, allow_none=True)
    finding = fields.String(required=True, allow_none=True)
    words = fields.String(required=True)


class DrawnCase(Schema):
    """A case that was drawn now."""

    id = fields.UUID(required=True)
    case = fields.UUID(required=True)


class DrawnCases(Schema):
    """The cases drawn now; fewer than asked for where there are not as many."""

    items = fields.List(fields.Nested(DrawnCase), required=True)


class ReasonShare(Schema):
    """In how many cases a reason was given; null below the smallest number shown."""

    reason = fields.String(required=True)
    count = fields.Integer(required=True, allow_none=True)
    percent = fields.Integer(required=True, allow_none=True)


class ReasonProfile(Schema):
    """The reasons given in some cases; `cases` null: fewer than the smallest number shown."""

    cases = fields.Integer(required=True, allow_none=True)
    shares = fields.List(fields.Nested(ReasonShare), required=True)


class ReasonProfiles(Schema):
    """The reasons given since a day by the worker of a case, and in its district."""

    since = fields.Date(required=True)
    smallest = fields.Integer(required=True)
    worker = fields.Nested(ReasonProfile, required=True)
    district = fields.Nested(ReasonProfile, required=True)


CaseSamplePage = page_schema(CaseSample)
