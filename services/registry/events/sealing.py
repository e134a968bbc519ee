"""What registry publishes about sealed and erased records, and who was told of either."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
