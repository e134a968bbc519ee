"""What placements publishes about providers in detail and about carer families."""

from services.placements import domain
from services.placements.domain import families_facts as facts
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, ListOf, Whole


class ProviderAmendedV1(EventSchema):
    """What is known of a provider has changed: all of it, as it is now. An empty list or null: not known."""

    type = "placements.provider-amended.v1"
    fact = domain.ProviderAmended
    subject = "provider"
    provider = Id()
    kind = Code("provider_kind")
    area = AreaCode()
    places = Whole(optional=True)
    care_forms = ListOf(Code("care_form"))
    age_from = Whole(optional=True)
    age_to = Whole(optional=True)
    sexes = ListOf(Code("sex"))
    approved_from = Day(optional=True)
    approved_to = Day(optional=True)
    suspended = Flag()
    closed_on = Day(optional=True)


class _OfFamily(EventSchema):
    subject = "provider"
    provider = Id()
    area = AreaCode()


class FamilyAppliedV1(_OfFamily):
    """A family asks to be approved; children may live with it already."""

    type = "placements.family-applied.v1"
    fact = facts.FamilyApplied


class FamilyApprovedV1(_OfFamily):
    """Children can be placed with the family in [from, until); `again`: without a gap after a former approval."""

    type = "placements.family-approved.v1"
    fact = facts.FamilyApproved
    places = Whole()
    care_forms = ListOf(Code("care_form"))
    age_from = Whole()
    age_to = Whole()
    sexes = ListOf(Code("sex"))
    from_ = Day()
    until = Day()
    again = Flag()


class FamilyReapprovalPromptedV1(_OfFamily):
    """The approval ends soon: the next is to be decided on."""

    type = "placements.family-reapproval-prompted.v1"
    fact = facts.FamilyReapprovalPrompted
    until = Day()


class FamilySuspendedV1(_OfFamily):
    """No further child is placed with the family for the time being."""

    type = "placements.family-suspended.v1"
    fact = facts.FamilySuspended
    on = Day()
    reason = Code("family_suspension_reason")


class FamilyReinstatedV1(_OfFamily):
    """The suspension is over; the approval holds to its end as before."""

    type = "placements.family-reinstated.v1"
    fact = facts.FamilyReinstated
    on = Day()


class FamilyLapsedV1(_OfFamily):
    """The approval ended on a day, and there was no other."""

    type = "placements.family-lapsed.v1"
    fact = facts.FamilyLapsed
    on = Day()


class FamilyRefusedV1(_OfFamily):
    """The family was not approved."""

    type = "placements.family-refused.v1"
    fact = facts.FamilyRefused
    on = Day()
    reason = Code("family_end_reason")


class FamilyWithdrawnV1(_OfFamily):
    """The family cares for no child any more, or asks no longer to."""

    type = "placements.family-withdrawn.v1"
    fact = facts.FamilyWithdrawn
    on = Day()
    reason = Code("family_end_reason")


SCHEMAS: tuple[type[EventSchema], ...] = (
    ProviderAmendedV1,
    FamilyAppliedV1,
    FamilyApprovedV1,
    FamilyReapprovalPromptedV1,
    FamilySuspendedV1,
    FamilyReinstatedV1,
    FamilyLapsedV1,
    FamilyRefusedV1,
    FamilyWithdrawnV1,
)
