"""On which day a child certainly is of age (CARE C10, C12): a child until certainly eighteen, or what the law says.

Not here: what follows of it for someone in care (leaving_care_majority).
"""

from datetime import date
from typing import Protocol

from services.placements.domain.calendar import Span
from services.placements.domain.days import birthday
from services.placements.domain.possible import KnownChild

MAJORITY, MAJORITY_WITH_GUARDIAN = "child_until_age", "child_until_age_with_guardian"


class WayHomeLaw(Protocol):
    """What the country pack says of the way home, of leaving care and of guardians."""

    def number(self, name: str, area: str | None, on: date) -> Span | None:
        """A number of the law with its unit; None where the pack does not know it."""

    def leap_birthday(self, on: date) -> str:
        """The day (MM-DD) on which those born on 29 February complete a year of age in common years."""

    def months(self, name: str, area: str | None, on: date) -> tuple[int, ...]:
        """So many calendar months each; none where the pack does not know them."""

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        """The last day of the time that a parameter gives, the day `since` not counted; None: the pack knows none."""

    def formal(self, care_form: str) -> bool:
        """Whether a care form is formal alternative care."""


def of_age_on(known: KnownChild, law: WayHomeLaw, area: str | None, today: date, *, guarded: bool) -> date | None:
    """The first day on which the child is certainly of age; None where nothing is known of its birth.

    `guarded`: a court appointed a guardian, which some laws let put majority off.
    """
    age = law.number(MAJORITY, area, today)
    later = law.number(MAJORITY_WITH_GUARDIAN, area, today) if guarded else None
    if known.born_to is None or age is None:
        return None
    return birthday(known.born_to, max(age.amount, later.amount if later else 0), law.leap_birthday(today))


def perhaps_on(known: KnownChild, law: WayHomeLaw, name: str, area: str | None, today: date) -> date | None:
    """The first day on which the age that a parameter names may be completed; None where one of both is not known."""
    age = law.number(name, area, today)
    if known.born_from is None or age is None:
        return None
    return birthday(known.born_from, age.amount, law.leap_birthday(today))
