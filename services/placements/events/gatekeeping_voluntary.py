"""What placements publishes about parents' agreement to care, and of cases looked at again: codes, days, ids."""

from services.placements.domain import gatekeeping_samples, gatekeeping_voluntary
from shared.event_schema import AreaCode, Code, Day, EventSchema, Id, OneOf


class _Agreement(EventSchema):
    subject = "child"
    child = Id()
    agreement = Id()


class VoluntaryPlacementAgreedV1(_Agreement):
    """Parents agree that their child lives in care."""

    type = "placements.voluntary-placement-agreed.v1"
    fact = gatekeeping_voluntary.VoluntaryPlacementAgreed
    case = Id(optional=True)
    area = AreaCode()
    on = Day()


class VoluntaryPlacementWithdrawnV1(_Agreement):
    """A parent has withdrawn the agreement; until `due` the child returns, or an order is applied for."""

    type = "placements.voluntary-placement-withdrawn.v1"
    fact = gatekeeping_voluntary.VoluntaryPlacementWithdrawn
    area = AreaCode()
    by = Code("parent_kind")
    on = Day()
    due = Day(optional=True)


class VoluntaryWithdrawalOverdueV1(_Agreement):
    """The hours after a withdrawal are over: the child is neither back nor was an order applied for; told once."""

    type = "placements.voluntary-withdrawal-overdue.v1"
    fact = gatekeeping_voluntary.VoluntaryWithdrawalOverdue
    area = AreaCode()
    due = Day()


class VoluntaryPlacementEndedV1(_Agreement):
    """It is over: the child returned, an order was applied for, or the agreement fell away."""

    type = "placements.voluntary-placement-ended.v1"
    fact = gatekeeping_voluntary.VoluntaryPlacementEnded
    status = OneOf("returned", "order_applied", "ended")
    on = Day()


class _Sample(EventSchema):
    subject = "child"
    child = Id()
    case = Id()
    sample = Id()


class GatekeepingSampledV1(_Sample):
    """A case was drawn by chance, to be looked at again."""

    type = "placements.gatekeeping-sampled.v1"
    fact = gatekeeping_samples.GatekeepingSampled
    on = Day()


class GatekeepingReexaminedV1(_Sample):
    """A drawn case was looked at again."""

    type = "placements.gatekeeping-reexamined.v1"
    fact = gatekeeping_samples.GatekeepingReexamined
    finding = Code("sample_finding")
    on = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (
    VoluntaryPlacementAgreedV1,
    VoluntaryPlacementWithdrawnV1,
    VoluntaryWithdrawalOverdueV1,
    VoluntaryPlacementEndedV1,
    GatekeepingSampledV1,
    GatekeepingReexaminedV1,
)
