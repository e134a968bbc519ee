"""What placements publishes about absences, reviews and bonds of brothers and sisters."""

from services.placements.domain import RULES, bonds, care_cases, legacy, reviews
from services.placements.domain import absence_facts as facts
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, OneOf


class _Absence(EventSchema):
    subject = "child"
    child = Id()
    absence = Id()


class AbsenceStartedV1(_Absence):
    """A child is away from where it lives and stays in care. `alert`: nobody knows where it is.

    `kept_until`: the last day on which its place is kept for it.
    """

    type = "placements.absence-started.v1"
    fact = facts.AbsenceStarted
    placement = Id()
    kind = Code("absence_kind")
    from_ = Day()
    expected_back = Day(optional=True)
    kept_until = Day(optional=True)
    alert = Flag()


class AbsenceChangedV1(_Absence):
    """A child that is away is expected back on another day, or nobody can say when."""

    type = "placements.absence-changed.v1"
    fact = facts.AbsenceChanged
    expected_back = Day(optional=True)


class AbsenceEndedV1(_Absence):
    """The child is back, or its stay ended meanwhile (not `returned`). `withdrawn`: there never was such an absence."""

    type = "placements.absence-ended.v1"
    fact = facts.AbsenceEnded
    placement = Id()
    back = Day(optional=True)
    returned = Flag()
    withdrawn = Flag()


class AbsenceOverdueV1(_Absence):
    """A child was expected back on a day and has not come."""

    type = "placements.absence-overdue.v1"
    fact = facts.AbsenceOverdue
    placement = Id()
    expected_back = Day()


class _Review(EventSchema):
    subject = "child"
    child = Id()
    placement = Id()


class ReviewHeldV1(_Review):
    """A review of the child's care was held; `next_due`: the next one, by law, or earlier if they wish so."""

    type = "placements.review-held.v1"
    fact = reviews.ReviewHeld
    review = Id()
    on = Day()
    took_part = Flag()
    goals = Code("review_answer")
    necessary = Code("review_answer")
    suitable = Code("review_answer")
    way_home = Code("review_answer")
    next_due = Day(optional=True)


class ReviewWithdrawnV1(_Review):
    """There never was such a review."""

    type = "placements.review-withdrawn.v1"
    fact = reviews.ReviewWithdrawn
    review = Id()


class ReviewOverdueV1(_Review):
    """No review was held until the day `due`; the breach has an owner and a day of its own."""

    type = "placements.review-overdue.v1"
    fact = reviews.ReviewOverdue
    breach = Id()
    due = Day()


class _Bond(EventSchema):
    subject = "child"
    child = Id()
    bond_id = Id()
    sibling = Id()


class SiblingBondFoundV1(_Bond):
    """Somebody found whether brothers and sisters have a bond; it counts from when it is `standing`."""

    type = "placements.sibling-bond-found.v1"
    fact = bonds.SiblingBondFound
    bond = OneOf(*(each.value for each in bonds.Bond))
    harmed = Flag(internal=True)
    standing = Flag()


class SiblingContactPlannedV1(_Bond):
    """Brothers and sisters who live apart have contact until the day `due`; the last was on the day `last`."""

    type = "placements.sibling-contact-planned.v1"
    fact = bonds.ContactPlanned
    due = Day(optional=True)
    last = Day(optional=True)


class SiblingContactOverdueV1(_Bond):
    """Brothers and sisters who live apart should have had contact until a day."""

    type = "placements.sibling-contact-overdue.v1"
    fact = bonds.ContactOverdue
    due = Day()


class WorkerLostV1(EventSchema):
    """A child is in care since a day without an open case (`case` no), or without a worker named for one."""

    type = "placements.worker-lost.v1"
    fact = care_cases.WorkerLost
    subject = "child"
    child = Id()
    since = Day()
    due = Day()
    case = Flag()


class WorkerFoundV1(EventSchema):
    """Somebody answers for the child now, or it is in care no longer."""

    type = "placements.worker-found.v1"
    fact = care_cases.WorkerFound
    subject = "child"
    child = Id()


class LegacyOverdueV1(EventSchema):
    """The decision behind an imported stay was not found or made until its day."""

    type = "placements.legacy-overdue.v1"
    fact = legacy.LegacyOverdue
    subject = "child"
    child = Id()
    breach = Id()
    placement = Id()
    due = Day()


class BreachAnnouncedV1(EventSchema):
    """A rule that was not met when the stay was imported is not met still: two weeks before its day."""

    type = "placements.breach-announced.v1"
    fact = legacy.BreachAnnounced
    subject = "child"
    child = Id()
    breach = Id()
    placement = Id()
    rule = OneOf(*RULES)
    due = Day()


class BreachRescheduledV1(EventSchema):
    """A breach is to be healed until another day, by the plan of its area."""

    type = "placements.breach-rescheduled.v1"
    fact = legacy.BreachRescheduled
    subject = "child"
    child = Id()
    breach = Id()
    due = Day()


class LegacyPlannedV1(EventSchema):
    """An area has a plan of its own for the decisions behind imported stays."""

    type = "placements.legacy-planned.v1"
    fact = legacy.LegacyPlanSet
    subject = "plan"
    plan = Id()
    area = AreaCode()


SCHEMAS: tuple[type[EventSchema], ...] = (
    AbsenceStartedV1,
    AbsenceChangedV1,
    AbsenceEndedV1,
    AbsenceOverdueV1,
    ReviewHeldV1,
    ReviewWithdrawnV1,
    ReviewOverdueV1,
    SiblingBondFoundV1,
    SiblingContactPlannedV1,
    SiblingContactOverdueV1,
    WorkerLostV1,
    WorkerFoundV1,
    LegacyOverdueV1,
    BreachAnnouncedV1,
    BreachRescheduledV1,
    LegacyPlannedV1,
)
