"""The record of a child, and what may happen to it: stated, amended, corrected, dead, merged, sealed, erased.

Not here: what identifies a child (children_identity), what is told of it (children_facts), where it lives (placements),
who helps (social_work), encryption (store).
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NoReturn, NotRequired, Protocol, TypedDict, Unpack
from uuid import UUID

from services.registry.domain.children_age import LEAP_BIRTHDAY, age_on
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
from services.registry.domain.children_functioning import has_functional_difficulty
from services.registry.domain.children_identity import Death, Identity, as_written, problems
from services.registry.domain.children_numbers import Identifier, NumberRule, NumberRules
from services.registry.domain.children_numbers import problems as number_problems
from services.registry.domain.children_states import (
    TRANSITIONS,
    AfterDeath,
    EntryIsWithdrawn,
    IdentifierTaken,
    OwnMerge,
    OwnSibling,
    RecordIsClosed,
    Status,
)
from shared.aggregate import Aggregate
from shared.errors import Invalid, below, raise_all

__all__ = [
    "AMENDMENT",
    "CORRECTION",
    "NO_LAW",
    "RETRACTION",
    "Change",
    "Child",
    "Children",
    "IdentifierTaken",
    "IdentityLaw",
    "NoLaw",
    "Revision",
    "Status",
    "age_on",
]


class IdentityLaw(NumberRules, Protocol):
    """What the country pack says of identity."""

    def leap_birthday(self, on: date, area: str) -> str:
        """The day (MM-DD) on which someone born on 29 February completes a year of age in a common year."""


class NoLaw:
    """An identity law that says nothing of its own."""

    def number_rule(self, kind: str) -> NumberRule:
        """No rule."""
        return NumberRule()

    def leap_birthday(self, on: date, area: str) -> str:
        """The default of every pack."""
        return LEAP_BIRTHDAY


AMENDMENT, CORRECTION, RETRACTION = "amendment", "correction", "retraction"


@dataclass(eq=False)
class Revision:
    """What the record said before an amendment (true from the day `on`), a correction or the retraction of a death.

    Kept, never deleted. `identifiers` are kept where they changed too.
    """

    version: int
    kind: str
    at: datetime
    actor: str
    before: Identity
    on: date | None = None
    death: Death | None = None
    identifiers: tuple[Identifier, ...] | None = None


NO_LAW = NoLaw()


class Change(TypedDict):
    """What comes with every change of identity; identifiers are restated too where they are given."""

    today: date
    by: str
    at: datetime
    law: NotRequired[IdentityLaw]
    identifiers: NotRequired[tuple[Identifier, ...] | None]


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
        cls,
        id_: UUID,
        number: int,
        identity: Identity,
        identifiers: tuple[Identifier, ...],
        *,
        today: date,
        law: IdentityLaw = NO_LAW,
    ) -> "Child":
        """A new child. Raises Invalid, with everything that is wrong, and each thing's field and rule."""
        identity = _well_stated(identity, identifiers, today, law)
        child = cls(id=id_, number=number, identity=identity, identifiers=identifiers)
        child.record(ChildRegistered(**child._statement()))
        return child

    def amend(self, identity: Identity, *, on: date, **change: Unpack[Change]) -> None:
        """The child's life changed: `identity` is true from the day `on`."""
        if on > change["today"]:
            raise Invalid("A change cannot lie in the future.", field="on", rule="not-in-the-future")
        if self.death is not None and on > self.death.died_to:
            raise AfterDeath("The child was dead by then. What was wrong in the record is corrected.", field="on")
        if identity.birth.certainly_after(on):
            raise Invalid("Nothing changed in the child's life before it was born.", field="on", rule="after-birth")
        self._revise(AMENDMENT, identity, on, change)
        self.record(ChildAmended(**self._statement(), on=on))

    def correct(self, identity: Identity, **change: Unpack[Change]) -> None:
        """The record was wrong: `identity` was always so (COUNTING F27: a correction restates figures)."""
        self._revise(CORRECTION, identity, None, change)
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
        self._require_open()  # a merged record is dead again only by being unmerged
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

    def _revise(self, kind: str, identity: Identity, on: date | None, change: Change) -> None:
        self._require_open()
        identifiers = change.get("identifiers")
        stated = self.identifiers if identifiers is None else identifiers
        law = change.get("law", NO_LAW)
        identity = _well_stated(identity, identifiers or (), change["today"], law, before=self.identity)
        if self.death is not None and identity.birth.certainly_after(self.death.died_to):
            raise Invalid("A child cannot die before it is born.", field="birth", rule="before-death")
        before = None if stated == self.identifiers else self.identifiers
        kept = Revision(self.version, kind, change["at"], change["by"], before=self.identity, on=on, identifiers=before)
        self.revisions.append(kept)
        self.identity, self.identifiers = replace(identity), stated

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
            "functional_difficulty": identity.functioning and has_functional_difficulty(identity.functioning),
            "civil_registration": identity.civil_registration and identity.civil_registration.status,
            "nationality_status": identity.nationality and identity.nationality.status,
            "mother_status": identity.parents.mother,
            "father_status": identity.parents.father,
        }


def _well_stated(
    identity: Identity,
    identifiers: tuple[Identifier, ...],
    today: date,
    law: IdentityLaw,
    before: Identity | None = None,
) -> Identity:
    """The identity as it is kept. Raises Invalid with all that is wrong in it and in the identifiers."""
    identity = as_written(identity)
    leap_birthday = law.leap_birthday(today, identity.area) if identity.functioning else LEAP_BIRTHDAY
    stated = below("identity", problems(identity, today, leap_birthday, before))
    raise_all([*stated, *number_problems(identifiers, law)])
    return identity


class Children(Protocol):
    """The children of a deployment."""

    def get(self, id_: UUID) -> Child:
        """The child, locked for change. Raises NotFound."""

    def add(self, child: Child) -> None:
        """Take in a new child."""

    def holding(self, identifier: Identifier) -> UUID | None:
        """The child that carries `identifier`."""

    def index(self, child: Child) -> None:
        """The child carries other identifiers than it did."""

    def release_identifiers(self, child: Child) -> None:
        """Let another child carry the identifiers of a withdrawn entry."""

    def next_number(self) -> int:
        """The next number for a short reference."""
