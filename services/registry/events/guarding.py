"""What registry publishes about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
