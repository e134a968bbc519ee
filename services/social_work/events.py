"""What social_work publishes: one schema per event type and version."""

from services.social_work import domain
from shared.event_schema import AreaCode, Catalogue, Code, Day, EventSchema, Id


class CentreOpenedV1(EventSchema):
    """A social-work centre works from now on."""

    type = "social_work.centre-opened.v1"
    fact = domain.CentreOpened
    subject = "centre"
    centre = Id()
    area = AreaCode()


class WorkerRegisteredV1(EventSchema):
    """A worker belongs to a centre."""

    type = "social_work.worker-registered.v1"
    fact = domain.WorkerRegistered
    subject = "worker"
    worker = Id()
    centre = Id()


class CaseOpenedV1(EventSchema):
    """A centre takes charge of a child's matter."""

    type = "social_work.case-opened.v1"
    fact = domain.CaseOpened
    subject = "child"
    child = Id()
    case = Id()
    kind = Code("case_kind")
    centre = Id()
    opened_on = Day()


class CaseAssignedV1(EventSchema):
    """A named worker answers for the case from a day on."""

    type = "social_work.case-assigned.v1"
    fact = domain.CaseAssigned
    subject = "child"
    child = Id()
    case = Id()
    worker = Id()
    on = Day()


class CaseClosedV1(EventSchema):
    """The case is finished."""

    type = "social_work.case-closed.v1"
    fact = domain.CaseClosed
    subject = "child"
    child = Id()
    case = Id()
    reason = Code("case_close_reason")
    closed_on = Day()


CATALOGUE = Catalogue("social_work", CentreOpenedV1, WorkerRegisteredV1, CaseOpenedV1, CaseAssignedV1, CaseClosedV1)
