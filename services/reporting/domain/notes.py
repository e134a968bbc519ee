"""What people add to the footnotes of a period's figures. Not here: the pack's own footnotes (period)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.reporting.domain.period import period_of
from shared.errors import Invalid

LONGEST = 2000


@dataclass(eq=False)
class PeriodNote:
    """One text for one period."""

    period: str
    text: str
    actor: str
    at: datetime

    @classmethod
    def written(cls, period: str, text: str, *, by: str, at: datetime) -> "PeriodNote":
        """A note on a period. Raises Invalid where it is empty or too long for a footnote."""
        period_of(period)
        note = cls(period, "", by, at)
        note.rewrite(text, by=by, at=at)
        return note

    def rewrite(self, text: str, *, by: str, at: datetime) -> None:
        """Another text in its place."""
        plain = " ".join(text.split())
        if not 1 <= len(plain) <= LONGEST:
            raise Invalid(f"A note has 1 to {LONGEST} characters.", field="text", rule="note-length")
        self.text, self.actor, self.at = plain, by, at


class PeriodNotes(Protocol):
    """The notes of the deployment."""

    def find(self, period: str) -> PeriodNote | None:
        """The note on a period, locked for change."""

    def add(self, note: PeriodNote) -> None:
        """Take in a new note."""
