"""What placements publishes about the supervision of guardians: ids, codes and days, never a word."""

from services.placements.domain import guardianship_facts as facts
from shared.event_schema import Code, Day, EventSchema, Flag, Id, ListOf


class _Guardianship(EventSchema):
    subject = "child"
    child = Id()
    guardianship = Id()


class GuardianshipSupervisedV1(_Guardianship):
    """Registry's measure (of the same id) is supervised; `in_force`: the guardian represents the child now."""

    type = "placements.guardianship-supervised.v1"
    fact = facts.GuardianshipSupervised
    kind = Code("measure_kind")
    holder_kind = Code("guardian_kind")
    in_force = Flag()


class SupervisionEndedV1(_Guardianship):
    """The guardianship is over, or never was."""

    type = "placements.guardianship-supervision-ended.v1"
    fact = facts.SupervisionEnded
    on = Day(internal=True)  # coming of age is a birthday


class GuardianReportReceivedV1(_Guardianship):
    """The guardian reported on a day."""

    type = "placements.guardian-report-received.v1"
    fact = facts.GuardianReportReceived
    on = Day()
    findings = ListOf(Code("guardian_finding"))


class GuardianReportOverdueV1(_Guardianship):
    """The guardian did not report in time."""

    type = "placements.guardian-report-overdue.v1"
    fact = facts.GuardianReportOverdue
    due = Day()


class GuardianVisitedV1(_Guardianship):
    """Someone visited child and guardian."""

    type = "placements.guardian-visited.v1"
    fact = facts.GuardianVisited
    on = Day()
    findings = ListOf(Code("guardian_finding"))


class GuardianVisitOverdueV1(_Guardianship):
    """Nobody visited child and guardian in time."""

    type = "placements.guardian-visit-overdue.v1"
    fact = facts.GuardianVisitOverdue
    due = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (
    GuardianshipSupervisedV1,
    SupervisionEndedV1,
    GuardianReportReceivedV1,
    GuardianReportOverdueV1,
    GuardianVisitedV1,
    GuardianVisitOverdueV1,
)
