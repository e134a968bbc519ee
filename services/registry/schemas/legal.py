"""What the API takes and gives about legal measures and consents, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.registry.domain import legal as domain
from services.registry.domain import legal_consents as consents
from services.registry.store.legal_law import PackLegalLaw
from shared.http import CodeField, Receipt, Several, page_schema, service

WORDS = validate.Length(max=4000)
LINE = validate.Length(max=200)


class Holder(Schema):
    """Who holds a custody or guardianship; the provider is named for the head of an institution."""

    kind = CodeField("guardian_kind", required=True)
    person = fields.UUID(load_default=None, allow_none=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    of_person = fields.Boolean(load_default=True)
    of_property = fields.Boolean(load_default=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Holder:
        """The domain's value."""
        return domain.Holder(**data)


class Decision(Schema):
    """The decision behind a measure; `id` in placements once that is known."""

    body = CodeField("deciding_body", required=True)
    instrument = CodeField("instrument_kind", required=True)
    number = fields.String(load_default="", validate=LINE)
    made_on = fields.Date(load_default=None, allow_none=True)
    id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Decision:
        """The domain's value."""
        return domain.Decision(**data)


class Terms(Schema):
    """What a measure says; in force from `from` up to, not including, `to`."""

    kind = CodeField("measure_kind", required=True)
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(load_default=None, allow_none=True)
    decision = fields.Nested(Decision, required=True)
    person = fields.UUID(load_default=None, allow_none=True)
    holder = fields.Nested(Holder, load_default=None, allow_none=True)
    cause = CodeField("care_loss_cause", load_default=None, allow_none=True)
    beyond_majority = fields.Boolean(load_default=False)
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Terms:
        """The domain's value; what the kind does is the pack's."""
        law = PackLegalLaw(service().codes)  # type: ignore[arg-type]
        return domain.Terms(effect=law.effect(data["kind"]), **data)


class RecordMeasure(Schema):
    """A measure that was decided; `supersedes` others, or `joint` with the guardian in force."""

    terms = fields.Nested(Terms, required=True)
    supersedes = Several(fields.UUID(), load_default=(), validate=validate.Length(max=20))
    joint = fields.Boolean(load_default=False)


class CorrectMeasure(Schema):
    """All that the measure says, as it always was."""

    terms = fields.Nested(Terms, required=True)


class EndMeasure(Schema):
    """The first day on which it no longer holds."""

    on = fields.Date(required=True)
    reason = CodeField("measure_end_reason", required=True)


class WithdrawMeasure(Schema):
    """There never was such a measure. Nothing more to say."""


class AppealMeasure(Schema):
    """`suspends`: the measure rests until the appeal is decided."""

    lodged_on = fields.Date(required=True)
    suspends = fields.Boolean(required=True)


class DecideAppeal(Schema):
    """`upheld`: the measure stands; else it is overturned from that day on."""

    on = fields.Date(required=True)
    upheld = fields.Boolean(required=True)


class Report(Schema):
    """A guardian's report; words on the child's property, pension and alimony."""

    on = fields.Date(required=True)
    property = fields.String(load_default="", validate=WORDS)
    pension = fields.String(load_default="", validate=WORDS)
    alimony = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Report:
        """The domain's value."""
        return domain.Report(**data)


class TakeReport(Schema):
    """A report that came."""

    report = fields.Nested(Report, required=True)


class Appeal(Schema):
    """An appeal; `upheld` null: not decided yet."""

    lodged_on = fields.Date(required=True)
    suspends = fields.Boolean(required=True)
    decided_on = fields.Date(required=True, allow_none=True)
    upheld = fields.Boolean(required=True, allow_none=True)


class Measure(Schema):
    """One measure; `before`: what the record said before corrections."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    status = fields.String(required=True)
    suspended = fields.Boolean(required=True)
    recorded_on = fields.Date(required=True)
    terms = fields.Nested(Terms, required=True)
    effect = fields.String(required=True, attribute="terms.effect")
    supersedes = fields.List(fields.UUID(), required=True)
    appeal = fields.Nested(Appeal, required=True, allow_none=True)
    ended_on = fields.Date(attribute="ending.on", dump_default=None, allow_none=True)
    end_reason = fields.String(attribute="ending.reason", dump_default=None, allow_none=True)
    report_due = fields.Date(required=True, allow_none=True)
    reports = fields.List(fields.Nested(Report), required=True)
    before = fields.List(fields.Nested(Terms), required=True)


class Measures(Schema):
    """The measures of a child."""

    items = fields.List(fields.Nested(Measure), required=True)


class Giver(Schema):
    """Who consents; SELF is the child."""

    relation = CodeField("consent_giver", required=True)
    person = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> consents.Giver:
        """The domain's value."""
        return consents.Giver(**data)


class ConsentSaid(Schema):
    """What a consent says; with another ground than CONSENT: on which law or order it rests (`basis`), and no giver."""

    purpose = CodeField("consent_purpose", required=True)
    given_on = fields.Date(required=True)
    ground = CodeField("legal_ground", load_default=consents.BY_CONSENT)
    giver = fields.Nested(Giver, load_default=None, allow_none=True)
    provider = fields.UUID(load_default=None, allow_none=True)
    language = fields.String(load_default="", validate=validate.Length(max=35))
    scope = fields.String(load_default="", validate=WORDS)
    witness = fields.String(load_default="", validate=LINE)
    basis = fields.String(load_default="", validate=LINE)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> consents.ConsentSaid:
        """The domain's value."""
        return consents.ConsentSaid(**data)


class GiveConsent(Schema):
    """A consent that was given, or another ground."""

    said = fields.Nested(ConsentSaid, required=True)


class WithdrawConsent(Schema):
    """It was taken back."""

    on = fields.Date(required=True)
    reason = CodeField("consent_end_reason", required=True)


class WithdrawalReceipt(Receipt):
    """What was withdrawn. What rests on legal duty, protection first of all, goes on (CARE C15)."""

    protection_continues = fields.Constant(True)
    remark = fields.Constant("Protection of the child rests on legal duty and goes on.")


class Consent(Schema):
    """One consent."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    status = fields.String(required=True)
    said = fields.Nested(ConsentSaid, required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class Consents(Schema):
    """The consents of a child."""

    items = fields.List(fields.Nested(Consent), required=True)


class Representative(Schema):
    """Who acts for the child in law."""

    role = fields.String(required=True)
    person = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    provider = fields.UUID(required=True, allow_none=True)
    measure = fields.UUID(required=True, allow_none=True)
    of_person = fields.Boolean(required=True)
    of_property = fields.Boolean(required=True)


class PurposeVerdict(Schema):
    """Whether something may be done today, why, and whether the child itself is asked."""

    purpose = fields.String(required=True)
    ground = fields.String(required=True)
    allowed = fields.Boolean(required=True)
    because = fields.String(required=True)
    own_consent = fields.String(required=True)


class Capacity(Schema):
    """Who may consent to what for a child today, and why."""

    child = fields.UUID(required=True)
    on = fields.Date(required=True)
    adult = fields.Boolean(required=True)
    emancipated = fields.Boolean(required=True)
    representatives = fields.List(fields.Nested(Representative), required=True)
    unfit = fields.List(fields.UUID(), required=True)
    purposes = fields.List(fields.Nested(PurposeVerdict), required=True)


class _Alarm(Schema):
    area = fields.String(required=True)
    due = fields.Date(required=True)
    owner = fields.String(required=True)
    escalated = fields.Boolean(required=True)
    escalates_on = fields.Date(required=True)


class UnrepresentedChild(_Alarm):
    """A child in care without a known legal representative since a day."""

    id = fields.UUID(required=True)
    since = fields.Date(required=True)


class ReportDue(_Alarm):
    """A guardian's report that did not come."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    kind = fields.String(required=True)


UnrepresentedPage = page_schema(UnrepresentedChild)
ReportsDuePage = page_schema(ReportDue)
