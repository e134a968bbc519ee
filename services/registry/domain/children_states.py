"""The states of a child's record, which follows which, and what is refused because of them.

Not here: what is done when a record enters a state (children).
"""

from enum import StrEnum

from shared.errors import Conflict, Refused


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
