"""What placements publishes about what time brings: limits that come near, are passed, or are lifted."""

from services.placements.domain import turn
from shared.event_schema import Day, EventSchema, Id, OneOf


class _OfChild(EventSchema):
    subject = "child"
    child = Id()


class LimitApproachingV1(_OfChild):
    """A rule that is met will not be met from the day `on`, unless something is done; told once a limit."""

    type = "placements.limit-approaching.v1"
    fact = turn.LimitApproaching
    limit = Id()
    placement = Id()
    rule = OneOf(*turn.LIMITS)
    on = Day()


class LimitLiftedV1(_OfChild):
    """What was told as approaching will not come, or not on that day."""

    type = "placements.limit-lifted.v1"
    fact = turn.LimitLifted
    limit = Id()


class LimitBreachedV1(_OfChild):
    """Time brought the limit of a rule; `limit` where it was told before. The breach has an event of its own."""

    type = "placements.limit-breached.v1"
    fact = turn.LimitBreached
    limit = Id(optional=True)
    placement = Id()
    rule = OneOf(*turn.LIMITS)
    breach = Id()
    on = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (LimitApproachingV1, LimitLiftedV1, LimitBreachedV1)
