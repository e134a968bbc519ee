"""What is asked of all gatekeeping cases of a deployment together. Not here: one case (gatekeeping)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.placements.domain.gatekeeping import GatekeepingCase


class GatekeepingCases(Protocol):
    """The gatekeeping cases of a deployment."""

    def get(self, id_: UUID) -> GatekeepingCase:
        """The case, locked for change. Raises NotFound."""

    def expect(self, ids: Iterable[UUID]) -> None:
        """Lock many at once, in order of id."""

    def add(self, case: GatekeepingCase) -> None:
        """Take in a new case."""

    def open_of(self, child: UUID, kind: str | None = None) -> list[GatekeepingCase]:
        """The open cases of a child (of a kind), locked for change."""

    def of_child(self, child: UUID) -> list[GatekeepingCase]:
        """All cases of a child but those whose request was given up, the oldest first, locked for change."""

    def on_decision(self, decision: UUID) -> list[GatekeepingCase]:
        """The cases that a decision decided, locked for change."""

    def overdue(self, at: datetime, limit: int) -> list[UUID]:
        """Children with a case whose step was due by `at` and of which it was not told, the longest overdue first."""

    def coming_back(self, today: date, limit: int) -> list[UUID]:
        """Children with a case that needed more until a day that is there."""
