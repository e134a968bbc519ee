"""What placements publishes about the way home: ids, codes and days, never a word."""

from services.placements.domain import reintegration_facts as facts
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, Whole


class _Way(EventSchema):
    subject = "child"
    child = Id()
    reintegration = Id()


class ReintegrationStartedV1(_Way):
    """A child in care is being prepared to go home."""

    type = "placements.reintegration-started.v1"
    fact = facts.ReintegrationStarted
    placement = Id()
    area = AreaCode()


class TrialStartedV1(_Way):
    """The child lives at home on trial until, at most, a day; it is still in care (COUNTING F9)."""

    type = "placements.trial-at-home-started.v1"
    fact = facts.TrialStarted
    placement = Id()
    on = Day()
    until = Day()


class TrialStoppedV1(_Way):
    """The trial was stopped: the child is back where it was in care."""

    type = "placements.trial-at-home-stopped.v1"
    fact = facts.TrialStopped
    on = Day()


class TrialOverdueV1(_Way):
    """A trial goes on longer than planned: a finding, not an exit."""

    type = "placements.trial-at-home-overdue.v1"
    fact = facts.TrialOverdue
    due = Day()


class ChildReturnedV1(_Way):
    """The child is home full time since a day; `prepared`: all that must be settled before was on record."""

    type = "placements.child-returned.v1"
    fact = facts.ChildReturned
    placement = Id()
    on = Day()
    prepared = Flag()


class ReintegrationFollowedUpV1(_Way):
    """Someone looked, so many months after the return."""

    type = "placements.reintegration-followed-up.v1"
    fact = facts.ReintegrationFollowedUp
    month = Whole()
    on = Day()
    at_home = Flag()


class FollowUpOverdueV1(_Way):
    """Nobody looked in time."""

    type = "placements.follow-up-overdue.v1"
    fact = facts.FollowUpOverdue
    month = Whole()
    due = Day()


class ReintegrationSustainedV1(_Way):
    """At home twelve months after the return; `on` is the day on which they were over."""

    type = "placements.reintegration-sustained.v1"
    fact = facts.ReintegrationSustained
    on = Day()


class ReintegrationBrokenDownV1(_Way):
    """The child is at home no more since a day: it came into care again, or is elsewhere."""

    type = "placements.reintegration-broken-down.v1"
    fact = facts.ReintegrationBrokenDown
    on = Day()
    reason = Code("breakdown_reason")


class ReintegrationResumedV1(_Way):
    """It had not broken down: what said so was entered in error."""

    type = "placements.reintegration-resumed.v1"
    fact = facts.ReintegrationResumed


class ReintegrationEndedV1(_Way):
    """It ended otherwise than by a breakdown."""

    type = "placements.reintegration-ended.v1"
    fact = facts.ReintegrationEnded
    on = Day(internal=True)  # coming of age is a birthday
    reason = Code("reintegration_end_reason")


SCHEMAS: tuple[type[EventSchema], ...] = (
    ReintegrationStartedV1,
    TrialStartedV1,
    TrialStoppedV1,
    TrialOverdueV1,
    ChildReturnedV1,
    ReintegrationFollowedUpV1,
    FollowUpOverdueV1,
    ReintegrationSustainedV1,
    ReintegrationBrokenDownV1,
    ReintegrationResumedV1,
    ReintegrationEndedV1,
)
