"""Reviews of a child's care: held on a day, by whom, with the child, and what was found (CARE C12, C14).

Parts of whereabouts. The rule review-in-time (rules_reviews) says when one is missing; the words of a review are sealed
and kept apart from the record that rules read. Not here: when the next one is due (review_due).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import possible
from services.placements.domain.breach import Breach
from services.placements.domain.placement import Impossible, Placement, State
from services.placements.domain.review_due import review_due
from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts

REVIEW_IN_TIME = "review-in-time"


class ReviewStatus(StrEnum):
    """Whether it was held, or entered in error."""

    HELD = "held"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[ReviewStatus, frozenset[ReviewStatus]] = {
    ReviewStatus.HELD: frozenset({ReviewStatus.WITHDRAWN}),
    ReviewStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class ReviewHeld:
    """A review was held; findings are codes of the list review_answer. `next_due`: the next one, by law or earlier."""

    child: UUID
    review: UUID
    placement: UUID
    on: date
    took_part: bool
    goals: str
    necessary: str
    suitable: str
    way_home: str
    next_due: date | None


@dataclass(frozen=True, kw_only=True)
class ReviewWithdrawn:
    """There never was such a review."""

    child: UUID
    review: UUID
    placement: UUID


@dataclass(frozen=True, kw_only=True)
class ReviewOverdue:
    """No review was held until the day `due`; the breach `breach` says whose it is to see to it."""

    child: UUID
    placement: UUID
    breach: UUID
    due: date


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a review says, each by a code: goals reached, care still necessary, place still suitable, plan back home."""

    goals: str
    necessary: str
    suitable: str
    way_home: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is said of a review. `by`: the accounts of those who held it; a child that took no part has a reason."""

    on: date
    by: tuple[str, ...]
    findings: Findings
    not_heard_reason: str | None = None
    again_by: date | None = None


@dataclass(eq=False)
class Review:
    """One review of the care in a stay. `again_by`: those who held it want the next one earlier than the law."""

    id: UUID
    child: UUID
    placement: UUID
    status: ReviewStatus
    held_on: date
    by: tuple[str, ...]
    not_heard_reason: str | None
    goals: str
    necessary: str
    suitable: str
    way_home: str
    again_by: date | None
    recorded_on: date

    @property
    def counts(self) -> bool:
        """Whether it was held."""
        return self.status is ReviewStatus.HELD


def hold(child: "Whereabouts", id_: UUID, placement_id: UUID, held: Held, act: "Act") -> None:
    """Write down a review of the care in a stay. Raises Impossible for a day outside the stay or in the future."""
    possible.require_entry(child.known)
    placement = child.placement(placement_id)
    _require_possible(placement, held, act.today)
    review = Review(
        id_, child.id, placement.id, ReviewStatus.HELD, held.on, held.by, held.not_heard_reason, held.findings.goals,
        held.findings.necessary, held.findings.suitable, held.findings.way_home, held.again_by, act.today,
    )  # fmt: skip
    child.reviews.append(review)
    following = review_due(placement, child.placements, child.reviews, act.law, act.today)
    child.record(
        ReviewHeld(
            child=child.id, review=id_, placement=placement.id, on=held.on, took_part=held.not_heard_reason is None,
            next_due=following.on if following and placement.state is State.ACTIVE else None, **vars(held.findings),
        )
    )  # fmt: skip
    child.review(act)


def withdraw(child: "Whereabouts", id_: UUID, act: "Act") -> None:
    """There never was such a review; the entry is kept and counts for nothing."""
    review = find(child, id_)
    if ReviewStatus.WITHDRAWN not in TRANSITIONS[review.status]:
        raise Conflict("The entry is withdrawn already.", field="review")
    review.status = ReviewStatus.WITHDRAWN
    child.record(ReviewWithdrawn(child=child.id, review=id_, placement=review.placement))
    child.review(act)


def find(child: "Whereabouts", id_: UUID) -> Review:
    """One of the child's reviews. Raises NotFound."""
    for each in child.reviews:
        if each.id == id_:
            return each
    raise NotFound("No review with this id.", field="review")


def notice(child: "Whereabouts", act: "Act") -> None:
    """Keep with each stay that goes on when its next review is due, for lists by area."""
    for placement in child.placements:
        goes_on = placement.state is State.ACTIVE and not child.known.withdrawn
        found = review_due(placement, child.placements, child.reviews, act.law, act.today) if goes_on else None
        placement.review_due = found.on if found else None


def opened(child: "Whereabouts", breach: Breach) -> None:
    """Of a review that was not held in time it is told, besides the breach, by a name of its own."""
    if breach.rule == REVIEW_IN_TIME:
        due = date.fromisoformat(breach.facts["due"])
        child.record(ReviewOverdue(child=child.id, placement=breach.placement, breach=breach.id, due=due))


def _require_possible(placement: Placement, held: Held, today: date) -> None:
    if not placement.lived:
        raise Conflict(f"A placement that is {placement.state} is not reviewed.", field="placement")
    if held.on > today:
        raise Impossible("It lies in the future.", field="on", rule="not-in-the-future")
    if held.on < placement.from_ or (placement.to is not None and held.on > placement.to):
        raise Impossible("The child was not in this place on that day.", field="on", rule="within-the-stay")
    if not held.by:
        raise Invalid("Say who held it.", field="by", rule="held-by-somebody")
    if held.again_by is not None and held.again_by <= held.on:
        raise Impossible("The next one comes after this one.", field="again_by", rule="ends-before-it-begins")
