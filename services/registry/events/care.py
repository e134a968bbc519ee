"""What registry publishes about what registry hears of care and cases elsewhere."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
