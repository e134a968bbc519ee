"""What the API takes and gives about leaving care and coming of age, in marshmallow."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.placements.domain.leaving_care import Outcome
from services.placements.domain.leaving_care_plan import Claim, Entitlement, Holding, Plan, Readiness, ReadinessReview
from shared.http import AreaField, CodeField, PageQuery, Several, page_schema

WORDS = validate.Length(max=4000)


class HoldingHeld(Schema):
    """Money or property held for someone; an amount in the smallest unit of its currency (ISO 4217)."""

    kind = CodeField("holding_kind", required=True)
    amount = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(min=0))
    currency = fields.String(load_default=None, allow_none=True, validate=validate.Regexp("^[A-Z]{3}$"))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Holding:
        """The domain's value."""
        return Holding(**data)


class EntitlementClaimed(Schema):
    """Something that the law gives, by the line of the table `entitlements`, and how it stands with it."""

    line = fields.String(required=True, validate=validate.Length(min=1, max=80))
    claim = fields.Enum(Claim, by_value=True, load_default=Claim.NOT_ASKED)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Entitlement:
        """The domain's value."""
        return Entitlement(**data)


class LeavingPlan(Schema):
    """A plan for leaving care; the person of trust by registry's person, or by account."""

    home = CodeField("leaving_home", required=True)
    occupation = CodeField("leaving_occupation", required=True)
    documents = Several(CodeField("document_kind"), load_default=(), validate=validate.Length(max=40))
    holdings = fields.List(fields.Nested(HoldingHeld), load_default=list, validate=validate.Length(max=40))
    entitlements = fields.List(fields.Nested(EntitlementClaimed), load_default=list, validate=validate.Length(max=40))
    trusted_person = fields.UUID(load_default=None, allow_none=True)
    trusted_account = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=200))
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Plan:
        """The domain's value."""
        return Plan(**data | {name: tuple(data[name]) for name in ("documents", "holdings", "entitlements")})


class PlanLeavingCare(Schema):
    """The plan."""

    plan = fields.Nested(LeavingPlan, required=True)


class ReadinessFound(Schema):
    """What a look at readiness found, with the young person; null: not asked."""

    on = fields.Date(required=True)
    readiness = fields.Enum(Readiness, by_value=True, required=True)
    home = fields.Boolean(load_default=None, allow_none=True)
    occupation = fields.Boolean(load_default=None, allow_none=True)
    documents = fields.Boolean(load_default=None, allow_none=True)
    money = fields.Boolean(load_default=None, allow_none=True)
    daily_life = fields.Boolean(load_default=None, allow_none=True)
    people = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ReadinessReview:
        """The domain's value."""
        return ReadinessReview(**data)


class ReviewReadiness(Schema):
    """The review."""

    review = fields.Nested(ReadinessFound, required=True)


class PermitEarlyExit(Schema):
    """Exit before coming of age: by which decision, and since when the young person asks for it."""

    on = fields.Date(required=True)
    decision = fields.UUID(load_default=None, allow_none=True)
    requested_on = fields.Date(load_default=None, allow_none=True)


class OutcomeFound(Schema):
    """What a visit after care found. `month`: it is the outcome so many months after leaving."""

    on = fields.Date(required=True)
    month = fields.Integer(load_default=None, allow_none=True, strict=True)
    housed = fields.Boolean(load_default=None, allow_none=True)
    in_education = fields.Boolean(load_default=None, allow_none=True)
    in_work = fields.Boolean(load_default=None, allow_none=True)
    in_contact = fields.Boolean(load_default=None, allow_none=True)
    in_trouble = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome:
        """The domain's value."""
        return Outcome(**data)


class VisitCareLeaver(Schema):
    """The visit."""

    outcome = fields.Nested(OutcomeFound, required=True)


class DecideAdultCare(Schema):
    """What follows; to stay needs the person's own consent and a decision."""

    outcome = CodeField("majority_outcome", required=True)
    on = fields.Date(required=True)
    consented_on = fields.Date(load_default=None, allow_none=True)
    decision = fields.UUID(load_default=None, allow_none=True)


class AftercareVisit(Schema):
    """A visit after care, held or due."""

    id = fields.UUID(required=True)
    month = fields.Integer(required=True, allow_none=True)
    due = fields.Date(required=True, allow_none=True)
    held_on = fields.Date(required=True, allow_none=True)
    housed = fields.Boolean(required=True, allow_none=True)
    in_education = fields.Boolean(required=True, allow_none=True)
    in_work = fields.Boolean(required=True, allow_none=True)
    in_contact = fields.Boolean(required=True, allow_none=True)
    in_trouble = fields.Boolean(required=True, allow_none=True)
    words = fields.String(required=True)


class LeavingCareLine(Schema):
    """Someone on the way out of care, as lists show it. `due`: of the plan, where there is none."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True)
    placement = fields.UUID(required=True)
    state = fields.String(required=True)
    due = fields.Date(required=True)
    planned_on = fields.Date(required=True, allow_none=True)
    review_due = fields.Date(required=True, allow_none=True)
    visit_due = fields.Date(required=True, allow_none=True)
    left_on = fields.Date(required=True, allow_none=True)
    early = fields.Boolean(required=True)


class LeavingCare(LeavingCareLine):
    """One young person's way out of care, with plan, reviews and visits."""

    version = fields.Integer(required=True)
    reviewed_on = fields.Date(required=True, allow_none=True)
    decision = fields.UUID(required=True, allow_none=True)
    requested_on = fields.Date(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)
    over_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    plan = fields.Raw(required=True, allow_none=True, metadata={"type": "object"})
    reviews = fields.List(fields.Raw(metadata={"type": "object"}), required=True)
    visits = fields.List(fields.Nested(AftercareVisit), required=True)


class LeavingCareQuery(PageQuery):
    """Which to list: in an area and those below, in a state; `awaited`: those who should have a plan and have none."""

    area = AreaField(load_default=None)
    state = fields.String(load_default=None)


class ComingOfAge(Schema):
    """That someone came of age in care on a day, and what is decided."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    area = fields.String(required=True)
    state = fields.String(required=True)
    on = fields.Date(required=True)
    due = fields.Date(required=True)
    outcome = fields.String(required=True, allow_none=True)
    decision = fields.UUID(required=True, allow_none=True)
    consented_on = fields.Date(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)


class LeavingCareOfChild(Schema):
    """What is on record of one person's leaving care and coming of age. `own_subject_since`: it decides itself."""

    own_subject_since = fields.Date(required=True, allow_none=True)
    leaving_care = fields.List(fields.Nested(LeavingCare), required=True)
    coming_of_age = fields.List(fields.Nested(ComingOfAge), required=True)


class AreaQuery(PageQuery):
    """Which to list: in an area and those below."""

    area = AreaField(load_default=None)


class AdultInFacility(Schema):
    """Someone of age who lives in a children's facility."""

    child = fields.UUID(required=True)
    placement = fields.UUID(required=True)
    provider = fields.UUID(required=True, allow_none=True)
    area = fields.String(required=True)
    care_form = fields.String(required=True)
    of_age_on = fields.Date(required=True)


LeavingCarePage = page_schema(LeavingCareLine)
ComingOfAgePage = page_schema(ComingOfAge)
AdultInFacilityPage = page_schema(AdultInFacility)
