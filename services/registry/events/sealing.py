"""What registry publishes about records that others must let go of, or must not show any more."""

from services.registry.domain import sealing, sealing_erasure
from shared.event_schema import EventSchema, Id


class ChildSealedV1(EventSchema):
    """The record is absent from now on for everybody but the sealing authority: whoever shows something under its id
    stops. It names the old id alone, no ground, no level, and nobody the child may have become. For the deployment's
    own services; no integrator is granted it, since that a record is sealed tells of an adoption.
    """

    type = "registry.child-sealed.v1"
    fact = sealing.ChildSealed
    subject = "child"
    child = Id()


class ChildErasedV1(EventSchema):
    """Nothing is known of the child any more; whoever holds something under its id lets it go."""

    type = "registry.child-erased.v1"
    fact = sealing_erasure.ChildErased
    subject = "child"
    child = Id()


SCHEMAS: tuple[type[EventSchema], ...] = (ChildSealedV1, ChildErasedV1)
