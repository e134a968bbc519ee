"""What registry publishes about two records of one child made one, and undone."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
