"""Getting a child its papers: what must be obtained, by when, who sees to it (CARE C8); and which papers it has.

Not here: the files themselves (papers_attachments), whether a birth is registered (children_identity).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.children_identity import Identity
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid

ESCALATION = "supervisor"
"""The role that overdue identity work goes to; the person responsible owns it."""
BIRTH_REGISTRATION, FOUNDLING_REPORT = "BIRTH_REGISTRATION", "FOUNDLING_REPORT"
UNREGISTERED = frozenset({"NOT_REGISTERED", "UNKNOWN"})
RELIED_ON: Mapping[str, frozenset[str]] = {
    "identity_work_kind": frozenset({BIRTH_REGISTRATION, FOUNDLING_REPORT}),
    "civil_registration": UNREGISTERED,
}


class WorkStatus(StrEnum):
    """Where the obtaining of a paper is."""

    OPEN = "open"
    APPLIED = "applied"
    OBTAINED = "obtained"
    REFUSED = "refused"
    DROPPED = "dropped"


WORK_TRANSITIONS: dict[WorkStatus, frozenset[WorkStatus]] = {
    WorkStatus.OPEN: frozenset({WorkStatus.APPLIED, WorkStatus.OBTAINED, WorkStatus.DROPPED}),
    WorkStatus.APPLIED: frozenset({WorkStatus.OBTAINED, WorkStatus.REFUSED, WorkStatus.DROPPED}),
    WorkStatus.OBTAINED: frozenset(),
    WorkStatus.REFUSED: frozenset(),
    WorkStatus.DROPPED: frozenset(),
}
"""After a refusal new work is opened, of another kind where the way is another (a court)."""


@dataclass(frozen=True)
class IdentityWorkOverdue:
    """A paper was not obtained in time. Told once; `escalation` is the role it goes to."""

    child: UUID
    work: UUID
    kind: str
    due: date
    escalation: str


@dataclass(eq=False)
class IdentityWork(Aggregate):
    """One paper to be obtained for a child: until when, by whom. Office, number and words are sealed."""

    id: UUID
    child: UUID
    kind: str
    owner: str
    opened_on: date
    due: date
    status: WorkStatus = WorkStatus.OPEN
    applied_on: date | None = None
    ended_on: date | None = None
    told_at: datetime | None = None
    office: str = ""
    number: str = ""
    words: str = ""
    version: int = 1

    @classmethod
    def opened(cls, id_: UUID, child: UUID, kind: str, *, owner: str, today: date, due_days: int) -> "IdentityWork":
        """New work, due so many days from today."""
        return cls(id_, child, kind, owner, today, today + timedelta(days=due_days))

    def apply(self, *, on: date, office: str, today: date) -> None:
        """It was applied for at an office."""
        _not_later(on, today)
        self._enter(WorkStatus.APPLIED)
        self.applied_on, self.office = on, office

    def obtain(self, *, on: date, number: str, today: date) -> None:
        """The paper is there, under a number."""
        self._end(WorkStatus.OBTAINED, on, today)
        self.number = number

    def refuse(self, *, on: date, words: str, today: date) -> None:
        """The office has refused, for the reasons told in words."""
        self._end(WorkStatus.REFUSED, on, today)
        self.words = words

    def drop(self, *, on: date, words: str, today: date) -> None:
        """It is not needed, for the reasons told in words."""
        self._end(WorkStatus.DROPPED, on, today)
        self.words = words

    def hand_to(self, owner: str) -> None:
        """Another account sees to it."""
        if self.ended_on is not None:
            raise Conflict("This work has ended.", field="status", rule="work-open")
        self.owner = owner
        self.version += 1

    def tell_overdue(self, at: datetime, today: date) -> bool:
        """Tell that it is overdue, once; whether it was told now."""
        if self.ended_on is not None or self.told_at is not None or self.due >= today:
            return False
        self.told_at = at
        self.record(IdentityWorkOverdue(self.child, self.id, self.kind, self.due, ESCALATION))
        return True

    def _end(self, status: WorkStatus, on: date, today: date) -> None:
        _not_later(on, today)
        if self.applied_on is not None and on < self.applied_on:
            raise Invalid("It ended before it was applied for.", field="on", rule="ends-before-it-begins")
        self._enter(status)
        self.ended_on = on

    def _enter(self, status: WorkStatus) -> None:
        if status not in WORK_TRANSITIONS[self.status]:
            raise Conflict(f"Work that is {self.status} cannot become {status}.", field="status", rule="work-status")
        self.status = status
        self.version += 1


class DocumentState(StrEnum):
    """Whether the personal file has a paper."""

    HELD = "held"
    MISSING = "missing"
    APPLIED_FOR = "applied_for"


@dataclass(eq=False)
class ChildDocument(Aggregate):
    """One line of the checklist of a child's personal file: of this kind a paper is held, missing or applied for.

    `since` is the day from which that holds. `attachment` is the paper itself. Number, issuer and day of issue are
    sealed.
    """

    id: UUID
    child: UUID
    kind: str
    state: DocumentState
    since: date
    attachment: UUID | None = None
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    version: int = 0

    def state_(
        self,
        state: DocumentState,
        *,
        since: date,
        today: date,
        attachment: UUID | None,
        number: str,
        issuer: str,
        issued_on: date | None,
    ) -> None:
        """Say how it stands with the paper. Only a paper that is held has a file, a number and a day of issue."""
        _not_later(since, today, "since")
        if issued_on is not None:
            _not_later(issued_on, today, "issued_on")
        given = {"attachment": attachment, "number": number, "issuer": issuer, "issued_on": issued_on}
        wrong = next((name for name, value in given.items() if value), None)
        if state is not DocumentState.HELD and wrong:
            raise Invalid("Only a paper that is held has this.", field=wrong, rule="document-held")
        self.state, self.since, self.attachment = state, since, attachment
        self.number, self.issuer, self.issued_on = number, issuer, issued_on
        self.version += 1

    def lose_file(self) -> None:
        """The file was entered in error; the paper is held as before."""
        self.attachment = None
        self.version += 1


def wanted(identity: Identity) -> tuple[str, ...]:
    """The identity work that a child needs by what its record says.

    Birth registration where the record says that the birth is not registered, or that nobody knows; a foundling report
    for who was found, or has no name. Where nothing was recorded nothing follows: an import is not an alarm.
    """
    kinds = []
    if identity.civil_registration is not None and identity.civil_registration.status in UNREGISTERED:
        kinds.append(BIRTH_REGISTRATION)
    if identity.found is not None or not identity.names:
        kinds.append(FOUNDLING_REPORT)
    return tuple(kinds)


def _not_later(day: date, today: date, field: str = "on") -> None:
    if day > today:
        raise Invalid("This lies in the future.", field=field, rule="not-in-the-future")


@dataclass(frozen=True)
class NewChild:
    """A child whose record nobody has looked through yet for papers it lacks."""

    id: UUID
    identity: Identity
    registered_by: str


class Works(Protocol):
    """The identity work of a deployment."""

    def get(self, id_: UUID) -> IdentityWork:
        """The work, locked for change. Raises NotFound."""

    def add(self, work: IdentityWork) -> None:
        """Take in new work."""

    def open_of(self, child: UUID, kind: str) -> UUID | None:
        """The open work of a kind for a child."""

    def ever_of(self, child: UUID, kind: str) -> bool:
        """Whether there was ever work of a kind for a child."""

    def overdue(self, today: date, limit: int) -> list[IdentityWork]:
        """Work that was due before `today`, has not ended and was not told, the longest overdue first."""

    def new_children(self, before: datetime, limit: int) -> list[NewChild]:
        """Children registered before an instant and not looked through, in the order of registration."""

    def looked_through(self, last: UUID) -> None:
        """All children up to this one were looked through."""


class Documents(Protocol):
    """The checklists of a deployment."""

    def of(self, child: UUID, kind: str) -> ChildDocument | None:
        """The line of a kind, locked for change."""

    def add(self, document: ChildDocument) -> None:
        """Take in a new line."""

    def with_file(self, attachment: UUID) -> Iterable[ChildDocument]:
        """The lines that show a file."""
