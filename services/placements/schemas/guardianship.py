"""What the API takes and gives about the supervision of guardians, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain.guardianship import GuardianReport
from services.placements.schemas.leaving_care import HoldingHeld
from shared.http import AreaField, CodeField, PageQuery, Several, page_schema


class GuardianReported(Schema):
    """What a guardian reported, or (`visit`) a visit found: findings, and the child's property, pension, alimony."""

    on = fields.Date(required=True)
    visit = fields.Boolean(load_default=False)
    findings = Several(CodeField("guardian_finding"), load_default=(), validate=validate.Length(max=20))
    holdings = fields.List(fields.Nested(HoldingHeld), load_default=list, validate=validate.Length(max=40))
    words = fields.String(load_default="", validate=validate.Length(max=4000))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> GuardianReport:
        """The domain's value."""
        return GuardianReport(**data | {name: tuple(data[name]) for name in ("findings", "holdings")})


class ReceiveGuardianReport(Schema):
    """The report."""

    report = fields.Nested(GuardianReported, required=True)


class GuardianshipLine(Schema):
    """One supervised guardianship, as lists show it; its id is that of registry's measure."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    kind = fields.String(required=True)
    holder_kind = fields.String(required=True)
    person = fields.UUID(required=True, allow_none=True)
    provider = fields.UUID(required=True, allow_none=True)
    report_due = fields.Date(required=True, allow_none=True)
    visit_due = fields.Date(required=True, allow_none=True)


class Guardianship(GuardianshipLine):
    """One supervised guardianship, with the child's property and what was reported."""

    version = fields.Integer(required=True)
    body = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(required=True, allow_none=True)
    reported_on = fields.Date(required=True, allow_none=True)
    visited_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    holdings = fields.List(fields.Raw(metadata={"type": "object"}), required=True)
    reports = fields.List(fields.Raw(metadata={"type": "object"}), required=True)


class GuardiansOfChild(Schema):
    """A child's guardianships; `unrepresented_since`: parental care was lost, and nobody is guardian since."""

    unrepresented_since = fields.Date(required=True, allow_none=True)
    items = fields.List(fields.Nested(Guardianship), required=True)


class GuardianshipQuery(PageQuery):
    """Which to list: in an area and those below, with a report due on a day or before."""

    area = AreaField(load_default=None)
    until = fields.Date(load_default=None)


GuardianshipPage = page_schema(GuardianshipLine)
