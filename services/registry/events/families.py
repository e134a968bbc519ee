"""What registry publishes about the people around a child: ids and what they are to it, never a name."""

from services.registry.domain import families, families_people
from services.registry.domain import families_households as domain
from shared.event_schema import AreaCode, Code, EventSchema, Flag, Id, ListOf, Whole


class HouseholdChangedV1(EventSchema):
    """Where a household is, how many live in it, what weighs on it, from now on."""

    type = "registry.household-changed.v1"
    fact = domain.HouseholdChanged
    subject = "household"
    household = Id()
    area = AreaCode()
    members = Whole()
    vulnerabilities = ListOf(Code("vulnerability"))


class KinChangedV1(EventSchema):
    """What a person is to a child; not `standing`: it is so no longer. Told within the deployment only."""

    type = "registry.kin-changed.v1"
    fact = families.KinChanged
    subject = "child"
    child = Id()
    person = Id(internal=True)
    relation = Code("relationship_kind", internal=True)
    area = AreaCode(internal=True)
    deceased = Flag(internal=True)
    standing = Flag(internal=True)


class RelativeChangedV1(EventSchema):
    """Where a person lives, and whether dead; `withheld`: who wished not to be named is told of no more."""

    type = "registry.relative-changed.v1"
    fact = families_people.RelativeChanged
    subject = "person"
    person = Id()
    area = AreaCode(internal=True)
    deceased = Flag(internal=True)
    withheld = Flag(internal=True)


SCHEMAS: tuple[type[EventSchema], ...] = (HouseholdChangedV1, KinChangedV1, RelativeChangedV1)
