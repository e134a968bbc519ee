"""What placements publishes about leaving care and coming of age: ids, codes and days, never a word."""

from services.placements.domain import leaving_care_facts as facts
from services.placements.domain.leaving_care_plan import Readiness
from shared.event_schema import Code, Day, EventSchema, Flag, Id, OneOf, Whole


class _Leaving(EventSchema):
    subject = "child"
    child = Id()
    leaving_care = Id()


class LeavingCareAwaitedV1(_Leaving):
    """A young person in care has reached the age from which there is a plan, and there is none."""

    type = "placements.leaving-care-awaited.v1"
    fact = facts.LeavingCareAwaited
    due = Day(internal=True)  # counted from a birthday


class LeavingCarePlannedV1(_Leaving):
    """There is a plan, or a new one."""

    type = "placements.leaving-care-planned.v1"
    fact = facts.LeavingCarePlanned
    on = Day()


class LeavingCareReviewedV1(_Leaving):
    """Readiness was looked at."""

    type = "placements.leaving-care-reviewed.v1"
    fact = facts.LeavingCareReviewed
    on = Day()
    readiness = OneOf(*Readiness)


class ReadinessReviewOverdueV1(_Leaving):
    """Readiness was not looked at in time."""

    type = "placements.readiness-review-overdue.v1"
    fact = facts.ReadinessReviewOverdue
    due = Day()


class AftercareStartedV1(_Leaving):
    """The young person left care for an own life. `permitted`: before coming of age, by decision and own request."""

    type = "placements.aftercare-started.v1"
    fact = facts.AftercareStarted
    on = Day()
    early = Flag()
    permitted = Flag()


class AftercareVisitedV1(_Leaving):
    """Someone visited. `month`: the outcome so many months after leaving; `occupied`: learns or works."""

    type = "placements.aftercare-visited.v1"
    fact = facts.AftercareVisited
    on = Day()
    month = Whole(optional=True)
    housed = Flag(optional=True)
    occupied = Flag(optional=True)
    in_contact = Flag(optional=True)
    in_trouble = Flag(optional=True)


class AftercareOverdueV1(_Leaving):
    """Nobody visited in time."""

    type = "placements.aftercare-visit-overdue.v1"
    fact = facts.AftercareOverdue
    due = Day()
    month = Whole(optional=True)


class AftercareEndedV1(_Leaving):
    """Aftercare is over."""

    type = "placements.aftercare-ended.v1"
    fact = facts.AftercareEnded
    on = Day(internal=True)  # it may end on a birthday
    reason = Code("leaving_care_end_reason")


class LeavingCareEndedV1(_Leaving):
    """There will be no aftercare."""

    type = "placements.leaving-care-ended.v1"
    fact = facts.LeavingCareEnded
    on = Day(internal=True)
    reason = Code("leaving_care_end_reason")


class LeavingCareResumedV1(_Leaving):
    """The young person is in care again."""

    type = "placements.leaving-care-resumed.v1"
    fact = facts.LeavingCareResumed


class _OfAge(EventSchema):
    subject = "child"
    child = Id()
    coming_of_age = Id()


class CameOfAgeInCareV1(_OfAge):
    """Someone in care is certainly of age since a day and decides about itself; what follows is due to be decided."""

    type = "placements.came-of-age-in-care.v1"
    fact = facts.CameOfAgeInCare
    placement = Id()
    on = Day(internal=True)
    due = Day(internal=True)


class AdultCareDecidedV1(_OfAge):
    """What follows was decided."""

    type = "placements.adult-care-decided.v1"
    fact = facts.AdultCareDecided
    outcome = Code("majority_outcome")
    on = Day()


class AdultLeftCareV1(_OfAge):
    """The person left care."""

    type = "placements.adult-care-left.v1"
    fact = facts.AdultLeftCare
    on = Day()


class ComingOfAgeRetractedV1(_OfAge):
    """The person is not of age after all."""

    type = "placements.coming-of-age-retracted.v1"
    fact = facts.ComingOfAgeRetracted


SCHEMAS: tuple[type[EventSchema], ...] = (
    LeavingCareAwaitedV1,
    LeavingCarePlannedV1,
    LeavingCareReviewedV1,
    ReadinessReviewOverdueV1,
    AftercareStartedV1,
    AftercareVisitedV1,
    AftercareOverdueV1,
    AftercareEndedV1,
    LeavingCareEndedV1,
    LeavingCareResumedV1,
    CameOfAgeInCareV1,
    AdultCareDecidedV1,
    AdultLeftCareV1,
    ComingOfAgeRetractedV1,
)
