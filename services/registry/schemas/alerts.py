"""What the API takes and gives about missing children."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.registry.commands import alerts as commands
from services.registry.domain import alerts_content as content
from services.registry.domain.alerts import AlertStage
from services.registry.domain.alerts_comparing import PairDecision
from shared.http import AreaField, CodeField, PageQuery, Several
from shared.ids import new_id

LINE = validate.Length(max=200)
TEXT = validate.Length(max=2000)
SOMEONE = validate.Length(min=1, max=200)


def instant(**options: Any) -> fields.AwareDateTime:
    """A moment with its zone."""
    return fields.AwareDateTime(format="iso", **options)


class Description(Schema):
    """Whom to look for. Of a registered child, sex and birth are taken from its record where they are left out."""

    missing_since = instant(required=True)
    names = Several(fields.String(validate=LINE), load_default=(), validate=validate.Length(max=20))
    sex = CodeField("sex", load_default=None, allow_none=True)
    born_from = fields.Date(load_default=None, allow_none=True)
    born_to = fields.Date(load_default=None, allow_none=True)
    looks = fields.String(load_default="", validate=TEXT)
    clothing = fields.String(load_default="", validate=TEXT)
    last_seen = fields.String(load_default="", validate=TEXT)
    circumstances = fields.String(load_default="", validate=TEXT)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> content.Description:
        """The domain's value."""
        return content.Description(**data)


class RaiseAlert(Schema):
    """A child is missing; `owner` is the account that answers for the alert: the caller's, where none is named."""

    child = fields.UUID(load_default=None, allow_none=True)
    area = AreaField(required=True)
    owner = fields.String(load_default=None, validate=SOMEONE)
    description = fields.Nested(Description, required=True)


class DescribeMissingChild(Schema):
    """Whom to look for, said anew as a whole."""

    description = fields.Nested(Description, required=True)


class HandAlertOn(Schema):
    """The account that answers for the alert from now on."""

    owner = fields.String(required=True, validate=SOMEONE)


class Told(Schema):
    """An authority heard of it: when, who there, and under which number of theirs."""

    at = instant(required=True)
    body = fields.String(load_default="", validate=LINE)
    reference = fields.String(load_default="", validate=LINE)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the command takes it."""
        return {"told": content.Told(**data)}


class Holding(Schema):
    """Police hold the child: time of taking, ground and place; and when they handed it over."""

    taken_at = instant(required=True)
    ground = CodeField("police_ground", required=True)
    place = fields.String(required=True, validate=SOMEONE)
    released_at = instant(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the command takes it."""
        return {"holding": content.Holding(**data)}


class Finding(Schema):
    """The child was found."""

    at = instant(required=True)
    alive = fields.Boolean(required=True)
    area = AreaField(required=True)
    place = fields.String(load_default="", validate=TEXT)
    by = fields.String(load_default="", validate=LINE)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the command takes it."""
        return {"finding": content.Finding(**data)}


class Nothing(Schema):
    """A body without fields."""


class Assessment(Schema):
    """Whether the child is safe there: the day, who assessed, the result; and which care it was offered."""

    on = fields.Date(required=True)
    by = fields.String(required=True, validate=SOMEONE)
    result = CodeField("safety_result", required=True)
    health_offered = fields.Boolean(required=True)
    psychosocial_offered = fields.Boolean(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> content.Assessment:
        """The domain's value."""
        return content.Assessment(**data)


class HandOver(Schema):
    """To whom the found child is handed over; refused without an assessment."""

    at = instant(required=True)
    to = CodeField("handover_to", required=True)
    recipient = fields.String(load_default="", validate=LINE)
    assessment = fields.Nested(Assessment, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the command takes it."""
        assessment = data.pop("assessment")
        return {"handover": content.Handover(**data), "assessment": assessment}


class CloseAlert(Schema):
    """The search ended otherwise; a child that came back by itself needs an assessment too."""

    reason = CodeField("alert_close_reason", required=True)
    assessment = fields.Nested(Assessment, load_default=None, allow_none=True)


class Recipient(Schema):
    """To whom a broadcast went, by which channel."""

    channel = CodeField("broadcast_channel", required=True)
    name = fields.String(required=True, validate=SOMEONE)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> commands.Recipient:
        """The command's value."""
        return commands.Recipient(id=new_id(), **data)


class BroadcastAlert(Schema):
    """A photograph (an attachment of the child) and the clothing, and nothing else; at least one of the two."""

    recipients = Several(fields.Nested(Recipient), required=True, validate=validate.Length(min=1, max=100))
    clothing = fields.String(load_default="", validate=TEXT)
    photo = fields.UUID(load_default=None, allow_none=True)
    sent_at = instant(required=True)

    @validates_schema
    def carries_something(self, data: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError for an empty message."""
        if not data.get("clothing") and data.get("photo") is None:
            raise ValidationError("Give the clothing, or a photograph.", "clothing")


class WithdrawBroadcast(Schema):
    """When the recipient took the message back."""

    withdrawn_at = instant(required=True)


class DecidePair(Schema):
    """Whether the found child is the missing one."""

    decision = fields.Enum(PairDecision, by_value=True, required=True)

    @validates_schema
    def is_decided(self, data: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError where nothing is decided."""
        if data.get("decision") is PairDecision.PROPOSED:
            raise ValidationError("Decide: same, different or unsure.", "decision")


class AlertQuery(PageQuery):
    """Which alerts to list."""

    stage = fields.String(load_default=None, validate=validate.OneOf([each.value for each in AlertStage]))
    child = fields.UUID(load_default=None)


class PairQuery(PageQuery):
    """Which pairs to list: those that wait for a decision, unless those decided are asked for."""

    decided = fields.Boolean(load_default=False)


class ListedAlert(Schema):
    """An alert in a list: nothing that is written of the child."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True, allow_none=True)
    area = fields.String(required=True)
    owner = fields.String(required=True)
    raised_at = instant(required=True)
    stage = fields.String(required=True)
    close_reason = fields.String(required=True, allow_none=True)


class Clock(Schema):
    """Until when a step must be taken, when it was, and when its overrun was told."""

    step = fields.String(required=True)
    due_at = instant(required=True)
    done_at = instant(required=True, allow_none=True)
    told_at = instant(required=True, allow_none=True)


class ShownTold(Schema):
    """When an authority heard of it."""

    at = fields.String(required=True)
    body = fields.String(required=True)
    reference = fields.String(required=True)


class Alert(ListedAlert):
    """Everything held of one alert."""

    description = fields.Dict(required=True)
    clocks = fields.List(fields.Nested(Clock), required=True)
    police_told = fields.Nested(ShownTold)
    agency_told = fields.Nested(ShownTold)
    investigation_open = fields.Nested(ShownTold)
    holding = fields.Dict(required=True, allow_none=True)
    finding = fields.Dict(required=True, allow_none=True)
    assessment = fields.Dict(required=True, allow_none=True)
    handover = fields.Dict(required=True, allow_none=True)
    broadcasts = fields.List(fields.Dict(), required=True)


class OverdueStep(Schema):
    """A step not taken in time: whose it is, since when, and to which role it goes."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    child = fields.UUID(required=True, allow_none=True)
    area = fields.String(required=True)
    owner = fields.String(required=True)
    step = fields.String(required=True)
    due_at = instant(required=True)
    told_at = instant(required=True, allow_none=True)
    escalation = fields.String(required=True)


class PairOfChildren(Schema):
    """A found child that may be a missing one, and the facts in which they agree.

    `reasons`: what in their names speaks for it, codes of the list match_reason; `score`: how much, in bits.
    """

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    alert = fields.UUID(required=True)
    child = fields.UUID(required=True)
    agrees_in = fields.List(fields.String(), required=True)
    score = fields.Float(required=True)
    reasons = fields.List(fields.String(), required=True)
    proposed_at = instant(required=True)
    decision = fields.String(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = instant(required=True, allow_none=True)
