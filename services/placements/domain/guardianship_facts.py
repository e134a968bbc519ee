"""What is told of the supervision of guardians, and which of it somebody must see to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.alarms import Due

REPORT_OVERDUE, VISIT_OVERDUE = "GUARDIAN_REPORT_OVERDUE", "GUARDIAN_VISIT_OVERDUE"
RELIED_ON: Mapping[str, frozenset[str]] = {"alarm_kind": frozenset({REPORT_OVERDUE, VISIT_OVERDUE})}


@dataclass(frozen=True)
class _About:
    child: UUID
    guardianship: UUID


@dataclass(frozen=True)
class GuardianshipSupervised(_About):
    """Registry's measure is supervised here; `in_force`: the guardian represents the child now."""

    kind: str
    holder_kind: str
    in_force: bool


@dataclass(frozen=True)
class SupervisionEnded(_About):
    """The guardianship is over, or never was."""

    on: date
    visits: UUID

    def settles(self) -> tuple[UUID, ...]:
        """Nothing is due of the guardian any more."""
        return (self.guardianship, self.visits)


@dataclass(frozen=True)
class GuardianReportReceived(_About):
    """The guardian reported on a day."""

    on: date
    findings: tuple[str, ...]

    def settles(self) -> tuple[UUID, ...]:
        """The report is there."""
        return (self.guardianship,)


@dataclass(frozen=True)
class GuardianReportOverdue(_About):
    """The guardian did not report in time; `due` was the day."""

    due: date
    area: str | None

    def alarm(self) -> Due:
        """The social worker asks for it."""
        return Due(kind=REPORT_OVERDUE, about=self.guardianship, role="social_worker", area=self.area, due=self.due,
                   child=self.child)  # fmt: skip


@dataclass(frozen=True)
class GuardianVisited(_About):
    """Someone visited child and guardian. `visits`: what an alarm about visits is about; it outlives a report."""

    on: date
    findings: tuple[str, ...]
    visits: UUID

    def settles(self) -> tuple[UUID, ...]:
        """Someone was there."""
        return (self.visits,)


@dataclass(frozen=True)
class GuardianVisitOverdue(_About):
    """Nobody visited child and guardian in time."""

    due: date
    area: str | None
    visits: UUID

    def alarm(self) -> Due:
        """The social worker goes there."""
        return Due(kind=VISIT_OVERDUE, about=self.visits, role="social_worker", area=self.area, due=self.due,
                   child=self.child)  # fmt: skip
