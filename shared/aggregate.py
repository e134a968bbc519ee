"""What every aggregate root is: something with an id and a version that records the facts that happened to it.

Standard library and errors only, so that a domain may build on it. Not here: how facts become events (event_schema) and
rows (db).
"""

from itertools import count
from typing import Protocol
from uuid import UUID

from shared.errors import Stale

_moment = count()  # the order of recording across aggregates, within one process


def next_moment() -> int:
    """A number later than that of every fact recorded so far in this process."""
    return next(_moment)


class Versioned(Protocol):
    """Anything that has a version: every aggregate."""

    version: int


def require_seen(record: Versioned, seen: int, *, field: str) -> None:
    """Who changes something has seen it as it is now: `seen` is the version that was read, sent in `field`.

    Raises Stale where the record has moved on since.
    """
    if record.version != seen:
        raise Stale(
            "The record was changed since you read it.",
            field=field,
            rule="stale-version",
            remedy="Read it again, look at what changed, and decide anew.",
        )


class Aggregate:
    """Mixin for `@dataclass(eq=False)` roots with the fields `id` and `version`.

    Facts are frozen dataclasses. Recording one raises `version` by one; the unit of work pulls them at commit.
    """

    id: UUID
    version: int

    def record(self, fact: object) -> None:
        """Remember that `fact` happened to this aggregate, which thereby has a new version."""
        self.version += 1
        self.__dict__.setdefault("_facts", []).append((next_moment(), self.version, fact))

    def pull_facts(self) -> list[tuple[int, int, object]]:
        """Return and forget the recorded facts as (moment, version after it, fact)."""
        facts: list[tuple[int, int, object]] = self.__dict__.pop("_facts", [])
        return facts
