"""The record of a child, and what may happen to it: stated, amended, corrected, dead, merged, sealed, erased.

Not here: what identifies a child (children_identity), what is told of it (children_facts), where it lives (placements),
who helps (social_work), encryption (store).
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, Protocol
from uuid import UUID

from services.registry.domain.children_facts import (
    ChildAmended,
    ChildCorrected,
    ChildDeathRetracted,
    ChildDied,
    ChildRegistered,
    ChildWithdrawn,
    SiblingsLinked,
    SiblingsUnlinked,
)
from services.registry.domain.children_identity import Birth, Death, Identifier, Identity
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class Status(StrEnum):
    """Where the record of a child is in its life."""

    ACTIVE = "active"
    DECEASED = "deceased"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SEALED = "sealed"
    ERASED = "erased"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset(
        {Status.DECEASED, Status.WITHDRAWN, Status.MERGED, Status.SEALED, Status.ERASED},
    ),
    Status.DECEASED: frozenset(
        {Status.ACTIVE, Status.WITHDRAWN, Status.MERGED, Status.SEALED, Status.ERASED},
    ),
    Status.WITHDRAWN: frozenset({Status.ERASED}),
    Status.MERGED: frozenset({Status.ACTIVE, Status.DECEASED, Status.SEALED, Status.ERASED}),
    Status.SEALED: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}
"""A death can be retracted and a merge undone; nothing comes back from a seal (CARE C5) or an erasure (C15)."""


class EntryIsWithdrawn(Conflict):
    """The entry was made in error and is kept only as a record of that."""

    code = "entry-is-withdrawn"
    title = "Entry made in error"


class RecordIsClosed(Conflict):
    """The record takes no such change in the state it is in."""

    code = "record-is-closed"
    title = "Record takes no such change"


class IdentifierTaken(Conflict):
    """Another child already carries this identifier."""

    code = "identifier-taken"
    title = "Identifier already in use"


class OwnSibling(Refused):
    """A child cannot be its own sibling."""

    code = "own-sibling"
    title = "Own sibling"


class OwnMerge(Refused):
    """A record cannot be merged into itself."""

    code = "own-merge"
    title = "Merge into itself"


class AfterDeath(Refused):
    """Nothing changes in a child's life after its death."""

    code = "after-death"
    title = "After the death"


AMENDMENT, CORRECTION, RETRACTION = "amendment", "correction", "retraction"


@dataclass(eq=False)
class Revision:
    """What the record said before an amendment (true from the day `on`), a correction or the retraction of a death.

    Kept, never deleted.
    """

    version: int
    kind: str
    at: datetime
    actor: str
    before: Identity
    on: date | None = None
    death: Death | None = None


@dataclass(eq=False)
class Child(Aggregate):
    """A child as registry knows it."""

    id: UUID
    number: int
    identity: Identity
    identifiers: tuple[Identifier, ...] = ()
    siblings: frozenset[UUID] = frozenset()
    status: Status = Status.ACTIVE
    withdrawn_because: str | None = None
    merged_into: UUID | None = None
    death: Death | None = None
    revisions: list[Revision] = field(default_factory=list)
    version: int = 0

    @classmethod
    def register(
        cls, id_: UUID, number: int, identity: Identity, identifiers: tuple[Identifier, ...], *, today: date
    ) -> "Child":
        """A new child. Raises Invalid where the birth lies after `today` or an identifier is given twice."""
        _check_birth(identity.birth, today)
        if len(set(identifiers)) < len(identifiers):
            raise Invalid("The same identifier is given twice.", field="identifiers", rule="identifier-once")
        child = cls(id=id_, number=number, identity=identity, identifiers=identifiers)
        child.record(ChildRegistered(**child._statement()))
        return child

    def amend(self, identity: Identity, *, on: date, today: date, by: str, at: datetime) -> None:
        """The child's life changed: `identity` is true from the day `on`."""
        if on > today:
            raise Invalid("A change cannot lie in the future.", field="on", rule="not-in-the-future")
        if self.death is not None and on > self.death.died_to:
            raise AfterDeath("The child was dead by then. What was wrong in the record is corrected.", field="on")
        if identity.birth.certainly_after(on):
            raise Invalid("Nothing changed in the child's life before it was born.", field="on", rule="after-birth")
        self._revise(AMENDMENT, identity, today, by, at, on)
        self.record(ChildAmended(**self._statement(), on=on))

    def correct(self, identity: Identity, *, today: date, by: str, at: datetime) -> None:
        """The record was wrong: `identity` was always so (COUNTING F27: a correction restates figures)."""
        self._revise(CORRECTION, identity, today, by, at)
        self.record(ChildCorrected(**self._statement()))

    def withdraw(self, *, reason: str) -> None:
        """Mark the whole entry as made in error; it is kept."""
        self._enter(Status.WITHDRAWN)
        self.withdrawn_because = reason
        self.record(ChildWithdrawn(child=self.id, reason=reason))

    def die(self, death: Death, *, today: date) -> None:
        """Record the child's death. Raises Invalid where it lies in the future or before the birth."""
        if death.died_from > today:
            raise Invalid("A death cannot lie in the future.", field="death", rule="not-in-the-future")
        if self.identity.birth.certainly_after(death.died_to):
            raise Invalid("A child cannot die before it is born.", field="death", rule="after-birth")
        self._enter(Status.DECEASED)
        self.death = death
        self.record(ChildDied(self.id, death.died_from, death.died_to, death.basis, death.cause, death.area))

    def retract_death(self, *, by: str, at: datetime) -> None:
        """The child lives: the record of its death was an error. What was recorded is kept among the revisions."""
        if self.status is not Status.DECEASED:
            raise RecordIsClosed("No death is on record.", field="status", rule="death-on-record")
        self.revisions.append(Revision(self.version, RETRACTION, at, by, before=self.identity, death=self.death))
        self._enter(Status.ACTIVE)
        self.death = None
        self.record(ChildDeathRetracted(child=self.id))

    def merge_into(self, other: UUID) -> None:
        """This record gives way to that of `other`: they are one child. The caller records the fact of it here."""
        if other == self.id:
            raise OwnMerge("A record cannot be merged into itself.", field="into")
        self._enter(Status.MERGED)
        self.merged_into = other

    def unmerge(self) -> None:
        """This record stands for a child of its own again. The caller records the fact of it here."""
        if self.status is not Status.MERGED:
            raise RecordIsClosed("The record is not merged.", field="status", rule="record-is-merged")
        self._enter(Status.DECEASED if self.death else Status.ACTIVE)
        self.merged_into = None

    def seal(self) -> None:
        """Close the record to all but the sealing authority. The caller records the fact of it here."""
        self._enter(Status.SEALED)

    def erase(self) -> None:
        """The child is forgotten; its key and rows go with it. The caller records the fact of it here."""
        self._enter(Status.ERASED)

    def link(self, others: frozenset[UUID]) -> None:
        """Note `others` as siblings; those already noted change nothing. Raises OwnSibling."""
        self._require_open()
        if self.id in others:
            raise OwnSibling("A child cannot be its own sibling.", field="siblings")
        new = others - self.siblings
        if new:
            self.siblings |= new
            self.record(SiblingsLinked(child=self.id, siblings=tuple(sorted(new))))

    def unlink(self, others: frozenset[UUID]) -> None:
        """Take `others` out of the siblings: the link was an error."""
        gone = others & self.siblings
        if gone:
            self.siblings -= gone
            self.record(SiblingsUnlinked(child=self.id, siblings=tuple(sorted(gone))))

    @property
    def amended_on(self) -> date | None:
        """The latest day from which an amendment holds; None where there was none."""
        return max((kept.on for kept in self.revisions if kept.on), default=None)

    def _revise(
        self, kind: str, identity: Identity, today: date, by: str, at: datetime, on: date | None = None
    ) -> None:
        self._require_open()
        _check_birth(identity.birth, today)
        self.revisions.append(Revision(self.version, kind, at, by, before=self.identity, on=on))
        self.identity = replace(identity)

    def _enter(self, status: Status) -> None:
        if status not in TRANSITIONS[self.status]:
            self._refuse()
        self.status = status

    def _require_open(self) -> None:
        if self.status not in (Status.ACTIVE, Status.DECEASED):
            self._refuse()

    def _refuse(self) -> NoReturn:
        if self.status is Status.WITHDRAWN:
            raise EntryIsWithdrawn("This entry was made in error and is kept unchanged.")
        raise RecordIsClosed(f"The record is {self.status} and takes no such change.", field="status")

    def _statement(self) -> dict[str, Any]:
        identity = self.identity
        return {
            "child": self.id,
            "sex": identity.sex,
            "born_from": identity.birth.born_from,
            "born_to": identity.birth.born_to,
            "birth_basis": identity.birth.basis,
            "area": identity.area,
            "disability": identity.disability,
        }


def _check_birth(birth: Birth, today: date) -> None:
    if birth.certainly_after(today):
        raise Invalid("A child cannot be registered before it is born.", field="birth", rule="not-in-the-future")


class Children(Protocol):
    """The children of a deployment."""

    def get(self, id_: UUID) -> Child:
        """The child, locked for change. Raises NotFound."""

    def add(self, child: Child) -> None:
        """Take in a new child."""

    def holding(self, identifier: Identifier) -> UUID | None:
        """The child that carries `identifier`."""

    def release_identifiers(self, child: Child) -> None:
        """Let another child carry the identifiers of a withdrawn entry."""

    def next_number(self) -> int:
        """The next number for a short reference."""
