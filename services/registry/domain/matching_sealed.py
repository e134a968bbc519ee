"""When what somebody asked for may be a sealed record: the adoption officer is told, nobody else (CARE C5).

Who asks gets the answer of a search that finds nothing, at the same price: what was asked is left behind whatever is
found, and compared some minutes later. Not here: the officer's task itself (sealing), terms (matching_keys).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.registry.domain.matching_keys import Kind

ENOUGH = 3
"""So many terms that are shared say that it may be the sealed child, whichever they are."""
WITH_A_DAY = 2
"""So many are enough where a name with the day of birth is among them."""


def may_be(shared: Collection[Kind]) -> bool:
    """Whether these terms, shared with a sealed record, are worth an officer's look."""
    return len(shared) >= ENOUGH or (len(shared) >= WITH_A_DAY and Kind.NAME_AND_DAY in shared)


class Asked(Protocol):
    """What was asked for, by searching or registering, and not yet compared with sealed records."""

    def leave(self, terms: Iterable[int], child: UUID | None = None) -> None:
        """Leave what was asked for; `child`: the record that was registered or stated anew, None after a search."""

    def meet(self, at: datetime, limit: int) -> int:
        """Compare what was left with sealed records, make tasks, and drop it; how many were looked at."""
