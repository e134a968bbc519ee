"""Centres, workers, cases, and the rule that a child in care has an open case and a named worker (CARE C17).

Not here: assessments, plans, visits, referrals; who the child is (registry); where it lives (placements).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused
from shared.register_key import RegisterKey
from shared.rule_words import table


class CaseStatus(StrEnum):
    """Where a case is in its life."""

    INTAKE = "intake"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.INTAKE: frozenset({CaseStatus.IN_PROGRESS, CaseStatus.CLOSED}),
    CaseStatus.IN_PROGRESS: frozenset({CaseStatus.IN_PROGRESS, CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset(),
}


class CaseIsClosed(Conflict):
    """A closed case takes no more steps."""

    code = "case-is-closed"
    title = "Case is closed"


class LastCaseOfAChildInCare(Refused):
    """A child in care is never without an open case (CARE C17)."""

    code = "last-case-of-a-child-in-care"
    title = "Last open case of a child in care"


class WorkerOfAnotherCentre(Refused):
    """A case is assigned within the centre that is in charge of it."""

    code = "worker-of-another-centre"
    title = "Worker of another centre"


@dataclass(frozen=True)
class CentreOpened:
    """A social-work centre works from now on."""

    centre: UUID
    area: str


@dataclass(frozen=True)
class WorkerRegistered:
    """A worker belongs to a centre."""

    worker: UUID
    centre: UUID


@dataclass(frozen=True)
class CaseOpened:
    """A centre takes charge of a child's matter."""

    child: UUID
    case: UUID
    kind: str
    centre: UUID
    opened_on: date


@dataclass(frozen=True)
class CaseAssigned:
    """A named worker answers for the case from a day on."""

    child: UUID
    case: UUID
    worker: UUID
    on: date


@dataclass(frozen=True)
class CaseClosed:
    """The case is finished."""

    child: UUID
    case: UUID
    reason: str
    closed_on: date


@dataclass(eq=False)
class Centre(Aggregate):
    """A social-work centre. Its name stays here."""

    id: UUID
    name: str
    area: str
    key: RegisterKey | None = None
    version: int = 0

    @classmethod
    def open(cls, id_: UUID, name: str, area: str, key: RegisterKey | None) -> "Centre":
        """A new centre."""
        centre = cls(id=id_, name=name, area=area, key=key)
        centre.record(CentreOpened(centre=id_, area=area))
        return centre


@dataclass(eq=False)
class Worker(Aggregate):
    """A social worker, by the account that signs in (none until it is given)."""

    id: UUID
    centre: UUID
    account: str | None = None
    key: RegisterKey | None = None
    version: int = 0

    @classmethod
    def register_at(cls, id_: UUID, centre: UUID, account: str | None, key: RegisterKey | None) -> "Worker":
        """A new worker of a centre."""
        worker = cls(id=id_, centre=centre, account=account, key=key)
        worker.record(WorkerRegistered(worker=id_, centre=centre))
        return worker


@dataclass(eq=False)
class Case(Aggregate):
    """What a centre does for one child, from intake to closure."""

    id: UUID
    child: UUID
    kind: str
    centre: UUID
    opened_on: date
    status: CaseStatus = CaseStatus.INTAKE
    worker: UUID | None = None
    assigned_on: date | None = None
    closed_on: date | None = None
    close_reason: str | None = None
    version: int = 0

    @classmethod
    def open(cls, id_: UUID, child: UUID, kind: str, centre: UUID, *, on: date, today: date) -> "Case":
        """A new case. Raises Invalid for a day to come."""
        _not_in_the_future(on, today, "opened_on")
        case = cls(id=id_, child=child, kind=kind, centre=centre, opened_on=on)
        case.record(CaseOpened(child=child, case=id_, kind=kind, centre=centre, opened_on=on))
        return case

    def assign(self, worker: Worker, *, on: date, today: date) -> None:
        """Put a worker of the case's centre in charge.

        Raises WorkerOfAnotherCentre, CaseIsClosed, Invalid for a day before the case was opened or to come.
        """
        _not_in_the_future(on, today, "on")
        if on < self.opened_on:
            raise Invalid("A case cannot be assigned before it opens.", field="on", rule="opened-before-assigned")
        if worker.centre != self.centre:
            raise WorkerOfAnotherCentre(
                "The worker belongs to another centre.",
                field="worker",
                remedy="Assign a worker of the centre in charge, or open a case at the worker's centre.",
            )
        self._enter(CaseStatus.IN_PROGRESS)
        self.worker, self.assigned_on = worker.id, on
        self.record(CaseAssigned(child=self.child, case=self.id, worker=worker.id, on=on))

    def close(self, *, reason: str, on: date, today: date) -> None:
        """Finish the case. Raises Invalid for a day before it was opened or to come."""
        _not_in_the_future(on, today, "closed_on")
        if on < self.opened_on:
            raise Invalid("A case cannot close before it opens.", field="closed_on", rule="opened-before-closed")
        self._enter(CaseStatus.CLOSED)
        self.close_reason, self.closed_on = reason, on
        self.record(CaseClosed(child=self.child, case=self.id, reason=reason, closed_on=on))

    def covers(self, day: date) -> bool:
        """Whether the case was open on `day` (the day of closing included)."""
        return self.opened_on <= day and (self.closed_on is None or day <= self.closed_on)

    def _enter(self, status: CaseStatus) -> None:
        if status not in TRANSITIONS[self.status]:
            raise CaseIsClosed("This case is closed.", field="status", remedy="Open a new case.")
        self.status = status


@dataclass(eq=False)
class KnownChild:
    """What social_work knows of a child from others' events: its area, whether it is in care and confirmed."""

    id: UUID
    area: str | None = None
    confirmed: bool = False
    withdrawn: bool = False
    placements: frozenset[UUID] = frozenset()
    merged_into: UUID | None = None
    sealed: bool = False

    @property
    def in_care(self) -> bool:
        """Whether some placement of the child is active."""
        return bool(self.placements) and not self.withdrawn

    def state(self, area: str) -> None:
        """Registry stated the child."""
        self.area, self.confirmed = area, True

    def withdraw(self) -> None:
        """Registry's entry was made in error."""
        self.withdrawn = True

    def merge(self, into: UUID | None) -> None:
        """Registry's record gave way to another one; None: it stands for itself again."""
        self.merged_into = into

    def seal(self) -> None:
        """Registry's record was sealed: nobody is shown anything under this id any more."""
        self.sealed = True

    def placed(self, placement: UUID) -> None:
        """A placement began."""
        self.placements |= {placement}

    def left(self, placement: UUID) -> None:
        """A placement ended, or never was."""
        self.placements -= {placement}


def may_close(case: Case, others: Sequence[Case], child: KnownChild) -> None:
    """CARE C17: refuse to close the last open case of a child in care, or the last one that has a named worker.

    Raises LastCaseOfAChildInCare.
    """
    open_others = [other for other in others if other.id != case.id and other.status is not CaseStatus.CLOSED]
    as_good = [other for other in open_others if other.worker or not case.worker]
    if child.in_care and not as_good:
        raise LastCaseOfAChildInCare(
            "The child is in care and this is its last open case, or the last with a worker.",
            rule="case-for-every-child-in-care",
            remedy="Open another case for the child and assign it first, or record that the child left care.",
        )


def _not_in_the_future(day: date, today: date, field: str) -> None:
    if day > today:
        raise Invalid("The day lies in the future.", field=field, rule="not-in-the-future")


class Centres(Protocol):
    """The centres of a deployment."""

    def get(self, id_: UUID) -> Centre:
        """The centre. Raises NotFound."""

    def add(self, centre: Centre) -> None:
        """Take in a new centre."""


class Workers(Protocol):
    """The workers of a deployment."""

    def get(self, id_: UUID) -> Worker:
        """The worker. Raises NotFound."""

    def add(self, worker: Worker) -> None:
        """Take in a new worker."""


class Cases(Protocol):
    """The cases of a deployment."""

    def get(self, id_: UUID) -> Case:
        """The case, locked for change with its child. Raises NotFound."""

    def add(self, case: Case) -> None:
        """Take in a new case."""

    def of(self, child: UUID) -> Sequence[Case]:
        """All cases of a child, locked for change with the child."""


class KnownChildren(Protocol):
    """The children that social_work has heard of."""

    def get(self, id_: UUID) -> KnownChild:
        """What is known of the child, locked for change; of one never named before nothing is known yet."""

    def forget(self, id_: UUID) -> None:
        """Take out everything on a child whose record was erased, and what was told of it."""


RULE_WORDS = table(
    {
        "case-for-every-child-in-care": (
            "A child in care has an open case and a named worker.",
            "Open another case for the child and assign it first, or record that the child left care.",
        ),
        "opened-before-assigned": ("A case is assigned after it opens.", "Check both days."),
        "opened-before-closed": ("A case closes after it opens.", "Check both days."),
    }
)
"""What the rules ask, by the ids that refusals name."""
