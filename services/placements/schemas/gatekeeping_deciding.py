"""What the API takes where a gatekeeping case is decided. Not here: decisions without a case (decisions)."""

from marshmallow import Schema, fields

from services.placements.schemas.decisions import DAYS, DecisionTerms
from services.placements.schemas.placements import REASONS, PlannedStay


class CaseTerms(DecisionTerms):
    """What a decision in a case says: as any decision, but the case is the one that the address names."""

    class Meta:
        """Marshmallow's settings."""

        exclude = ("case",)


class DecideGatekeeping(Schema):
    """What was decided in a case. `needs_more_until`: where the outcome is that more is needed to decide it."""

    terms = fields.Nested(CaseTerms, required=True)
    needs_more_until = fields.Date(load_default=None, allow_none=True, validate=DAYS)


class PermitStay(Schema):
    """Permission for the stay by which the decision of a case is carried out."""

    stay = fields.Nested(PlannedStay, required=True)
    other_reasons = REASONS
