"""That a child came of age was noticed (CARE C10). Not here: on which day it does (legal_ages), and what then ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.domain.legal import Effect
from services.registry.domain.legal_ages import Ages
from shared.aggregate import Aggregate


@dataclass(frozen=True)
class ChildCameOfAge:
    """The child is certainly of age from now on."""

    child: UUID


@dataclass(frozen=True)
class MajorityRetracted:
    """The child was not of age after all: its birth was corrected. What lapsed meanwhile is asked for anew."""

    child: UUID


@dataclass(eq=False)
class Majority(Aggregate):
    """Whether the child's coming of age was noticed. `id` is the child's."""

    id: UUID
    came_of_age: bool = False
    version: int = 0

    def come_of_age(self) -> None:
        """Note it."""
        self.came_of_age = True
        self.record(ChildCameOfAge(child=self.id))

    def retract(self) -> None:
        """Take it back."""
        self.came_of_age = False
        self.record(MajorityRetracted(child=self.id))


class LawBook(Protocol):
    """What the country pack says of a child's legal position."""

    def effect(self, kind: str) -> Effect:
        """What a kind of measure does."""

    def becomes(self, kind: str) -> str | None:
        """The kind that a guardianship goes over into when the child reaches the age of trusteeship."""

    def ages(self, on: date, area: str | None = None) -> Ages:
        """The ages of the law on a day, in an area."""

    def ground_of(self, purpose: str) -> str:
        """On what a purpose rests: consent, or legal duty."""

    def appointment_months(self, on: date, area: str | None = None) -> int:
        """Calendar months within which a child in care has a known legal representative."""

    def report_months(self, on: date, area: str | None = None) -> int:
        """Calendar months between two reports of a guardian."""


class Majorities(Protocol):
    """Whose coming of age was noticed."""

    def get(self, id_: UUID) -> Majority:
        """Of one child, locked; of one never named it was not."""

    def candidates(self, born_by: date) -> Sequence[UUID]:
        """Children born in that month or before whose coming of age was not noticed, the oldest first."""

    def doubtful(self, born_after: date) -> Sequence[UUID]:
        """Children whose coming of age was noticed and who were born later than in that month."""
