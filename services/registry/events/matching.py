"""What registry publishes of records that may be of one child: nothing.

That two ids look alike, or were told apart, is nobody's outside to know: no integrator acts on it, and of a sealed or
adopted child it would be the link that nothing may tell. What follows from a decision has events of its own: records
made one are registry.child-merged.v1 (joining), a child registered after a look is registry.child-registered.v1.
"""

from shared.event_schema import EventSchema

SCHEMAS: tuple[type[EventSchema], ...] = ()
