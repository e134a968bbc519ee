"""Cases looked at again: a supervisor draws some by chance, and finds whether their reasons hold (CARE C4).

Not here: the profile of reasons, which is counted (views.gatekeeping_profile).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.placements.domain.gatekeeping_panel import NotOnThisPanel
from shared.aggregate import Aggregate
from shared.errors import Conflict


@dataclass(frozen=True)
class _OfSample:
    child: UUID
    case: UUID
    sample: UUID


@dataclass(frozen=True)
class GatekeepingSampled(_OfSample):
    """A case was drawn by chance, to be looked at again."""

    on: date


@dataclass(frozen=True)
class GatekeepingReexamined(_OfSample):
    """A drawn case was looked at again."""

    finding: str
    on: date


@dataclass(frozen=True)
class Drawable:
    """A decided case that may be drawn."""

    case: UUID
    child: UUID
    area: str


@dataclass(eq=False)
class CaseSample(Aggregate):
    """One case drawn by chance, and what was found; the words are sealed."""

    id: UUID
    child: UUID
    case: UUID
    area: str
    drawn_by: str
    drawn_on: date
    looked_by: str | None = None
    looked_on: date | None = None
    finding: str | None = None
    words: str = ""
    version: int = 0

    @classmethod
    def draw(cls, id_: UUID, of: Drawable, by: str, today: date) -> "CaseSample":
        """A case is drawn."""
        made = cls(id_, of.child, of.case, of.area, by, today)
        made.record(GatekeepingSampled(of.child, of.case, id_, today))
        return made

    def find(self, finding: str, words: str, by: str, involved: frozenset[str], today: date) -> None:
        """It was looked at again, by somebody who had no part in it (`involved`)."""
        if self.finding is not None:
            raise Conflict("This case was looked at again.", field="finding", rule="looked-once")
        if by in involved:
            raise NotOnThisPanel(
                "Who had a part in the case does not look at it again.",
                field="finding",
                rule="separation-of-duties",
                remedy="Let somebody look who had no part; where there is none, from the next level up.",
            )
        self.looked_by, self.looked_on, self.finding, self.words = by, today, finding, words
        self.record(GatekeepingReexamined(self.child, self.case, self.id, finding, today))


class CaseSamples(Protocol):
    """The samples of a deployment."""

    def get(self, id_: UUID) -> CaseSample:
        """The sample, locked for change. Raises NotFound."""

    def add(self, sample: CaseSample) -> None:
        """Take in a new one."""

    def draw(self, areas: Sequence[str] | None, since: date, size: int, by: str) -> list[Drawable]:
        """So many cases by chance: decided, requested since a day in these areas (None: any), never drawn before.

        None in which the account `by` had a part.
        """

    def involved(self, case: UUID) -> frozenset[str]:
        """The accounts that had a part in a case."""
