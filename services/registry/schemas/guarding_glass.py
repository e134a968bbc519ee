"""What the API takes and gives about the glass broken in an emergency, and what accounts are told."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registry.domain.guarding_glass import GlassStatus
from shared.http import CodeField, PageQuery, Receipt

WORDS = validate.Length(min=10, max=2000)


class BreakGlass(Schema):
    """Open one child, by id or reference, for a reason and in words that two others will read."""

    child = fields.UUID(load_default=None)
    reference = fields.String(load_default=None, validate=validate.Length(max=40))
    reason = CodeField("glass_reason", required=True)
    words = fields.String(required=True, validate=WORDS)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """One child, named one way."""
        if (data["child"] is None) == (data["reference"] is None):
            raise ValidationError("Give child or reference; one of them.", "child")


class Opened(Receipt):
    """The child that is open now, and until when."""

    child = fields.UUID(required=True)
    until = fields.AwareDateTime(required=True, format="iso")


class ReviewGlass(Schema):
    """Whether it was justified, and why it was judged so."""

    verdict = fields.String(
        required=True, validate=validate.OneOf([GlassStatus.JUSTIFIED.value, GlassStatus.UNJUSTIFIED.value])
    )
    words = fields.String(required=True, validate=WORDS)


class GlassQuery(PageQuery):
    """Which emergency accesses: `status` overdue is the list of late reviews."""

    status = fields.Enum(GlassStatus, by_value=True, load_default=None)


class Glass(Schema):
    """An emergency access: who opened which child, why, who was told, what came of it. The review is told_one's."""

    id = fields.UUID(required=True)
    account = fields.String(required=True)
    child = fields.UUID(required=True)
    reason = fields.String(required=True)
    words = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")
    review_due = fields.AwareDateTime(required=True, format="iso")
    told_one = fields.String(required=True)
    told_two = fields.String(required=True)
    status = fields.String(required=True)
    reviewed_by = fields.String(required=True, allow_none=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    verdict_words = fields.String(required=True)


class NoticeQuery(PageQuery):
    """All notices, or those not yet read."""

    unread = fields.Boolean(load_default=False)


class Notice(Schema):
    """What the account is told: a kind, the id of what it is about, and when it was seen."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    subject = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    read_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
