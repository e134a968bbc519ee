"""What registry publishes about legal measures, consents and coming of age: ids, codes and days, never a word."""

from services.registry.domain import legal_consents as consents
from services.registry.domain import legal_facts as facts
from services.registry.domain import legal_majority as majority
from shared.event_schema import Code, Day, EventSchema, Flag, Id


class _Measure(EventSchema):
    subject = "child"
    child = Id()
    measure = Id()


class _Stated(_Measure):
    kind = Code("measure_kind")
    person = Id(optional=True, internal=True)
    holder_kind = Code("guardian_kind", optional=True)
    holder_person = Id(optional=True, internal=True)
    holder_provider = Id(optional=True)
    from_ = Day(internal=True)  # that of a trusteeship may be a birthday
    to = Day(optional=True, internal=True)
    body = Code("deciding_body")
    in_force = Flag()


class LegalMeasureRecordedV1(_Stated):
    """A measure of a court or body about the child's legal position is known from now on."""

    type = "registry.legal-measure-recorded.v1"
    fact = facts.LegalMeasureRecorded


class LegalMeasureCorrectedV1(_Stated):
    """The record was wrong; the data is what was always so. `withdrawn`: there never was such a measure."""

    type = "registry.legal-measure-corrected.v1"
    fact = facts.LegalMeasureCorrected
    withdrawn = Flag()


class LegalMeasureCommencedV1(_Measure):
    """A measure recorded before has come into force."""

    type = "registry.legal-measure-commenced.v1"
    fact = facts.LegalMeasureCommenced


class LegalMeasureAppealedV1(_Measure):
    """Someone appealed, or the appeal was decided; `suspended`: the measure rests from now on."""

    type = "registry.legal-measure-appealed.v1"
    fact = facts.LegalMeasureAppealed
    suspended = Flag()


class LegalMeasureReportedV1(_Measure):
    """A guardian reported on a day."""

    type = "registry.legal-measure-reported.v1"
    fact = facts.LegalMeasureReported
    on = Day()


class LegalMeasureEndedV1(_Measure):
    """A measure no longer holds from a day on."""

    type = "registry.legal-measure-ended.v1"
    fact = facts.LegalMeasureEnded
    kind = Code("measure_kind")
    on = Day(internal=True)  # coming of age is a birthday
    reason = Code("measure_end_reason")


class _Consent(EventSchema):
    subject = "child"
    child = Id()
    consent = Id()
    purpose = Code("consent_purpose")


class ConsentGivenV1(_Consent):
    """A consent was given, or another ground recorded; `giver` by relation to the child."""

    type = "registry.consent-given.v1"
    fact = consents.ConsentGiven
    ground = Code("legal_ground")
    giver = Code("consent_giver", optional=True)


class ConsentWithdrawnV1(_Consent):
    """A consent was taken back. What rests on legal duty goes on."""

    type = "registry.consent-withdrawn.v1"
    fact = consents.ConsentWithdrawn
    reason = Code("consent_end_reason")


class ConsentLapsedV1(_Consent):
    """The child came of age, and the consent was not its own."""

    type = "registry.consent-lapsed.v1"
    fact = consents.ConsentLapsed


class ChildCameOfAgeV1(EventSchema):
    """The child is certainly of age; parents' and guardians' part ends unless a court said otherwise."""

    type = "registry.child-came-of-age.v1"
    fact = majority.ChildCameOfAge
    subject = "child"
    child = Id()


class MajorityRetractedV1(EventSchema):
    """The child was not of age after all: its birth was corrected."""

    type = "registry.majority-retracted.v1"
    fact = majority.MajorityRetracted
    subject = "child"
    child = Id()


SCHEMAS: tuple[type[EventSchema], ...] = (
    LegalMeasureRecordedV1,
    LegalMeasureCorrectedV1,
    LegalMeasureCommencedV1,
    LegalMeasureAppealedV1,
    LegalMeasureReportedV1,
    LegalMeasureEndedV1,
    ConsentGivenV1,
    ConsentWithdrawnV1,
    ConsentLapsedV1,
    ChildCameOfAgeV1,
    MajorityRetractedV1,
)
