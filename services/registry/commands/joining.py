"""What can be asked about two records of one child made one, and undone."""

from dataclasses import dataclass
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class MergeChildren(Command):
    """Make two records one: `merged` gives way to `kept`, which takes the fields `chosen` from it.

    `merged_version` is the version of the record that gives way, as the person has read it.
    """

    id: UUID
    kept: UUID
    merged: UUID
    merged_version: int
    chosen: tuple[str, ...] = ()
    ground: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnmergeChildren(Command):
    """Undo the merge `id` into the record `kept`: they are two children."""

    id: UUID
    kept: UUID
    reason: str
