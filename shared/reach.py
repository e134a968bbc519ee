"""How far a person's roles reach, as a condition of a query: a list filters in the database, so its pages are full.

Not here: how far that is (http.reach), and whether one thing is within it (http.require_scope).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true


@dataclass(frozen=True)
class Reach:
    """What lies in one of `areas` (None: anywhere), or is of `provider`. Nothing is reached without a place named."""

    areas: frozenset[str] | None
    provider: UUID | None = None

    def over(self, area: ColumnElement[Any], provider: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
        """The condition on rows that have an area, and may have a provider."""
        if self.areas is None:
            return true()
        within = area.in_(sorted(self.areas))
        return within if self.provider is None or provider is None else or_(within, provider == self.provider)
