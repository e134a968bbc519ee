"""What is told of absences, and which of it somebody must see to. Ids, days and codes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain.alarms import Due

MISSING, OVERDUE = "CHILD_MISSING", "ABSENCE_OVERDUE"
RELIED_ON = {"alarm_kind": frozenset({MISSING, OVERDUE})}
DUTY_OFFICER = "duty_officer"
WORKER = "social_worker"


@dataclass(frozen=True)
class AbsenceKind:
    """A kind of absence of the pack. `alert`: nobody knows where the child is; `place_kept`: the parameter's name."""

    code: str
    alert: bool
    place_kept: str


@dataclass(frozen=True, kw_only=True)
class AbsenceStarted:
    """A child is away from where it lives and stays in care. `alert`: nobody knows where it is.

    A person raises the missing-child alert in registry, until `alert_until`.
    """

    child: UUID
    absence: UUID
    placement: UUID
    kind: str
    from_: date
    expected_back: date | None
    kept_until: date | None
    area: str
    alert: bool
    alert_until: datetime | None

    def alarm(self) -> Due | None:
        """The duty officer sees to a missing child, by the hour."""
        if self.alert_until is None:
            return None
        return Due(
            kind=MISSING, about=self.absence, role=DUTY_OFFICER, area=self.area, due=self.alert_until, child=self.child
        )


@dataclass(frozen=True, kw_only=True)
class AbsenceChanged:
    """A child that is away is expected back on another day."""

    child: UUID
    absence: UUID
    expected_back: date | None


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded:
    """The child is back, or the stay itself ended meanwhile (not `returned`). `withdrawn`: there was no absence."""

    child: UUID
    absence: UUID
    placement: UUID
    back: date | None
    returned: bool
    withdrawn: bool

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need look for the child any more."""
        return (self.absence,)


@dataclass(frozen=True, kw_only=True)
class AbsenceOverdue:
    """A child was expected back on a day and has not come."""

    child: UUID
    absence: UUID
    placement: UUID
    expected_back: date
    area: str

    def alarm(self) -> Due:
        """The child's worker asks where it is, the same day."""
        return Due(
            kind=OVERDUE, about=self.absence, role=WORKER, area=self.area, due=self.expected_back, child=self.child
        )
