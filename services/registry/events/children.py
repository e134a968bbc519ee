"""What registry publishes about the child itself. What of identity may leave; never a name."""

from services.registry import domain
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, ListOf


class _ChildStated(EventSchema):
    subject = "child"
    child = Id()
    sex = Code("sex")
    born_from = Day(optional=True, internal=True)
    born_to = Day(optional=True, internal=True)
    birth_basis = Code("birth_basis", internal=True)
    area = AreaCode()
    disability = Flag(optional=True)
    functional_difficulty = Flag(optional=True, internal=True)
    civil_registration = Code("civil_registration", optional=True, internal=True)
    nationality_status = Code("nationality_status", optional=True, internal=True)
    mother_status = Code("parental_status", optional=True, internal=True)
    father_status = Code("parental_status", optional=True, internal=True)


class ChildRegisteredV1(_ChildStated):
    """A child is known from now on."""

    type = "registry.child-registered.v1"
    fact = domain.ChildRegistered


class ChildAmendedV1(_ChildStated):
    """The child's life changed on a day; the data is what holds from then on."""

    type = "registry.child-amended.v1"
    fact = domain.ChildAmended
    on = Day()


class ChildCorrectedV1(_ChildStated):
    """The record was wrong; the data is what was always so."""

    type = "registry.child-corrected.v1"
    fact = domain.ChildCorrected


class ChildWithdrawnV1(EventSchema):
    """The entry was made in error."""

    type = "registry.child-withdrawn.v1"
    fact = domain.ChildWithdrawn
    subject = "child"
    child = Id()
    reason = Code("withdrawal_reason")


class ChildDiedV1(EventSchema):
    """The child is dead."""

    type = "registry.child-died.v1"
    fact = domain.ChildDied
    subject = "child"
    child = Id()
    died_from = Day(internal=True)
    died_to = Day(internal=True)
    basis = Code("death_basis")
    cause = Code("death_cause", internal=True)
    area = AreaCode(optional=True)


class ChildDeathRetractedV1(EventSchema):
    """The child lives: the record of its death was an error."""

    type = "registry.child-death-retracted.v1"
    fact = domain.ChildDeathRetracted
    subject = "child"
    child = Id()


class SiblingsLinkedV1(EventSchema):
    """These children are siblings of the child."""

    type = "registry.siblings-linked.v1"
    fact = domain.SiblingsLinked
    subject = "child"
    child = Id()
    siblings = ListOf(Id())


class SiblingsUnlinkedV1(EventSchema):
    """These children are not siblings of the child after all."""

    type = "registry.siblings-unlinked.v1"
    fact = domain.SiblingsUnlinked
    subject = "child"
    child = Id()
    siblings = ListOf(Id())


SCHEMAS: tuple[type[EventSchema], ...] = (
    ChildRegisteredV1,
    ChildAmendedV1,
    ChildCorrectedV1,
    ChildWithdrawnV1,
    ChildDiedV1,
    ChildDeathRetractedV1,
    SiblingsLinkedV1,
    SiblingsUnlinkedV1,
)
