"""What registry publishes of missing children: codes, days and areas."""

from services.registry.domain import alerts_facts as facts
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, OneOf


class _OfAlert(EventSchema):
    subject = "alert"
    alert = Id()
    child = Id(optional=True)
    area = AreaCode()


class AlertRaisedV1(_OfAlert):
    """A child is missing. Without `child`: nobody has registered it."""

    type = "registry.alert-raised.v1"
    fact = facts.AlertRaised


class AlertRecoveredV1(_OfAlert):
    """The child was found."""

    type = "registry.alert-recovered.v1"
    fact = facts.AlertRecovered
    alive = Flag()
    on = Day()


class AlertReopenedV1(_OfAlert):
    """The child was not found after all; the search goes on."""

    type = "registry.alert-reopened.v1"
    fact = facts.AlertReopened


class AlertClosedV1(_OfAlert):
    """The search ended otherwise than by finding."""

    type = "registry.alert-closed.v1"
    fact = facts.AlertClosed
    reason = Code("alert_close_reason")


class AlertOverdueV1(_OfAlert):
    """A step was not taken in time; told once a step."""

    type = "registry.alert-overdue.v1"
    fact = facts.AlertOverdue
    step = OneOf(*(step.value for step in facts.Step))
    due = Day()
    escalation = OneOf(facts.ESCALATION)


SCHEMAS: tuple[type[EventSchema], ...] = (
    AlertRaisedV1,
    AlertRecoveredV1,
    AlertReopenedV1,
    AlertClosedV1,
    AlertOverdueV1,
)
