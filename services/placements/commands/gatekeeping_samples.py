"""What can be asked about cases looked at again."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class DrawCases(Command):
    """Draw so many cases by chance, of those requested since a day; `areas` None: anywhere."""

    areas: tuple[str, ...] | None
    since: date
    size: int


@dataclass(frozen=True, kw_only=True)
class FindInSample(Command):
    """A drawn case was looked at again."""

    id: UUID
    finding: str
    words: str = field(repr=False)
