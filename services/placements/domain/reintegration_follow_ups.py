"""Looking after a return: so many calendar months later, with full questions in the first year, then with one.

Not here: what follows from the answers (reintegration).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from services.placements.domain.placement import Impossible
from shared.errors import Conflict, Invalid, NotFound

FULL_UNTIL = 12
"""Months after the return until which all is asked; later only whether the child is still at home (CARE C13)."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was found on a day, at the look that falls due `month` months after the return; None: not known."""

    month: int
    on: date
    at_home: bool
    safe: bool | None = None
    in_school: bool | None = None
    healthy: bool | None = None
    supported: bool | None = None
    content: bool | None = None
    words: str = ""

    def require(self, looks: Sequence["FollowUp"], returned_on: date, today: date, reason: str | None) -> "FollowUp":
        """The look that they answer. Raises NotFound, Conflict, Impossible, Invalid."""
        look = next((each for each in looks if each.month == self.month), None)
        if look is None:
            raise NotFound("No look at this return is planned so many months later.", field="month")
        if look.held_on is not None:
            raise Conflict("This look is on record.", field="month", rule="follow-up-open")
        if look.missed:
            raise Conflict("A later look is on record.", field="month", rule="follow-up-open")
        if self.on > today or self.on <= returned_on:
            raise Impossible("A look lies after the return, and not ahead.", field="on", rule="not-in-the-future")
        if self.month >= FULL_UNTIL and self.at_home and self.on < look.due:
            raise Invalid(
                f"Whether the child is at home then cannot be said before {look.due.isoformat()}.",
                field="on",
                rule="follow-up-at-its-day",
            )
        if self.at_home == (reason is not None):
            raise Invalid(
                "Say why, where the child is at home no more, and only there.",
                field="reason",
                rule="reason-of-breakdown",
            )
        if self.month > FULL_UNTIL and (self.words or any(getattr(self, name) is not None for name in ASKED)):
            raise Invalid(
                "After twelve months one question is asked: still at home?", field="month", rule="one-question"
            )
        return look


ASKED = ("safe", "in_school", "healthy", "supported", "content")


@dataclass(eq=False)
class FollowUp:
    """One look, due on a day. `told`: that it was overdue. `missed`: a later one was held. Words are sealed."""

    id: UUID
    reintegration: UUID
    child: UUID
    month: int
    due: date
    held_on: date | None = None
    told: bool = False
    missed: bool = False
    at_home: bool | None = None
    safe: bool | None = None
    in_school: bool | None = None
    healthy: bool | None = None
    supported: bool | None = None
    content: bool | None = None
    words: str = ""

    def take(self, answers: Answers) -> None:
        """Keep what was found."""
        self.held_on, self.at_home = answers.on, answers.at_home
        for each in fields(answers):
            if each.name in (*ASKED, "words"):
                setattr(self, each.name, getattr(answers, each.name))
