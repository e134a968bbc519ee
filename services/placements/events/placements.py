"""What placements publishes about providers, stays and breaches."""

from services.placements import domain
from services.placements.domain import RULES
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, OneOf


class ProviderRegisteredV1(EventSchema):
    """Children can be placed with this provider from now on."""

    type = "placements.provider-registered.v1"
    fact = domain.ProviderRegistered
    subject = "provider"
    provider = Id()
    kind = Code("provider_kind")
    area = AreaCode()


class _Placement(EventSchema):
    subject = "child"
    child = Id()
    placement = Id()


class _Stay(_Placement):
    provider = Id(optional=True)
    care_form = Code("care_form")
    carer_relation = Code("carer_relation", optional=True)
    kind = Code("placement_kind")
    area = AreaCode()
    from_ = Day()
    entry_reason = Code("entry_reason")


class PlacementAuthorisedV1(_Stay):
    """A stay was decided; its days as planned."""

    type = "placements.placement-authorised.v1"
    fact = domain.PlacementAuthorised
    planned_to = Day(optional=True)


class PlacementStartedV1(_Stay):
    """The child is in this place from a day on; `whereabouts`: a recorded fact, nobody authorised it."""

    type = "placements.placement-started.v1"
    fact = domain.PlacementStarted
    whereabouts = Flag()


class PlacementMovedV1(EventSchema):
    """The child went from one place to another on one day; the end and the start have events of their own."""

    type = "placements.placement-moved.v1"
    fact = domain.PlacementMoved
    subject = "child"
    child = Id()
    from_placement = Id()
    to_placement = Id()
    on = Day()


class PlacementEndedV1(_Placement):
    """The child left; the day `to` is no night in care."""

    type = "placements.placement-ended.v1"
    fact = domain.PlacementEnded
    to = Day()
    destination = Code("exit_destination")
    reason = Code("end_reason")


class PlacementCorrectedV1(_Placement):
    """The record was wrong; the data is what was always so. `withdrawn`: there never was such a placement."""

    type = "placements.placement-corrected.v1"
    fact = domain.PlacementCorrected
    provider = Id(optional=True)  # older events do not say it
    care_form = Code("care_form")
    carer_relation = Code("carer_relation", optional=True)
    area = AreaCode()
    from_ = Day()
    to = Day(optional=True)
    destination = Code("exit_destination", optional=True)
    withdrawn = Flag()


class BreachOpenedV1(_Placement):
    """A rule is not met in a child's whereabouts; `owner` must see to it until the day `due`."""

    type = "placements.breach-opened.v1"
    fact = domain.BreachOpened
    breach = Id()
    rule = OneOf(*RULES)
    owner = OneOf(*sorted({rule.owner for rule in RULES.values()}))
    due = Day()


class BreachHealedV1(EventSchema):
    """The rule is met, or no longer applies."""

    type = "placements.breach-healed.v1"
    fact = domain.BreachHealed
    subject = "child"
    child = Id()
    breach = Id()


SCHEMAS: tuple[type[EventSchema], ...] = (
    ProviderRegisteredV1,
    PlacementAuthorisedV1,
    PlacementStartedV1,
    PlacementMovedV1,
    PlacementEndedV1,
    PlacementCorrectedV1,
    BreachOpenedV1,
    BreachHealedV1,
)
