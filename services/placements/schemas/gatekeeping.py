"""What the API takes and gives about gatekeeping cases. What a case gathers: gatekeeping_parts."""

from marshmallow import Schema, fields, validate

from services.placements.domain.gatekeeping_parts import FindingKind
from services.placements.schemas import gatekeeping_parts as parts
from shared.http import AreaField, CodeField, MadeAt, PageQuery, Several, page_schema

WORDS = parts.WORDS
REASONS = Several(CodeField("entry_reason"), required=True, validate=validate.Length(min=1, max=10))
HELP = Several(CodeField("help_tried"), load_default=(), validate=validate.Length(max=20))


class RequestGatekeeping(Schema):
    """A decision on a child is asked for, for reasons; `help_tried`: what was tried for the family before."""

    kind = CodeField("gatekeeping_kind", required=True)
    area = AreaField(required=True)
    reasons = REASONS
    help_tried = HELP


class ScreenGatekeeping(Schema):
    """The request is one for this gate."""

    words = fields.String(load_default="", validate=WORDS)


class ReasonGatekeeping(Schema):
    """The reasons and the help tried before, said anew."""

    reasons = REASONS
    help_tried = HELP


class AssessGatekeeping(Schema):
    """The assessment by the acting worker: is care necessary; which form suits, null where that is not found yet."""

    on = fields.Date(required=True)
    domains = Several(CodeField("assessment_domain"), required=True, validate=validate.Length(min=1, max=20))
    necessity = fields.Boolean(required=True)
    suitability = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)
    necessity_words = fields.String(load_default="", validate=WORDS)
    suitability_words = fields.String(load_default="", validate=WORDS)


class RecordFinding(Schema):
    """One finding; `until` is the end of a stay found to be short."""

    kind = fields.Enum(FindingKind, by_value=True, required=True)
    found = fields.Boolean(required=True)
    on = fields.Date(required=True)
    until = fields.Date(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)


class RecordOptions(Schema):
    """All options considered so far; `kin_searched_on` null: relatives were not searched for yet."""

    options = Several(fields.Nested(parts.CaseOption), required=True, validate=validate.Length(min=1, max=50))
    kin_searched_on = fields.Date(load_default=None, allow_none=True)


class ConvenePanel(Schema):
    """Who sits on the panel."""

    members = Several(fields.Nested(parts.PanelMember), required=True, validate=validate.Length(min=1, max=20))


class WithdrawGatekeeping(Schema):
    """Why the request is given up."""

    reason = CodeField("gatekeeping_end_reason", required=True)


class JoinGatekeeping(Schema):
    """The case of the brother or sister."""

    into = fields.UUID(required=True)


class GatekeepingLine(Schema):
    """A case as lists show it: codes and days."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    kind = fields.String(required=True)
    area = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    help_tried = fields.List(fields.String(), required=True)
    requested_by = fields.String(required=True)
    requested_on = fields.Date(required=True)
    status = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    overdue_told_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    assessed_by = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    decision = fields.UUID(required=True, allow_none=True)
    comes_back_on = fields.Date(required=True, allow_none=True)
    joined_into = fields.UUID(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)
    heard = fields.String(required=True, allow_none=True)
    silence = fields.String(required=True, allow_none=True)
    recorded_at = MadeAt()


class ChildOfCase(Schema):
    """How old the child is, and its sex, as far as they are known; its name is registry's."""

    born_from = fields.Date(required=True, allow_none=True)
    born_to = fields.Date(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)


class GatekeepingCase(GatekeepingLine):
    """A case with all that was said and found."""

    about = fields.Nested(ChildOfCase, required=True)
    screening = fields.String(required=True)
    hearings = fields.List(fields.Nested(parts.Hearing), required=True)
    parents = fields.List(fields.Nested(parts.ParentView), required=True)
    assessment = fields.Nested(parts.CaseAssessment, required=True, allow_none=True)
    findings = fields.List(fields.Nested(parts.CaseFinding), required=True)
    options = fields.List(fields.Nested(parts.CaseOption), required=True)
    kin_searched_on = fields.Date(required=True, allow_none=True)
    panel = fields.List(fields.Nested(parts.PanelMember), required=True)
    recommendation = fields.Nested(parts.PanelRecommendation, required=True, allow_none=True)


class ChildCases(Schema):
    """A child's cases, the newest first."""

    items = fields.List(fields.Nested(GatekeepingLine), required=True)


class CaseQuery(PageQuery):
    """Which cases to list; with `area`, those of it and of the areas below."""

    area = AreaField(load_default=None)


class NotHeardCount(Schema):
    """So many children were not heard for a reason."""

    reason = fields.String(required=True)
    count = fields.Integer(required=True)


class HeardCount(Schema):
    """Of the cases requested since a day: how many children were heard, and how many not, by reason."""

    since = fields.Date(required=True)
    heard = fields.Integer(required=True)
    nothing_recorded = fields.Integer(required=True)
    not_heard = fields.List(fields.Nested(NotHeardCount), required=True)


CasePage = page_schema(GatekeepingLine)
