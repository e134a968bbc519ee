"""What happens to the record of a child, as facts. Codes, days and ids; never a name, a number or a word.

Not here: when they may happen (children), how they become events (events/children.py).
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


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
    functional_difficulty: bool | None = field(default=None, kw_only=True)
    civil_registration: str | None = field(default=None, kw_only=True)
    nationality_status: str | None = field(default=None, kw_only=True)
    mother_status: str | None = field(default=None, kw_only=True)
    father_status: str | None = field(default=None, kw_only=True)


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


@dataclass(frozen=True)
class ChildDied:
    """The child is dead; between which days, what it rests on, of which cause."""

    child: UUID
    died_from: date
    died_to: date
    basis: str
    cause: str
    area: str | None


@dataclass(frozen=True)
class ChildDeathRetracted:
    """The child is not dead after all: the record of its death was an error."""

    child: UUID
