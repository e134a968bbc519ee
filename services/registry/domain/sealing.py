"""A record sealed after an adoption: kept, and absent to everybody but the sealing authority (CARE C5).

Closed, sealed and erased are three things: a closed file is shut and still there, a sealed one is there for the sealing
authority alone, an erased one is gone. An adoption officer asks, the sealing authority seals. If the adopted person is
ever met again, that is a new record with a new id; the only thing that knows of both is the seal's own sealed text. It
is opened for two different persons of the sealing authority, on a ground that the pack names, for some minutes.

Not here: erasing (sealing_erasure); what of adoption others decide (placements).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.children import Child
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class Level(StrEnum):
    """How the law keeps an adoption: told to nobody, told on more grounds, or not hidden at all."""

    SECRET = "secret"  # noqa: S105 - a level, no password
    CONFIDENTIAL = "confidential"
    OPEN = "open"


class SealState(StrEnum):
    """How far a seal has come. What is sealed stays sealed."""

    ASKED = "asked"
    SEALED = "sealed"
    REFUSED = "refused"


SEAL_TRANSITIONS: dict[SealState, frozenset[SealState]] = {
    SealState.ASKED: frozenset({SealState.SEALED, SealState.REFUSED}),
    SealState.SEALED: frozenset(),
    SealState.REFUSED: frozenset(),
}


class OpeningState(StrEnum):
    """How far a request to open a seal has come. An approved one is readable until its minutes are over."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


OPENING_TRANSITIONS: dict[OpeningState, frozenset[OpeningState]] = {
    OpeningState.ASKED: frozenset({OpeningState.APPROVED, OpeningState.REFUSED}),
    OpeningState.APPROVED: frozenset(),
    OpeningState.REFUSED: frozenset(),
}


class SealRefused(Refused):
    """A rule says that this is not sealed, or not opened."""

    code = "seal-refused"
    title = "Refused by the rules of sealing"


class SealDecided(Conflict):
    """The request was decided already."""

    code = "seal-decided"
    title = "Request is decided"


@dataclass(frozen=True)
class ChildSealed:
    """The record is absent from now on for everybody but the sealing authority."""

    child: UUID


@dataclass(eq=False)
class Seal(Aggregate):
    """The seal on one child's record: what was taken out of sight with it, and whom the child became."""

    id: UUID
    child: UUID
    level: Level
    decree: str
    asked_by: str
    asked_at: datetime
    siblings: tuple[UUID, ...] = ()
    households: tuple[UUID, ...] = ()
    new_ids: tuple[UUID, ...] = ()
    refused_because: str | None = None
    status: SealState = SealState.ASKED
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = field(default=1)

    @classmethod
    def ask(cls, id_: UUID, child: UUID, level: Level, decree: str, *, by: str, at: datetime) -> "Seal":
        """An adoption officer asks, naming the decree. Raises SealRefused where the law hides nothing."""
        if level is Level.OPEN:
            raise SealRefused(
                "The law of this pack keeps adoptions open.", field="child", rule="level-open", remedy="Close the file."
            )
        if not decree.strip():
            raise Invalid("A seal needs the decree that it rests on.", field="decree", rule="decree-given")
        return cls(id=id_, child=child, level=level, decree=decree, asked_by=by, asked_at=at)

    def close(self, children: Sequence[Child], households: Collection[UUID], *, by: str, at: datetime) -> None:
        """The sealing authority seals the record and those merged into it. Raises SealDecided, SealRefused."""
        self._decide(SealState.SEALED, by, at)
        own = {child.id for child in children}
        self.siblings = tuple(sorted({other for child in children for other in child.siblings} - own))
        self.households = tuple(sorted(households))
        for child in children:
            child.siblings = frozenset()
            child.seal()
            child.record(ChildSealed(child.id))

    def refuse(self, because: str, *, by: str, at: datetime) -> None:
        """The record stays as it is."""
        if not because.strip():
            raise Invalid("A refusal needs its reason.", field="because", rule="reason-given")
        self._decide(SealState.REFUSED, by, at)
        self.refused_because = because

    def link(self, new_id: UUID) -> None:
        """The adopted person was met again under a new id. Only the sealed text knows. Raises SealRefused."""
        if self.status is not SealState.SEALED:
            raise SealRefused("The record is not sealed.", field="seal", rule="sealed-before")
        if new_id == self.child or new_id in self.new_ids:
            raise SealRefused("This is no new record of the person.", field="child", rule="new-record")
        self.new_ids = (*self.new_ids, new_id)
        self.version += 1

    def _decide(self, state: SealState, by: str, at: datetime) -> None:
        if state not in SEAL_TRANSITIONS[self.status]:
            raise SealDecided(f"This request is {self.status} already.", field="status", rule="seal-open")
        if by == self.asked_by:
            raise SealRefused("Who asked does not decide.", field="seal", rule="two-persons")
        self.status, self.decided_by, self.decided_at = state, by, at
        self.version += 1


@dataclass(eq=False)
class Opening(Aggregate):
    """A request to open a seal: asked by one person of the sealing authority, approved by another."""

    id: UUID
    seal: UUID
    ground: str
    reason: str
    asked_by: str
    asked_at: datetime
    refused_because: str | None = None
    status: OpeningState = OpeningState.ASKED
    decided_by: str | None = None
    decided_at: datetime | None = None
    until: datetime | None = None
    version: int = field(default=1)

    @classmethod
    def ask(
        cls, id_: UUID, seal: Seal, ground: str, reason: str, *, allowed: Collection[str], by: str, at: datetime
    ) -> "Opening":
        """Someone of the sealing authority asks, on one of the grounds that the level allows. Raises SealRefused."""
        if seal.status is not SealState.SEALED:
            raise SealRefused("The record is not sealed.", field="seal", rule="sealed-before")
        if ground not in allowed:
            raise SealRefused(f"No ground to open what is {seal.level}.", field="ground", rule="ground-of-level")
        if not reason.strip():
            raise Invalid("An opening needs its reason.", field="reason", rule="reason-given")
        return cls(id=id_, seal=seal.id, ground=ground, reason=reason, asked_by=by, asked_at=at)

    def approve(self, minutes: int, *, by: str, at: datetime) -> None:
        """Another person lets both read for some minutes. Raises SealDecided, SealRefused."""
        self._decide(OpeningState.APPROVED, by, at)
        self.until = at + timedelta(minutes=minutes)

    def refuse(self, because: str, *, by: str, at: datetime) -> None:
        """The seal stays closed."""
        if not because.strip():
            raise Invalid("A refusal needs its reason.", field="because", rule="reason-given")
        self._decide(OpeningState.REFUSED, by, at)
        self.refused_because = because

    def require_readable(self, by: str, at: datetime) -> None:
        """The two persons read while the minutes last. Raises SealRefused."""
        if self.until is None or by not in (self.asked_by, self.decided_by):
            raise SealRefused("Nothing was opened for you.", field="opening", rule="opened-for")
        if at >= self.until:
            raise SealRefused("The minutes are over.", field="opening", rule="minutes-over", remedy="Ask anew.")

    def _decide(self, state: OpeningState, by: str, at: datetime) -> None:
        if state not in OPENING_TRANSITIONS[self.status]:
            raise SealDecided(f"This request is {self.status} already.", field="status", rule="opening-open")
        if by == self.asked_by:
            raise SealRefused("Who asked does not decide.", field="opening", rule="two-persons")
        self.status, self.decided_by, self.decided_at = state, by, at
        self.version += 1


@dataclass(eq=False)
class Task(Aggregate):
    """For the adoption officer alone: somebody registered, or looked for, whom a sealed record may be of.

    `child`: the record that was registered, with an identifier of the sealed one or with the like of its names; None
    where somebody searched. `asked_by`, `shared`: who did so, and in how many terms it agrees with the sealed record,
    where it was by names and birth; two are a given name and a birthday.
    """

    id: UUID
    child: UUID | None
    seal: UUID
    at: datetime
    asked_by: str | None = None
    shared: int | None = None
    done_by: str | None = None
    done_at: datetime | None = None
    version: int = field(default=1)

    def finish(self, *, by: str, at: datetime) -> None:
        """It was seen to."""
        if self.done_by is not None:
            raise SealDecided("This task is done already.", field="status", rule="task-open")
        self.done_by, self.done_at = by, at
        self.version += 1


class Seals(Protocol):
    """The seals of a deployment."""

    def get(self, id_: UUID) -> Seal:
        """The seal, locked. Raises NotFound."""

    def add(self, seal: Seal) -> None:
        """Take in a new one, under a key of its own."""

    def asked_about(self, child: UUID) -> bool:
        """Whether a seal on the record is asked for."""

    def households_of(self, children: Sequence[Child]) -> list[UUID]:
        """The households in which these children are on record."""

    def hide(self, seal: Seal, children: Sequence[Child]) -> None:
        """Take the children out of what others see: sibling links, households, the index of identifiers."""

    def meet(self, at: datetime, limit: int) -> int:
        """Make a task for each identifier of a sealed record that a record registered since carries; how many."""


class Openings(Protocol):
    """The requests to open seals."""

    def get(self, id_: UUID) -> Opening:
        """The request, locked. Raises NotFound."""

    def add(self, opening: Opening) -> None:
        """Take in a new one."""


class Tasks(Protocol):
    """The adoption officer's private tasks."""

    def get(self, id_: UUID) -> Task:
        """The task, locked. Raises NotFound."""


class Law(Protocol):
    """What the country pack says of sealing."""

    @property
    def level(self) -> Level:
        """How adoptions are kept."""

    @property
    def minutes(self) -> int:
        """How long an opened seal is readable."""

    def grounds(self, level: Level) -> frozenset[str]:
        """On which grounds a seal of a level is opened."""
