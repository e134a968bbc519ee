"""What registry publishes about the people around a child: no name, no kinship but who are siblings (children)."""

from services.registry.domain import families_households as domain
from shared.event_schema import AreaCode, Code, EventSchema, Id, ListOf, Whole


class HouseholdChangedV1(EventSchema):
    """Where a household is, how many live in it, what weighs on it, from now on."""

    type = "registry.household-changed.v1"
    fact = domain.HouseholdChanged
    subject = "household"
    household = Id()
    area = AreaCode()
    members = Whole()
    vulnerabilities = ListOf(Code("vulnerability"))


SCHEMAS: tuple[type[EventSchema], ...] = (HouseholdChangedV1,)
