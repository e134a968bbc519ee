"""What registry publishes about records that others must let go of.

Erased: every service that holds something under the id lets go of it, integrators too. Sealed: see ChildSealedV1.
"""

from services.registry.domain import sealing_erasure
from shared.event_schema import EventSchema, Id


class ChildErasedV1(EventSchema):
    """Nothing is known of the child any more; whoever holds something under its id lets it go."""

    type = "registry.child-erased.v1"
    fact = sealing_erasure.ChildErased
    subject = "child"
    child = Id()


SCHEMAS: tuple[type[EventSchema], ...] = (ChildErasedV1,)
