"""What follows by itself, from stays and the day, for the parts of whereabouts that hang on a stay.

Here: the order. Not here: absences, reviews and bonds themselves (their own modules).
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from services.placements.domain import absences, bonds, care_cases, legacy, reviews
from services.placements.domain.breach import Breach

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts


def notice(child: "Whereabouts", act: "Act") -> None:
    """Record what has become so; nothing where it is recorded already."""
    absences.notice(child, act)
    reviews.notice(child, act)
    bonds.notice(child, act)
    care_cases.notice(child, act)
    legacy.notice(child, act)


def opened(child: "Whereabouts", breach: Breach, act: "Act") -> None:
    """Tell what has a name of its own besides the breach that was opened."""
    reviews.opened(child, breach)
    legacy.opened(child, breach, act)


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The days on which time alone changes something here."""
    yield from absences.changes_on(child)
    yield from bonds.changes_on(child)
    yield from care_cases.changes_on(child)
    yield from legacy.changes_on(child)
