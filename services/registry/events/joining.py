"""What registry publishes of two records of one child made one, and undone."""

from services.registry.domain import joining as domain
from shared.event_schema import EventSchema, Id


class ChildMergedV1(EventSchema):
    """The record of the child gave way to another one: from now on they are one child, known by that one's id."""

    type = "registry.child-merged.v1"
    fact = domain.ChildMerged
    subject = "child"
    child = Id()
    into = Id()


class ChildJoinedV1(EventSchema):
    """Another record gave way to that of the child: what was told under its id is of this child too."""

    type = "registry.child-joined.v1"
    fact = domain.ChildJoined
    subject = "child"
    child = Id()
    merged = Id()


class ChildUnmergedV1(EventSchema):
    """The record of the child stands for itself again: the merge was an error, and never counted."""

    type = "registry.child-unmerged.v1"
    fact = domain.ChildUnmerged
    subject = "child"
    child = Id()
    out_of = Id()


class ChildPartedV1(EventSchema):
    """The record of the child stands for itself alone again: what was told under the other id is another child's."""

    type = "registry.child-parted.v1"
    fact = domain.ChildParted
    subject = "child"
    child = Id()
    parted = Id()


SCHEMAS: tuple[type[EventSchema], ...] = (ChildMergedV1, ChildJoinedV1, ChildUnmergedV1, ChildPartedV1)
