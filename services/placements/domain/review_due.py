"""When the next review of a child's care is due: pure arithmetic over its stays and the reviews that were held.

Temporary care is reviewed every three calendar months, long-term care at the pack's interval (CARE C12). A move to
another place neither postpones a review that is due nor makes one due at once. Not here: reviews themselves (reviews).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from services.placements.domain import codes
from services.placements.domain.days import months_later
from services.placements.domain.lawbook import LawBook
from services.placements.domain.placement import Ground, Placement, State

SETTLING_IN = 14


class Held(Protocol):
    """A review as its due day sees it; `again_by`: those who held it want it earlier than the law."""

    placement: UUID
    held_on: date
    again_by: date | None

    @property
    def counts(self) -> bool:
        """Whether it was held; one entered in error was not."""


@dataclass(frozen=True)
class ReviewDue:
    """The next review: counted since a day, due on a day, every so many calendar months."""

    since: date
    on: date
    months: int


def review_due(
    stay: Placement, placements: Sequence[Placement], reviews: Sequence[Held], book: LawBook, today: date
) -> ReviewDue | None:
    """The next review of the care that a stay is part of; None: there is none by law, or the law is not known.

    Counted from the beginning of unbroken care, or the last review in it; an imported stay from the day of import.
    """
    found: ReviewDue | None = None
    for each in _unbroken(stay, placements):
        months = _months(each, book, today)
        if months is None:  # with its parents, a child is not in care: the count begins anew
            found = None
            continue
        own = _begun(each, months, today)
        found = own if found is None or own.on < found.on else found
        for review in sorted((one for one in reviews if one.counts and one.placement == each.id), key=_day):
            by_law = months_later(review.held_on, months)
            found = ReviewDue(review.held_on, min(by_law, review.again_by or by_law), months)
    return found


def _day(review: Held) -> date:
    return review.held_on


def _months(stay: Placement, book: LawBook, today: date) -> int | None:
    form, law = book.care_form(stay.care_form), book.law(stay.area, stay.from_, today)
    if not form.formal:
        return None
    long_term = form.long_term or stay.kind == codes.PERMANENT
    return law.review_interval_long_term if long_term else law.review_interval_temporary


def _begun(stay: Placement, months: int, today: date) -> ReviewDue:
    if stay.ground is not Ground.IMPORTED or stay.recorded_on <= stay.from_:
        return ReviewDue(stay.from_, months_later(stay.from_, months), months)
    # All stays of a register are recorded on one day: their first reviews are spread over the interval, by the child.
    last = months_later(stay.recorded_on, months)
    room = max(1, (last - stay.recorded_on).days - SETTLING_IN)
    return ReviewDue(stay.recorded_on, last - timedelta(days=stay.child.int % room), months)


def _unbroken(stay: Placement, placements: Sequence[Placement]) -> Iterator[Placement]:
    """The stays that lead up to this one without a day between them, the first one first."""
    lived = {each.to: each for each in placements if each.state is State.ENDED and each.id != stay.id}
    chain, seen = [stay], {stay.id}
    while (before := lived.get(chain[-1].from_)) is not None and before.id not in seen:
        chain.append(before)
        seen.add(before.id)
    return reversed(chain)
