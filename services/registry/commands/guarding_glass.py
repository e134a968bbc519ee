"""What can be asked about the glass broken in an emergency, and about what an account is told."""

from dataclasses import dataclass
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class BreakGlass(Command):
    """Open one child's record to the actor for a short time. `office`: the actor's, where the token names one."""

    id: UUID
    child: UUID
    area: str
    reason: str
    words: str
    office: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewGlass(Command):
    """Judge an emergency access. `officer`: as a data-protection officer."""

    id: UUID
    justified: bool
    words: str
    officer: bool


@dataclass(frozen=True, kw_only=True)
class ReadNotice(Command):
    """The actor has seen a notice."""

    id: UUID
