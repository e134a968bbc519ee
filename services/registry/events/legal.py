"""What registry publishes about a child's legal status and consents."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
