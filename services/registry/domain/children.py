"""Who a child is: names, sex, birth, identifiers, siblings; and what may happen to the record of it.

Not here: where the child lives (placements), who helps (social_work), encryption (store).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class Status(StrEnum):
    """Where the record of a child is in its life."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset({Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset(),
}


class EntryIsWithdrawn(Conflict):
    """The entry was made in error and is kept only as a record of that."""

    code = "entry-is-withdrawn"
    title = "Entry made in error"


class IdentifierTaken(Conflict):
    """Another child already carries this identifier."""

    code = "identifier-taken"
    title = "Identifier already in use"


class OwnSibling(Refused):
    """A child cannot be its own sibling."""

    code = "own-sibling"
    title = "Own sibling"


AT_BIRTH = "birth"
TO_THE_DAY = "day"
DOCUMENTED, ESTIMATED = "documented", "estimated"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "name_kind": frozenset({AT_BIRTH}),
    "birth_precision": frozenset({TO_THE_DAY, "month", "year"}),
    "birth_basis": frozenset({DOCUMENTED, ESTIMATED}),
}
"""The codes of the country pack that registry asks for by name; every pack must have them."""


@dataclass(frozen=True)
class Name:
    """One name of a child as written in one script. Parts are as the papers have them; any may be empty."""

    script: str
    kind: str = AT_BIRTH
    family: str = ""
    given: str = ""
    patronymic: str = ""


@dataclass(frozen=True)
class Birth:
    """When a child was born: a span of days (equal ends: the day is known), and how that is known."""

    born_from: date | None
    born_to: date | None
    precision: str
    basis: str

    def __post_init__(self) -> None:
        if (self.born_from is None) != (self.born_to is None):
            raise Invalid("Both ends of the span, or neither.", field="birth", rule="birth-span")
        if self.born_from and self.born_to and self.born_from > self.born_to:
            raise Invalid("The span ends before it begins.", field="birth", rule="birth-span")
        if self.precision == TO_THE_DAY and self.born_from != self.born_to:
            raise Invalid("A day is not a span of days.", field="birth", rule="birth-precision")

    def certainly_after(self, day: date) -> bool:
        """Whether the child cannot have been born by `day`."""
        return self.born_from is not None and self.born_from > day


@dataclass(frozen=True)
class Identifier:
    """A number or key by which someone else knows the child: kind and issuer say whose it is."""

    kind: str
    issuer: str
    value: str


@dataclass(frozen=True)
class Identity:
    """What identifies a child, taken together: it is stated, amended and corrected as one.

    `area` is the area of the responsible authority (COUNTING F24). `disability` is the registered status by the
    pack's definition; None: not recorded (F22).
    """

    names: tuple[Name, ...]
    sex: str
    birth: Birth
    area: str
    disability: bool | None = None


@dataclass(frozen=True)
class ChildStated:
    """What the record of a child says from now on (the parts of it that may leave registry)."""

    child: UUID
    sex: str
    born_from: date | None
    born_to: date | None
    birth_basis: str
    area: str
    disability: bool | None


@dataclass(frozen=True)
class ChildRegistered(ChildStated):
    """A child is known from now on."""


@dataclass(frozen=True)
class ChildAmended(ChildStated):
    """Something about the child changed on a day."""

    on: date


@dataclass(frozen=True)
class ChildCorrected(ChildStated):
    """Something in the record was never so."""


@dataclass(frozen=True)
class ChildWithdrawn:
    """The entry was made in error; figures count as if it had never been."""

    child: UUID
    reason: str


@dataclass(frozen=True)
class SiblingsLinked:
    """These children are siblings of the child."""

    child: UUID
    siblings: tuple[UUID, ...]


@dataclass(frozen=True)
class SiblingsUnlinked:
    """These children are not siblings of the child after all."""

    child: UUID
    siblings: tuple[UUID, ...]


@dataclass(eq=False)
class Revision:
    """What the record said before an amendment (true from the day `on`) or a correction; kept, never deleted."""

    version: int
    kind: str
    at: datetime
    actor: str
    before: Identity
    on: date | None = None


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
        if identity.birth.certainly_after(on):
            raise Invalid("Nothing changed in the child's life before it was born.", field="on", rule="after-birth")
        self._revise("amendment", identity, today, by, at, on)
        self.record(ChildAmended(**self._statement(), on=on))

    def correct(self, identity: Identity, *, today: date, by: str, at: datetime) -> None:
        """The record was wrong: `identity` was always so (COUNTING F27: a correction restates figures)."""
        self._revise("correction", identity, today, by, at)
        self.record(ChildCorrected(**self._statement()))

    def withdraw(self, *, reason: str) -> None:
        """Mark the whole entry as made in error; it is kept."""
        self._enter(Status.WITHDRAWN)
        self.withdrawn_because = reason
        self.record(ChildWithdrawn(child=self.id, reason=reason))

    def link(self, others: frozenset[UUID]) -> None:
        """Note `others` as siblings; those already noted change nothing. Raises OwnSibling."""
        self._require_active()
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
        self._require_active()
        _check_birth(identity.birth, today)
        self.revisions.append(Revision(self.version, kind, at, by, before=self.identity, on=on))
        self.identity = replace(identity)

    def _enter(self, status: Status) -> None:
        self._require_active()
        if status not in TRANSITIONS[self.status]:
            raise Conflict(f"A record that is {self.status} cannot become {status}.", field="status")
        self.status = status

    def _require_active(self) -> None:
        if self.status is Status.WITHDRAWN:
            raise EntryIsWithdrawn("This entry was made in error and is kept unchanged.")

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
