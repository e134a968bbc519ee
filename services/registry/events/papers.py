"""What registry publishes about identity work with due dates, the checklist of the personal file, attachments."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
