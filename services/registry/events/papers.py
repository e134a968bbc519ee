"""What registry publishes of identity work: codes and days."""

from services.registry.domain import papers as domain
from shared.event_schema import Code, Day, EventSchema, Id, OneOf


class IdentityWorkOverdueV1(EventSchema):
    """A paper was not obtained in time; told once."""

    type = "registry.identity-work-overdue.v1"
    fact = domain.IdentityWorkOverdue
    subject = "work"
    child = Id()
    work = Id()
    kind = Code("identity_work_kind")
    due = Day()
    escalation = OneOf(domain.ESCALATION)


SCHEMAS: tuple[type[EventSchema], ...] = (IdentityWorkOverdueV1,)
